"""Tests with real processes that die, freeze or come back."""
