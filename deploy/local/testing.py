"""bin/test: a private database and Redis, what looks at the code, and pytest."""

import signal
import subprocess
import sys
import time

from deploy.local import checking, checkout
from deploy.local.paths import PYTHON, ROOT
from deploy.local.steps import Stopped, fault


def main(arguments: list[str]) -> int:
    """Run everything, or only what the arguments select. Gives the exit code."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    try:
        checkout.prepare_to_test()
        is_clean = bool(arguments) or _check()
        is_green = _run_tests(arguments)
    except Stopped as stopped:
        return _say_why(str(stopped))
    except OSError as error:
        return _say_why(fault(error))
    except KeyboardInterrupt:
        return 130
    found = "" if is_clean else " bin/check has found something: see the beginning."
    print(f"Done in {time.monotonic() - began:.0f} s.{found}")
    return 0 if is_clean and is_green else 1


def _end(_number, _frame):
    raise KeyboardInterrupt


def _say_why(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr)
    return 1


def _check() -> bool:
    print("Looking at the code", flush=True)
    return checking.check()


def _run_tests(arguments: list[str]) -> bool:
    """Run pytest in the virtual environment, and wait for it to clean up whatever happens here."""
    process = subprocess.Popen([PYTHON, "-m", "tests.run", *arguments], cwd=ROOT)
    try:
        return process.wait() == 0
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
