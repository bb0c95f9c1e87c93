"""bin/test: set-up, bin/check, and pytest on a private database."""

import signal
import subprocess
import time

from deploy.local import checking, checkout
from deploy.local.paths import PYTHON, ROOT
from deploy.local.steps import CommandError, report


def main(arguments: list[str]) -> int:
    """Run the checks and the tests, or only the tests that the arguments select. Return the exit code."""
    start = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    is_whole = arguments in ([], ["--all"])
    try:
        checkout.prepare_to_test()
        is_clean = not is_whole or _check()
        has_passed = _run_tests(arguments)
    except (CommandError, OSError) as error:
        return report(error)
    except KeyboardInterrupt:
        return 130
    note = "" if is_clean else " bin/check has found something: see the beginning."
    print(f"Done in {time.monotonic() - start:.0f} s.{note}")
    return 0 if is_clean and has_passed else 1


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


def _check() -> bool:
    print("Looking at the code", flush=True)
    return checking.check()


def _run_tests(arguments: list[str]) -> bool:
    """Run pytest in the virtual environment. If interrupted, wait until it has cleaned up."""
    process = subprocess.Popen([PYTHON, "-m", "tests.run", *arguments], cwd=ROOT)
    try:
        return process.wait() == 0
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
