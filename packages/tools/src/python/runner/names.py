# Names that code finds.

def get_val(source, path, default=None):
    """The value at a dotted path of maps and lists."""
    for part in str(path).split("."):
        try:
            source = source[int(part)] if isinstance(source, (list, tuple)) else source[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return default
    return source


def deep_merge(base, other):
    """A new map: `other` over `base`, maps merged at every depth."""
    merged = dict(base)
    for key, value in other.items():
        known = merged.get(key)
        merged[key] = deep_merge(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def now_utc():
    import datetime

    return datetime.datetime.now(datetime.timezone.utc)


def format_iso8601(moment):
    return moment.isoformat()


def make_serializable(value):
    return plain(value)


HELPERS = (get_val, deep_merge, now_utc, format_iso8601, make_serializable)
MODULES = ("os", "json", "datetime", "uuid")


class MissingLibrary(Exception):
    pass


def load(name):
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingLibrary("'%s' is not installed for %s" % (error.name or name, sys.executable)) from None


def libraries(libs, check):
    """`[name, …]`, `{alias: module}` or `{alias: {from: module, import: name}}` as globals."""
    if isinstance(libs, str):
        libs = [libs]
    if isinstance(libs, list):
        for entry in libs:
            # Names of packages, which need not be names of modules: the code's own import tells when one is missing.
            name = re.split(r"[\s<>=!~\[;]", str(entry).strip(), maxsplit=1)[0].replace("-", "_")
            try:
                load(name)
                yield name.partition(".")[0], sys.modules[name.partition(".")[0]]
            except MissingLibrary:
                pass
        return
    for alias, entry in (libs or {}).items():
        try:
            if isinstance(entry, dict):
                module, name = load(str(entry["from"])), entry.get("import")
                for each in name if isinstance(name, list) else [name]:
                    found = module if each is None else getattr(module, each, None)
                    if found is None:
                        found = load("%s.%s" % (entry["from"], each))
                    yield (each if isinstance(name, list) else alias), found
            else:
                yield alias, load(str(entry or alias))
        except MissingLibrary:
            if check:
                raise
