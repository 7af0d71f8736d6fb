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
        marker = ("\0%s:%d\0" % (settings["nonce"], calls)).encode("ascii")
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
