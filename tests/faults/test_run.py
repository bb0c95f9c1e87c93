"""bin/run with real processes: start, recovery of lost processes, end, and kept data."""

import os
import re
import signal
import subprocess

import pytest

from deploy.local.paths import ROOT
from tests.support.faults.running import Run, checkout_in, is_alive, wait_for

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Start an empty server, shared by the tests in their order."""
    running = Run(checkout_in(tmp_path_factory.mktemp("checkout")))
    try:
        running.start("--empty")
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)


def test_empty_server_prints_its_setup_link(run):
    assert run.is_ready()
    assert f"https://localhost:{run.port}\n" in run.said
    assert re.search(rf"^https://localhost:{run.port}/setup/\S{{30,}}$", run.said, re.MULTILINE)


def test_second_start_in_the_same_folder_names_the_first(run):
    second = subprocess.run([run.checkout / "bin/run"], capture_output=True, text=True)
    assert second.returncode == 1
    assert f"already runs from this folder: https://localhost:{run.port}" in second.stderr


def test_taken_port_is_reported(run, tmp_path):
    taken = {**os.environ, "PORT": str(run.port)}
    second = subprocess.run([ROOT / "bin/run", "--empty"], capture_output=True, text=True, env=taken)
    assert second.returncode == 1
    assert "already runs" in second.stderr or f"PORT={run.port + 1} bin/run" in second.stderr


@pytest.mark.parametrize("name", ["mariadbd", "redis", "flask worker", "gunicorn", "nginx"])
def test_killed_process_is_started_again(run, name):
    lost = run.servers()[name]
    lost.kill()
    wait_for(lambda: run.servers().get(name, lost) != lost, 20)
    wait_for(run.is_ready, 30)
    assert "was lost (terminated by SIGKILL)" in run.said


def test_stop_ends_every_process_within_five_seconds(run):
    everything = run.everything()
    assert len(everything) >= 7
    assert run.end(signal.SIGINT) < 5
    assert run.process.returncode == 0
    wait_for(lambda: not any(map(is_alive, everything)), 1)


def test_restart_keeps_the_data(run):
    key = (run.checkout / "var/empty/keys/secret").read_text()
    run.start("--empty")
    assert "Making a database" not in run.said
    assert (run.checkout / "var/empty/keys/secret").read_text() == key
    assert run.is_ready()


def test_lost_terminal_ends_every_process(run):
    everything = run.everything()
    run.process.kill()
    run.process.wait()
    wait_for(lambda: not any(map(is_alive, everything)), 10)
