"""Imports: a table of accounts or groups, tried first and then done as a task."""

from app.operations.imports import accounts, groups
from app.operations.imports.files import forget_files
from app.operations.imports.running import check_import, start_import

__all__ = ["accounts", "check_import", "forget_files", "groups", "start_import"]
