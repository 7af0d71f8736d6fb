// Generated from runner/*.py by build-runner.ts. Do not edit.
export const RUNNER = `# What a warm interpreter runs: one call at a time, each in a fresh __main__, for Python 3.8 and later.
#
# The bootstrap hands over \`take\`, which reads a number of bytes from descriptor 3. A frame is a big-endian 32-bit length and
# UTF-8 JSON; requests come on descriptor 3, answers go to descriptor 4, nothing is ever written to descriptor 5. After a call its
# marker is written to stdout and stderr where something has not been read yet: what came before it is the call's output, also when
# other processes wrote it.
import json
import os
import re
import signal
import sys

POSIX = os.name == "posix"
if POSIX:
    import fcntl
    import select


def move(descriptor):
    """Out of the way of code that closes or reuses low descriptors, and closed in programs that the code starts."""
    if not POSIX:
        return descriptor
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100)
    os.close(descriptor)
    return moved


def copy(descriptor):
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100) if POSIX else os.dup(descriptor)


settings = json.loads(take(int.from_bytes(take(4), "big")))
REQUESTS = move(3)
ANSWERS = move(4)
LIFELINE = move(5) if POSIX else None
INPUT, OUTPUT, ERRORS = copy(0), copy(1), copy(2)
OWNER = os.getpid()
HANDLED = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGALRM", "SIGCHLD", "SIGUSR1", "SIGUSR2") if hasattr(signal, n)]


def receive():
    """The next request; None when there will be none."""
    data = bytearray()
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
        piece = os.read(REQUESTS, 1 << 20 if len(data) >= 1 << 16 else 1 << 16)
        if not piece:
            return None
        data += piece
    return bytes(data[4:])


def write(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view[: 1 << 20]) :]


def answer(data):
    write(ANSWERS, len(data).to_bytes(4, "big") + data)


OUTPUT_QUEUE = 0x5411  # SIOCOUTQ of Linux


def unread(descriptor):
    """Whether the other end has yet to read something; true where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        return fcntl.ioctl(descriptor, OUTPUT_QUEUE, b"\\0\\0\\0\\0") != b"\\0\\0\\0\\0"
    except OSError:
        return True


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
    """A new map: \`other\` over \`base\`, maps merged at every depth."""
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
    """\`[name, …]\`, \`{alias: module}\` or \`{alias: {from: module, import: name}}\` as globals."""
    if isinstance(libs, str):
        libs = [libs]
    if isinstance(libs, list):
        for entry in libs:
            # Names of packages, which need not be names of modules: the code's own import tells when one is missing.
            name = re.split(r"[\\s<>=!~\\[;]", str(entry).strip(), maxsplit=1)[0].replace("-", "_")
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


# Programs.

class Program:
    """Compiled code; \`tail\` is what follows the first statement that returns, as a function body."""

    def __init__(self, source, filename):
        self.calls_main = re.search(r"^(async[ \\t]+)?def[ \\t]+main\\b", source, re.M) is not None
        self.calls_main = self.calls_main and re.search(r"^result\\b[ \\t]*=", source, re.M) is None
        self.names = [name for name in MODULES if name in source]
        self.helpers = [helper for helper in HELPERS if helper.__name__ in source]
        self.returns = False
        if re.search(r"\\breturn\\b", source):
            tree = returning(source, filename)
            self.returns = tree is not None
            self.code = compile(tree if self.returns else source, filename, "exec", dont_inherit=True)
        else:
            self.code = compile(source, filename, "exec", dont_inherit=True)


def returning(source, filename):
    """The tree with everything from the first top-level \`return\` on wrapped in a function whose names are all global; None without one."""
    import ast

    tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

    def has_return(node):
        if isinstance(node, ast.Return):
            return True
        return not isinstance(node, functions) and any(has_return(child) for child in ast.iter_child_nodes(node))

    first = next((i for i, node in enumerate(tree.body) if has_return(node)), None)
    if first is None:
        return None
    body, names, stack = tree.body[first:], set(), list(tree.body[first:])
    while stack:
        node = stack.pop()
        if isinstance(node, functions):
            names.add(getattr(node, "name", None))
            continue
        if isinstance(node, comprehensions):
            names.update(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(a.asname or a.name.partition(".")[0] for a in node.names if a.name != "*")
        elif type(node).__name__ in ("ExceptHandler", "MatchAs", "MatchStar"):
            names.add(node.name)
        elif type(node).__name__ == "MatchMapping":
            names.add(node.rest)
        stack.extend(ast.iter_child_nodes(node))
    names.discard(None)
    shell = ast.parse("def body(): pass", filename)
    function = shell.body[0]
    function.name = "<module>"
    function.body = ([ast.Global(names=sorted(names))] if names else []) + body
    ast.copy_location(function, body[0])
    tree.body[first:] = [function]
    return ast.fix_missing_locations(tree)


PROGRAMS = {}


def program_of(source, filename):
    key = (source, filename)
    program = PROGRAMS.get(key)
    if program is None:
        if len(PROGRAMS) >= 64:
            PROGRAMS.clear()
        program = PROGRAMS[key] = Program(source, filename)
    return program


# One call.

def arguments(main, given, context):
    """Positional and keyword arguments for \`main\`: by name from the input, then context.input, context.data, context."""
    target = main
    while hasattr(target, "__wrapped__"):
        target = target.__wrapped__
    code = getattr(target, "__code__", None)
    if code is None:
        return [], given
    if code.co_flags & 4:
        raise TypeError("main() must not take *%s: arguments are passed by name" % code.co_varnames[code.co_argcount + code.co_kwonlyargcount])
    positional = code.co_varnames[: code.co_argcount]
    if getattr(target, "__self__", None) is not None:
        positional = positional[1:]
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    optional = set(positional[len(positional) - len(target.__defaults__ or ()) :] if target.__defaults__ else ())
    optional.update(target.__kwdefaults__ or ())
    places = [given]
    if context is not None:
        places += [context[key] for key in ("input", "data") if isinstance(context.get(key), dict)] + [context]
    found, missing = {}, []
    for name in (*positional, *only):
        place = next((place for place in places if name in place), None)
        if place is not None:
            found[name] = place[name]
        elif name == "context":
            found[name] = context if context is not None else {}
        elif name in ("input_data", "args"):
            found[name] = dict(given)
        elif name not in optional:
            missing.append(name)
    if missing:
        raise TypeError("main() needs %s, which the step's input does not give" % ", ".join("'%s'" % name for name in missing))
    if code.co_flags & 8:
        found.update((key, value) for key, value in given.items() if key not in found)
    head = []
    for name in positional[: getattr(code, "co_posonlyargcount", 0)]:
        if name not in found:
            break
        head.append(found.pop(name))
    return head, found


def settle(value):
    if hasattr(value, "__await__"):
        import asyncio

        async def outer():
            return await value

        return asyncio.run(outer())
    return value


def evaluate(request, namespace):
    """(was a result set, the result)"""
    source, given, context = request["code"], request["input"], request.get("context")
    program = program_of(source, request["filename"])
    # A script that ends in \`if __name__ == "__main__": main()\` must not run main a second time.
    namespace["__name__"] = "noetl_step" if program.calls_main else "__main__"
    if request.get("file"):
        namespace["__file__"] = request["file"]
    for name in program.names:
        namespace[name] = load(name)
    for helper in program.helpers:
        namespace[helper.__name__] = helper
    namespace.update(execution_id=request["execution_id"], step=request["step"], input_data=dict(given), args=dict(given))
    if context is not None:
        namespace.update(context=context, variables=context)
        data = context.get("data", context.get("result"))
        if data is not None:
            namespace["data"] = data
    namespace.update(libraries(request.get("libs"), request.get("check_libs", True)))
    namespace.update(given)
    exec(program.code, namespace)
    returned = settle(namespace.pop("<module>")()) if program.returns else None
    if returned is not None:
        return True, returned
    if namespace.get("result") is not None:
        return True, settle(namespace["result"])
    main = namespace.get("main")
    if callable(main) and "main" not in given:
        head, named = arguments(main, given, context)
        value = settle(main(*head, **named))
        return (True, value) if value is not None else ("result" in namespace, None)
    return "result" in namespace or program.returns, None


def report(error, request):
    import linecache
    import traceback

    source, filename = request["code"], request["filename"]
    linecache.cache[filename] = (len(source), None, [line + "\\n" for line in source.split("\\n")], filename)
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != filename:
        trace = trace.tb_next
    lines = "".join(traceback.format_exception(type(error), error, trace)).rstrip("\\n").split("\\n")
    last = traceback.format_exception_only(type(error), error)
    del linecache.cache[filename]
    message = "".join(last[-1:] if isinstance(error, SyntaxError) else last).strip()
    name = type(error).__name__
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == filename else trace and line_of(trace, filename)
    if isinstance(error, MissingLibrary):
        name, message = "ModuleNotFoundError", str(error)
    return {
        "exception": name,
        "message": message,
        "traceback": "\\n".join(lines[-20:]),
        "line": line,
        "missing_library": isinstance(error, MissingLibrary),
    }


def line_of(trace, filename):
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def failure(error, request):
    """Never raises: even the text of an exception is foreign code."""
    try:
        return report(error, request)
    except BaseException as another:
        name = type(error).__name__
        return {"exception": name, "message": "%s (its text cannot be shown: %s)" % (name, type(another).__name__), "traceback": ""}


# Between calls.

def stream(descriptor):
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


class Surroundings:
    """What code may change in its process and the next call must not see."""

    def __init__(self):
        self.environment = dict(os.environ)
        self.path = list(sys.path)
        self.installed = tuple(os.path.join(entry, "") for entry in sys.path if entry)
        self.directory = os.getcwd()
        self.limit = sys.getrecursionlimit()
        self.handlers = [(number, signal.getsignal(number)) for number in HANDLED]
        self.out, self.err = stream(1), stream(2)
        self.input = open(0, "r", encoding="utf-8", closefd=False)

    def prepare(self, request):
        self.modules = set(sys.modules)
        sys.argv = [request.get("file") or request["filename"]]
        sys.path[:] = [os.path.expanduser(entry) for entry in request.get("path") or []] + self.path
        self.streams()
        for name, value in request["env"].items():
            os.environ[name] = value
        if "TZ" in request["env"]:
            self.zone()
        if request.get("cwd"):
            os.chdir(request["cwd"])

    def streams(self):
        if self.out.closed:
            self.out = stream(1)
        if self.err.closed:
            self.err = stream(2)
        if self.input.closed:
            self.input = open(0, "r", encoding="utf-8", closefd=False)
        sys.stdin = sys.__stdin__ = self.input
        sys.stdout = sys.__stdout__ = self.out
        sys.stderr = sys.__stderr__ = self.err

    def zone(self):
        import time

        if hasattr(time, "tzset"):
            time.tzset()

    def flush(self):
        for each in {sys.stdout, sys.stderr, self.out, self.err}:
            try:
                each.flush()
            except Exception:
                pass  # a closed or replaced stream has nothing that could be shown

    def forget(self):
        """Modules from a call's own folders: the next call may have others of that name, or newer ones."""
        for name in set(sys.modules) - self.modules:
            file = getattr(sys.modules[name], "__file__", None)
            if file and not os.path.abspath(file).startswith(self.installed):
                del sys.modules[name]

    def restore(self):
        for copied, descriptor in ((INPUT, 0), (OUTPUT, 1), (ERRORS, 2)):
            os.dup2(copied, descriptor)
        now = dict(os.environ)
        if now != self.environment:
            for name in now.keys() - self.environment.keys():
                del os.environ[name]
            for name, value in self.environment.items():
                if now.get(name) != value:
                    os.environ[name] = value
            if now.get("TZ") != self.environment.get("TZ"):
                self.zone()
        os.chdir(self.directory)
        sys.path[:] = self.path
        self.forget()
        sys.settrace(None)
        sys.setprofile(None)
        if sys.getrecursionlimit() != self.limit:
            sys.setrecursionlimit(self.limit)
        sys.excepthook = sys.__excepthook__
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self.handlers:
            if signal.getsignal(number) is not handler and handler is not None:
                signal.signal(number, handler)
        logging = sys.modules.get("logging")
        if logging is not None:
            logging.root.handlers[:] = []
            logging.root.setLevel(logging.WARNING)
            logging.disable(logging.NOTSET)


def left_behind():
    """Threads or children that outlive the call: this interpreter must not serve another one."""
    if len(sys._current_frames()) > 1:
        return True
    if not POSIX:
        return False
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return False
    return True


# The loop: a request, a call, an answer.

def guard():
    """
    The death of the parent ends the whole group, even when the code never lets Python look around. The signal comes when anything
    happens to the descriptor, also a moment after what had happened was read: hence one to which nothing ever does but its end.
    """
    if not POSIX or os.getpgrp() != OWNER:
        return
    fcntl.fcntl(LIFELINE, fcntl.F_SETOWN, -OWNER)
    if not sys.platform.startswith("linux"):
        signal.signal(signal.SIGIO, orphaned)  # ends a process by default on Linux only
    fcntl.fcntl(LIFELINE, fcntl.F_SETFL, fcntl.fcntl(LIFELINE, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(LIFELINE, 0)
    if any(event & select.POLLHUP for _, event in poll.poll(0)):
        orphaned()


def orphaned(*_):
    os.killpg(OWNER, signal.SIGKILL)


def serve_one(request, surroundings, marker):
    """Answers; whether this interpreter is worn out."""
    module = type(sys)("__main__")
    sys.modules["__main__"] = sys.modules["noetl_step"] = module
    status = {}
    body = b"null"
    try:
        surroundings.prepare(request)
        was_set, value = evaluate(request, module.__dict__)
        body = encode(value)
        status = {"set": was_set}
    except SystemExit as error:
        if error.code is None or error.code == 0:
            value = module.__dict__.get("result")
            try:
                body = encode(value)
                status = {"set": value is not None}
            except Exception as another:
                status = {"error": failure(another, request)}
        else:
            status = {"error": failure(error, request)}
            if not isinstance(error.code, int):
                print(error.code, file=sys.stderr)
    except BaseException as error:
        status = {"error": failure(error, request)}
    if os.getpid() != OWNER:
        surroundings.flush()
        os._exit(1 if "error" in status else 0)
    surroundings.flush()
    retire = left_behind()
    sys.modules.pop("noetl_step", None)
    if not retire:
        module.__dict__.clear()
        surroundings.flush()  # what destructors have said
    marks = [mark(descriptor, marker) for descriptor in (OUTPUT, ERRORS)]
    status.update(retire=retire, marks=marks)
    answer(b'{"status":%s,"data":%s}' % (json.dumps(status).encode(), body))
    return retire


def mark(descriptor, marker):
    if not unread(descriptor):
        return False
    write(descriptor, marker)
    return True


def linger():
    """The end of a script: threads are joined, children are waited for; whoever started us kills the group when it is enough."""
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()
    import atexit

    atexit._run_exitfuncs()
    try:
        while True:
            os.wait()
    except (ChildProcessError, AttributeError):
        pass
    os._exit(0)


def serve():
    import warnings

    # Not our thread, and not the author's fault when a library of theirs keeps one.
    warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
    guard()
    surroundings = Surroundings()
    answer(json.dumps({"executable": sys.executable}).encode())
    calls = 0
    while True:
        frame = receive()
        if frame is None:
            os._exit(0)
        calls += 1
        marker = ("\\0%s:%d\\0" % (settings["nonce"], calls)).encode("ascii")
        if serve_one(json.loads(frame), surroundings, marker):
            linger()
        # Nobody waits for this: the answer is out.
        try:
            surroundings.restore()
        except Exception:
            break
    # A process that cannot be put in order serves nobody any more; who comes is sent away.
    if receive() is not None:
        answer(b'{"status":{"unfit":true,"retire":true,"marks":[false,false]},"data":null}')
    os._exit(0)


try:
    serve()
finally:
    os._exit(70)  # the code has closed the channel: nobody is left to answer, and threads of it must not hold us
`;
