# What a warm interpreter runs: one call at a time, each in a fresh __main__, for Python 3.8 and later.
#
# The bootstrap hands over `take`, which reads a number of bytes from descriptor 3. A frame is a big-endian 32-bit length and
# UTF-8 JSON; requests come on descriptor 3, answers go to descriptor 4. After each call the marker of that call is written to
# stdout and stderr: what came before it is the call's output, also when other processes wrote it.
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
INPUT, OUTPUT, ERRORS = copy(0), copy(1), copy(2)
OWNER = os.getpid()
HANDLED = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGALRM", "SIGCHLD", "SIGUSR1", "SIGUSR2") if hasattr(signal, n)]


def receive(count):
    data = bytearray()
    while len(data) < count:
        piece = os.read(REQUESTS, min(count - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def write(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view[: 1 << 20]) :]


def answer(data):
    write(ANSWERS, len(data).to_bytes(4, "big") + data)
