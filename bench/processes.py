"""What processes cost: processor time and memory, read from /proc."""

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
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children.get(found[-1], []))
    return found


def processor_seconds(pids):
    """User and system time of processes, all threads included."""
    total = 0
    for pid in pids:
        fields = _stat(Path(f"/proc/{pid}"))
        total += int(fields[11]) + int(fields[12]) if fields else 0
    return total / TICK


def memory_kib(pids):
    """Memory that belongs to these processes: proportional set size, in KiB."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total


def stop(process, seconds=10):
    """End a process that this run started, politely first."""
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
