"""nginx and what it needs to be left alone: a certificate that changes is loaded, and nothing of it is left behind.

`python -m deploy.local.front <certificate> <command …>`. nginx needs a master process to load a certificate without
closing what is open. If that one is killed, its workers would go on holding the port: they end with it, and so does all
of nginx with this process.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

TOGETHER = ["setpriv", "--pdeathsig", "TERM"]
LOOKS_EVERY = 0.5
"""Seconds between two looks at the certificate."""

GRACE = 1.5
"""Seconds that nginx is given to end."""


def main(arguments: list[str]) -> int:
    """Run nginx until told to stop, or until it ends. Gives its exit code."""
    certificate, command = Path(arguments[0]), arguments[1:]
    server = subprocess.Popen([*TOGETHER, *command], process_group=0)
    stopping = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda *_signal: stopping.append(True))
    known = _stamp(certificate)
    while server.poll() is None and not stopping:
        time.sleep(LOOKS_EVERY)
        seen = _stamp(certificate)
        if seen is not None and seen != known:
            known = seen
            server.send_signal(signal.SIGHUP)
    return _end(server)


def _stamp(certificate: Path) -> tuple | None:
    """Which file the certificate is at the moment, through every link on the way; none in between two."""
    with suppress(OSError):
        found = certificate.stat()
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
    return None


def _end(server: subprocess.Popen) -> int:
    """End nginx, and kill what of it does not end."""
    if server.poll() is None:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(GRACE)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    return server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
