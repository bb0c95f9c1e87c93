"""Processor time and memory of processes, read from /proc."""

import os
import subprocess
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def family(pid):
    """Return a process and all its descendants."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)):
            children.setdefault(parent, []).append(int(entry.name))
    pids, waiting = [], [pid]
    while waiting:
        pids.append(waiting.pop())
        waiting.extend(children.get(pids[-1], []))
    return pids


def processor_seconds(pids):
    """Return user and system time of processes, all threads included."""
    total = 0
    for pid in pids:
        fields = _stat(Path(f"/proc/{pid}"))
        total += int(fields[11]) + int(fields[12]) if fields else 0
    return total / TICK


def memory_kib(pids):
    """Return the memory of these processes: proportional set size, in KiB."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total


def stop(process, seconds=10):
    """End a process of this run: SIGTERM first, SIGKILL after some seconds."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _stat(entry):
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _parent(entry):
    fields = _stat(entry)
    return int(fields[1]) if fields else None
