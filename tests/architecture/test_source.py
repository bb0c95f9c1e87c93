"""The helper `each`: it fails for every wrong case, and without cases."""

import pytest

from tests.support import source


def odd(numbers):
    @source.each(number=numbers)
    @pytest.mark.filterwarnings("error")
    def is_odd(number, message):
        """Assert that a number is odd."""
        assert number % 2, message

    return is_odd


def test_every_failed_case_is_reported():
    with pytest.raises(AssertionError, match=r"2 of 4:\n2: even\n.*\n4: even"):
        odd([1, 2, 3, 4])(message="even")
    odd([1, 3])(message="even")


def test_check_without_cases_fails():
    with pytest.raises(AssertionError, match="nothing to look at"):
        odd([])(message="even")


def test_other_parameters_and_attributes_are_kept():
    check = odd([1])
    assert list(check.__signature__.parameters) == ["message"]
    assert (check.__name__, check.__doc__, check.__module__) == (
        "is_odd",
        "Assert that a number is odd.",
        __name__,
    )
    assert [mark.name for mark in check.pytestmark] == ["filterwarnings"]
