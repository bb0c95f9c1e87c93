"""A port that is taken is named, with who holds it and how to choose another."""

import os
import socket

import pytest

from deploy.local import nginx, ports
from deploy.local.steps import CommandError


def test_a_free_port_is_accepted():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ports.require_free(port, nginx.addresses())


def test_a_taken_port_says_who_holds_it_and_what_to_type():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CommandError) as stopped:
            ports.require_free(port, ["127.0.0.1"])
    assert f"(process {os.getpid()})" in str(stopped.value)
    assert f"PORT={port + 1} bin/run" in str(stopped.value)


def test_a_connection_to_the_same_port_elsewhere_is_not_a_holder():
    assert ports.holder(1) == "a process of another account"
