"""Run pytest on a private database that ends with it: what bin/test calls, inside the virtual environment."""

import os
import signal
import sys

import pytest

from tests.support.servers import PrivateMariaDB

# How everything is run: in two processes, since half of the time one waits for a browser or for a server to
# start.
TOGETHER = ("-n2", "--dist=loadscope", "--no-loadscope-reorder")

EVERYDAY = ("-m", "not long")


def main(arguments: list[str]) -> int:
    """Run what the arguments select, on a server of one's own unless TEST_DATABASE_URL names one."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    arguments = shared(arguments)
    if "TEST_DATABASE_URL" in os.environ:
        return pytest.main(arguments)
    with PrivateMariaDB() as mariadb:
        os.environ["TEST_DATABASE_URL"] = mariadb.url()
        return pytest.main(arguments)


def shared(arguments: list[str]) -> list[str]:
    """Return pytest's arguments: two processes share a whole run, without its long tests unless --all is given.

    Arguments that choose tests or a number of processes make a run no whole one; a report (--junitxml=…) does not.
    """
    is_all = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    is_whole = all(argument.startswith("-") and not argument.startswith("-n") for argument in arguments)
    return [*TOGETHER, *(() if is_all else EVERYDAY), *arguments] if is_whole else arguments


def _end(_number, _frame):
    """Let pytest clean up, as after Ctrl+C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
