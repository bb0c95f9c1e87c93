"""Imports: a table of accounts, tried first and then done as a task."""

from app.operations.imports.accounts import check_import, start_import
from app.operations.imports.files import forget_files

__all__ = ["check_import", "forget_files", "start_import"]
