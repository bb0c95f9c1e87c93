"""Imports: a table of accounts or groups, tried first and then done as a task."""

from app.operations.imports import accounts, groups
from app.operations.imports.running import check_import, start_import
from app.operations.imports.table import forget_files

__all__ = [
    "accounts",
    "check_import",
    "forget_files",
    "groups",
    "start_import",
]
