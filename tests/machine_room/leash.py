"""leash.py PROGRAM ARGUMENT…: runs a program until standard input closes, then ends it and every
process it started.

The test that starts this holds the other end of standard input. However that test ends, by
returning, by a panic or by a kill, the pipe closes and nothing is left behind.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    # Out of the test's process group: what ends the test must not end this before its work is done.
    os.setpgid(0, 0)
    # Processes whose parent is gone become our children, so that none stays behind as a zombie.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # What the program starts is in its group: one signal reaches them all.
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)

    def end_all() -> None:
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end_with_the_test() -> None:
        sys.stdin.buffer.read()
        end_all()

    threading.Thread(target=end_with_the_test, daemon=True).start()
    program.wait()
    end_all()
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main()
