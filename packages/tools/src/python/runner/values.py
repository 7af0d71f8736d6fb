# Values.

SAFE = (1 << 53) - 1
LONG_NUMBER = re.compile("[0-9]{16}")


def convert(value):
    """One step towards JSON for a value that is not JSON."""
    kind = type(value)
    family = kind.__module__.partition(".")[0]
    if isinstance(value, type):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        import base64

        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (set, frozenset)):
        try:
            return sorted(value)
        except TypeError:
            return list(value)
    if family == "decimal":
        # The shortest text of the float must mean the same number, else digits would be lost without a word.
        if not value.is_finite():
            return None
        return float(value) if type(value)(repr(float(value))) == value else str(value)
    if hasattr(kind, "isoformat"):
        return value.isoformat()
    if hasattr(kind, "__dataclass_fields__"):
        return {field.name: getattr(value, field.name) for field in sys.modules["dataclasses"].fields(value)}
    if "enum" in sys.modules and isinstance(value, sys.modules["enum"].Enum):
        return value.value
    if hasattr(kind, "model_dump"):
        return value.model_dump()
    if hasattr(kind, "__fields__") and callable(getattr(value, "dict", None)):
        return value.dict()
    if family == "pandas" and hasattr(kind, "to_dict") and getattr(value, "ndim", 1) == 2:
        return value.to_dict(orient="records")
    if hasattr(kind, "tolist"):
        return value.tolist()
    if family == "numpy" and hasattr(kind, "item"):
        return value.item()
    if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):
        return {key: value[key] for key in value.keys()}
    if isinstance(value, (range, type({}.keys()), type({}.values()), type({}.items()))) or kind.__name__ == "deque":
        return list(value)
    return str(value)


def plain(value, above=()):
    """The whole value as JSON that also a reader with 53-bit integers reads exactly; NaN and infinity are null."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str.__str__(value) if type(value) is not str else value
    if isinstance(value, int):
        number = int(value)
        return number if -SAFE <= number <= SAFE else str(number)
    if isinstance(value, float):
        return float(value) if value - value == 0 else None
    if id(value) in above:
        raise ValueError("the result contains itself")
    inside = (*above, id(value))
    if isinstance(value, dict):
        return {key_text(key): plain(item, inside) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, inside) for item in value]
    return plain(convert(value), inside)


def key_text(key):
    if isinstance(key, str):
        return str.__str__(key)
    if key is None or key is True or key is False:
        return {None: "null", True: "true", False: "false"}[key]
    key = convert(key) if not isinstance(key, (int, float, tuple)) else key
    return str(key)


OPTIONS = {"allow_nan": False, "default": convert, "separators": (",", ":")}
ENCODER = json.JSONEncoder(ensure_ascii=False, **OPTIONS)
ESCAPING = json.JSONEncoder(**OPTIONS)


def encode(value):
    """JSON as UTF-8."""
    try:
        try:
            text = ENCODER.encode(value)
            if not LONG_NUMBER.search(text):
                return text.encode()
        except (ValueError, TypeError):
            pass  # NaN, a key that is no text, a circle, half a surrogate pair: the long way tells which
        return ESCAPING.encode(plain(value)).encode()
    except RecursionError:
        raise ValueError("the result is nested too deeply") from None
