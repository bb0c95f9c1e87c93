"""Check of the port to serve on."""

import os
import socket

import pytest

from deploy.local import nginx, ports
from deploy.local.steps import CommandError


def test_free_port_is_accepted():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ports.require_free(port, nginx.addresses())


def test_taken_port_is_refused_with_its_holder_and_a_command():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CommandError) as stopped:
            ports.require_free(port, ["127.0.0.1"])
    assert f"(process {os.getpid()})" in str(stopped.value)
    assert f"PORT={port + 1} bin/run" in str(stopped.value)


def test_holder_ignores_connections_to_the_same_port_elsewhere():
    assert ports.holder(1) == "a process of another account"
