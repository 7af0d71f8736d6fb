# What a warm interpreter runs: one call at a time, each in a fresh __main__, for Python 3.8 and later.
#
# The bootstrap hands over `take`, which reads a number of bytes from descriptor 3. A frame is a big-endian 32-bit length and
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
        return fcntl.ioctl(descriptor, OUTPUT_QUEUE, b"\0\0\0\0") != b"\0\0\0\0"
    except OSError:
        return True
