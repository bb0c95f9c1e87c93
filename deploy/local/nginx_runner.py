"""Parent process of nginx: reloads it when the certificate changes, and leaves no part of it running.

`python -m deploy.local.nginx_runner <certificate> <command …>`. nginx needs its master process to load a certificate
without closing connections. If the master were killed, its workers would keep the port: the kernel ends all of nginx
with this process, and this process kills what is left of the process group.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

END_WITH_PARENT = ["setpriv", "--pdeathsig", "TERM"]
# Seconds between two looks at the certificate.
POLL_INTERVAL = 0.5
# Seconds that nginx is given to end.
STOP_TIMEOUT = 1.5


def main(arguments: list[str]) -> int:
    """Run nginx until told to stop, or until it ends. Return its exit code."""
    certificate, command = Path(arguments[0]), arguments[1:]
    server = subprocess.Popen([*END_WITH_PARENT, *command], process_group=0)
    signals = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda number, _frame: signals.append(number))
    loaded = _version(certificate)
    while server.poll() is None and not signals:
        time.sleep(POLL_INTERVAL)
        version = _version(certificate)
        if version is not None and version != loaded:
            loaded = version
            server.send_signal(signal.SIGHUP)
    return _stop(server)


def _version(certificate: Path) -> tuple | None:
    """Return the identity of the file behind all links; None while the link is being replaced."""
    with suppress(OSError):
        status = certificate.stat()
        return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
    return None


def _stop(server: subprocess.Popen) -> int:
    if server.poll() is None:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_TIMEOUT)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    return server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
