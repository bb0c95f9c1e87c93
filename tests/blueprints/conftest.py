"""Fixtures of blueprint tests: pages with a socket."""

from tests.support.licenses import trial  # noqa: F401 (a fixture)
from tests.support.realtime.windows import window_of  # noqa: F401 (a fixture)
