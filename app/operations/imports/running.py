"""An import as two tasks: tried first, row by row, with all that the form checks; then done."""

import json
from functools import lru_cache, partial
from pathlib import PurePath

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.background import run_in_thread
from app.errors import Invalid
from app.models import Account, Domain, Task, TaskState
from app.operations import tasks
from app.operations.imports import table
from app.operations.imports.table import ImportKind, ImportRow, full_address, import_row
from app.operations.tasks import FollowUp, TaskKind, TaskStep
from app.queries.tasks import find_task
from app.rules.rights import scope
from app.text import sheets
from app.transaction import release_connection

ROWS_AT_MOST = 100_000

# By their names.
_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Make a kind of row one that can be imported."""
    _kinds[kind.name] = kind
    trying, doing = kind.titles
    steps = partial(_steps, kind)
    tasks.register(
        kind.check, TaskKind(trying, steps, partial(_try, kind), True, partial(_after_check, kind))
    )
    tasks.register(kind.run, TaskKind(doing, steps, partial(_do, kind), False, _after_run))


def check_import(actor: Account, domain: Domain, data: bytes, *, name: str, kind: str = "accounts") -> Task:
    """Try an import: a task that takes every row back again and keeps what would be refused. Errors: Invalid.

    kind: of the rows, "accounts" or "groups". name: of the file. It is read beside the event loop, with no connection
    to the database held.
    """
    domain = scope.find_domain(actor, domain.id)
    release_connection()
    text, encoding, sheet = _read(data)
    table.check_head(_kinds[kind], sheet)
    if not sheet.rows:
        raise Invalid(_("There are no lines below the column names."), code="no_rows", field="file")
    arguments = {"file": table.keep(text), "domain": domain.id, "encoding": encoding}
    return _started(actor, _kinds[kind].check, domain, len(sheet.rows), PurePath(name).name, arguments)


def start_import(actor: Account, task: Task) -> Task:
    """Do what was tried. Doing it again changes nothing more: rows that are so already are left alone."""
    task = find_task(actor, task.id)
    kind = next((import_kind for import_kind in _kinds.values() if import_kind.check == task.kind), None)
    if kind is None or task.state is not TaskState.DONE:
        raise Invalid(_("This import was not checked first."), code="not_tried")
    arguments = json.loads(task.arguments)
    domain = scope.find_domain(actor, arguments["domain"])
    table.require_kept(arguments["file"])
    return _started(actor, kind.run, domain, task.total_count, task.file_name, arguments)


def _read(data: bytes) -> tuple[str, str, sheets.Sheet]:
    """Return the text of a file, its encoding and its table. Error: Invalid."""
    try:
        return run_in_thread(_parsed, data)
    except sheets.TooManyRows as error:
        sentence = _("%(most)s lines at most.", most=ROWS_AT_MOST)
        raise Invalid(sentence, code="too_many_rows", field="file") from error
    except sheets.UnreadableSheet as error:
        sentence = _("This is not a table: save it as CSV (comma, semicolon or tab).")
        raise Invalid(sentence, code="no_table", field="file") from error


def _parsed(data: bytes) -> tuple[str, str, sheets.Sheet]:
    text, encoding = sheets.decode(data)
    return text, encoding, sheets.read(text, ROWS_AT_MOST)


def _started(
    actor: Account, kind: str, domain: Domain, total: int, name: str | None, arguments: dict
) -> Task:
    return tasks.start_task(
        actor, kind, total=total, subject=domain.name, domain_id=domain.id, file_name=name, **arguments
    )


def _steps(kind: ImportKind, actor: Account, arguments: dict, place: int, limit: int) -> list[TaskStep]:
    table.require_kept(arguments["file"])
    domain = scope.find_domain(actor, arguments["domain"])
    return _all_steps(kind, arguments["file"], domain.name)[place : place + limit]


@lru_cache(maxsize=1)
def _all_steps(kind: ImportKind, token: str, domain_name: str) -> list[TaskStep]:
    """Return every row with the line its address appears on first; a second row about it is refused."""
    first: dict[str, int] = {}
    rows = []
    for line, record in table.table(token).records():
        cells = table.meaning_of_row(kind, record)
        address = full_address(cells.get("address", ""), domain_name)
        rows.append(ImportRow(line, address, cells, first.setdefault(address, line)))
    rows = kind.arranged(domain_name, rows)
    return [TaskStep(place, row.cells.get("address", ""), row, row.line) for place, row in enumerate(rows, 1)]


def _try(kind: ImportKind, actor: Account, arguments: dict, step: TaskStep) -> None:
    import_row(actor, kind, scope.find_domain(actor, arguments["domain"]), kind.tried(step.value))


def _do(kind: ImportKind, actor: Account, arguments: dict, step: TaskStep) -> None:
    import_row(actor, kind, scope.find_domain(actor, arguments["domain"]), step.value)


def _after_check(kind: ImportKind, task: Task) -> FollowUp:
    arguments = json.loads(task.arguments)
    can_go_on = task.changed_count and table.is_kept(arguments["file"])
    note = _("Nothing is saved yet.")
    if arguments["encoding"] == "latin-1":
        note += " " + _("The file was read as Latin-1: check that accents are right.")
    return FollowUp(
        _l("To be changed"),
        "imports.start_import" if can_go_on else None,
        kind.label(task.changed_count),
        note,
        is_trial=True,
    )


def _after_run(_task: Task) -> FollowUp:
    return FollowUp(_l("Imported"))
