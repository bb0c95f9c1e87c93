"""bin/dev: logs in the terminal, and changed code, templates and texts at the next request."""

import subprocess
import threading
from contextlib import contextmanager

from deploy.local.paths import ROOT
from deploy.local.supervisor import END_WITH_PARENT, Supervisor

# In debug mode templates and static files are read again when they change.
DEVELOPMENT_SETTINGS = {"FLASK_DEBUG": "1", "LOG_FORMAT": "text", "LOG_LEVEL": "debug"}

# Seconds between two looks at the code, for the worker; gunicorn watches for the web workers.
POLL_INTERVAL = 1.0


@contextmanager
def development_mode(supervisor: Supervisor):
    """Print the logs of the web server and the worker as they grow, and restart the worker when code changes."""
    stop = threading.Event()
    logs = [program.log for program in supervisor.programs if program.name in ("web", "worker")]
    tail = subprocess.Popen(
        [*END_WITH_PARENT, "tail", "--lines=0", "--follow=name", "--retry", "--quiet", *map(str, logs)]
    )
    watcher = threading.Thread(target=_restart_worker_on_change, args=(supervisor, stop), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
        tail.terminate()
        tail.wait()


def _restart_worker_on_change(supervisor: Supervisor, stop: threading.Event) -> None:
    loaded = _last_change()
    while not stop.wait(POLL_INTERVAL):
        changed = _last_change()
        if changed != loaded:
            loaded = changed
            supervisor.restart_program("worker")


def _last_change() -> float:
    return max(path.stat().st_mtime for path in (ROOT / "app").rglob("*.py"))
