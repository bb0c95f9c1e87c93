"""bin/dev: changed code, templates and texts show at the next request; logs run through the terminal."""

import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

from deploy.local.paths import ROOT
from deploy.local.supervisor import TOGETHER, Supervisor

DEVELOPING = {"FLASK_DEBUG": "1", "LOG_FORMAT": "text", "LOG_LEVEL": "debug"}
"""In debug mode templates and static files are read again when they change."""

PAUSE = 1.0
"""Seconds between two looks at the code; the web workers have a watch of their own."""


@contextmanager
def following(supervisor: Supervisor):
    """Show the logs of our own processes as they grow, and restart the worker when code changes."""
    ending = threading.Event()
    logs = [program.log for program in supervisor.programs if program.name in ("web", "worker")]
    shown = subprocess.Popen(
        [*TOGETHER, "tail", "--lines=0", "--follow=name", "--retry", "--quiet", *map(str, logs)]
    )
    watcher = threading.Thread(target=_restart_worker, args=(supervisor, ending), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ending.set()
        watcher.join()
        shown.terminate()
        shown.wait()


def _restart_worker(supervisor: Supervisor, ending: threading.Event) -> None:
    known = _last_change()
    while not ending.wait(PAUSE):
        seen = _last_change()
        if seen != known:
            known = seen
            supervisor.begin_again("worker")


def _last_change() -> float:
    return max(path.stat().st_mtime for path in _sources())


def _sources() -> list[Path]:
    return list((ROOT / "app").rglob("*.py"))
