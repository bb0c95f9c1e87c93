"""Doors may be sockets too."""

from tests.realtime.conftest import window_of  # noqa: F401
