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
