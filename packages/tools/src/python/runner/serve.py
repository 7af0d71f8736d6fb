# The loop: a request, a call, an answer.

def guard(on):
    """While code runs, the death of the parent ends the whole group, even when the code never lets Python look around."""
    if not POSIX or os.getpgrp() != OWNER:
        return
    flags = fcntl.fcntl(REQUESTS, fcntl.F_GETFL)
    fcntl.fcntl(REQUESTS, fcntl.F_SETFL, flags | os.O_ASYNC if on else flags & ~os.O_ASYNC)
    if on:
        poll = select.poll()
        poll.register(REQUESTS, 0)
        if any(event & select.POLLHUP for _, event in poll.poll(0)):
            orphaned()


def orphaned(*_):
    os.killpg(OWNER, signal.SIGKILL)


def serve_one(request, surroundings):
    """The answer, and whether this interpreter is worn out."""
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
    status["retire"] = left_behind()
    try:
        surroundings.restore()
    except Exception:
        status["retire"] = True  # a process that cannot be put in order serves nobody any more
    sys.modules.pop("noetl_step", None)
    if not status["retire"]:
        module.__dict__.clear()
    return b'{"status":%s,"data":%s}' % (json.dumps(status).encode(), body), status["retire"]


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
    if POSIX and os.getpgrp() == OWNER:
        fcntl.fcntl(REQUESTS, fcntl.F_SETOWN, -OWNER)
        if not sys.platform.startswith("linux"):
            signal.signal(signal.SIGIO, orphaned)  # ends a process by default on Linux only
    surroundings = Surroundings()
    answer(json.dumps({"executable": sys.executable}).encode())
    calls = 0
    while True:
        head = receive(4)
        frame = head and receive(int.from_bytes(head, "big"))
        if not frame:
            os._exit(0)
        calls += 1
        guard(True)
        result, retire = serve_one(json.loads(frame), surroundings)
        guard(False)
        marker = ("\0%s:%d\0" % (settings["nonce"], calls)).encode("ascii")
        write(1, marker)
        write(2, marker)
        answer(result)
        if retire:
            linger()


try:
    serve()
finally:
    os._exit(70)  # the code has closed the channel: nobody is left to answer, and threads of it must not hold us
