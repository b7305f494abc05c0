"""Trampoline between the supervisor and a child: drop privileges, die with the parent, become the program.

Run as `python -I -S launch.py PARENT DEATH_SIGNAL UID GID PROGRAM ARGUMENT...` (UID and GID `-1`: stay who you are). A
separate script because a callback between fork and exec is not safe in a process with threads, and after the drop the
interpreter's own folder may be out of reach: everything needed is imported before it.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
NOT_STARTED = 127


def _die_with(parent: int, death_signal: int) -> None:
    # The kernel forgets the death signal when the user changes, so this comes after the drop.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died between fork and prctl: nobody would tell us any more
        sys.exit(NOT_STARTED)


def _become(uid: int, gid: int) -> None:
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def main(arguments: list[str]) -> None:
    parent, death_signal, uid, gid = (int(value) for value in arguments[:4])
    program = arguments[4:]
    try:
        _become(uid, gid)
        _die_with(parent, death_signal)
        os.execv(program[0], program)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.stderr.write(f"{program[0]}: {error.strerror}\n")
        sys.exit(NOT_STARTED)


if __name__ == "__main__":
    main(sys.argv[1:])
