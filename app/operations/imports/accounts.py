"""Accounts from a table: tried first, row by row, with all that the form checks; then made and changed."""

import json
from functools import lru_cache
from pathlib import PurePath

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from app.errors import Invalid
from app.extensions import db
from app.models import Account, AccountState, Domain, Task, TaskState
from app.operations import accounts as verbs
from app.operations import tasks
from app.operations.imports import columns, files
from app.operations.tasks import FollowUp, Step, TaskKind, Unchanged
from app.queries import tasks as questions
from app.rules import addresses, scope
from app.text import sheets

CHECK, RUN = "accounts.check_import", "accounts.import"
ROWS_AT_MOST = 100_000


def check_import(actor, domain: Domain, data: bytes, *, name: str) -> Task:
    """Try an import: a task that takes every row back again and keeps what would be refused. Errors: Invalid."""
    domain = scope.find_domain(actor, domain.id)
    text, encoding = _decoded(data)
    sheet = _read(text)
    columns.check_head(sheet)
    if not sheet.rows:
        raise Invalid(_("There is no row below the names of the columns."), code="no_rows", field="file")
    if len(sheet.rows) > ROWS_AT_MOST:
        raise Invalid(_("%(most)s rows at most.", most=ROWS_AT_MOST), code="too_many_rows", field="file")
    asked = {"file": files.keep(text), "domain": domain.id, "encoding": encoding}
    return _started(actor, CHECK, domain, len(sheet.rows), PurePath(name).name, asked)


def start_import(actor, task: Task) -> Task:
    """Do what was tried. Doing it again changes nothing more: rows that are so already are left alone."""
    task = questions.find_task(actor, task.id)
    if task.kind != CHECK or task.state is not TaskState.DONE:
        raise Invalid(_("This is no import that was tried."), code="not_tried")
    asked = json.loads(task.arguments)
    domain = scope.find_domain(actor, asked["domain"])
    files.require_kept(asked["file"])
    return _started(actor, RUN, domain, task.total_count, task.file_name, asked)


def import_account(actor, domain: Domain, cells: dict) -> None:
    """One row: an account is made, or changed where it differs.

    Passwords count for new accounts only; who has none there is mailed a link to choose one.
    """
    address = _address(domain, cells.get("address", ""))
    account = _account(domain, address)
    if account is not None:
        _change(actor, account, cells)
        return
    try:
        _make(actor, domain, address, cells)
    except Invalid as refusal:
        account = _account(domain, address) if refusal.code == "address_taken" else None
        if account is None:
            raise
        _change(actor, account, cells)


def _make(actor, domain: Domain, address: str, cells: dict) -> None:
    values = columns.values_of(cells)
    state = values.pop("state", AccountState.ENABLED)
    account = verbs.create_account(
        actor,
        domain,
        name=values.pop("name", ""),
        alias=address.rpartition("@")[0],
        password=cells.get("password"),
        features=columns.features_of(cells) or None,
        **values,
    )
    if state is not AccountState.ENABLED:
        verbs.update_account(actor, account, {"state": state})


def _change(actor, account: Account, cells: dict) -> None:
    values, features = columns.values_of(cells), columns.features_of(cells)
    differing = {name: value for name, value in values.items() if getattr(account, name) != value}
    switched = {one: is_on for one, is_on in features.items() if getattr(account, f"has_{one}") is not is_on}
    if not differing and not switched:
        raise Unchanged(_("Is there already, just so."))
    verbs.update_account(actor, account, {**differing, "features": switched})


def _address(domain: Domain, text: str) -> str:
    """An address of the domain; what stands before the @ is enough."""
    if not text:
        raise Invalid(_("The address is missing."), code="no_address")
    address = _full(text, domain.name)
    if address.rpartition("@")[2] != domain.name:
        raise Invalid(
            _("%(address)s is not an address of %(domain)s.", address=text[:120], domain=domain.name),
            code="foreign_address",
        )
    return address


def _full(text: str, domain_name: str) -> str:
    return addresses.normalise(text if "@" in text else f"{text}@{domain_name}")


def _account(domain: Domain, address: str) -> Account | None:
    statement = select(Account).where(Account.address == address, Account.domain_id == domain.id)
    return db.session.scalars(statement.where(Account.is_guest.is_(False))).one_or_none()


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        return sheets.decoded(data)
    except sheets.Unreadable as error:
        raise _unreadable() from error


def _read(text: str) -> sheets.Sheet:
    try:
        return sheets.read(text)
    except sheets.Unreadable as error:
        raise _unreadable() from error


def _unreadable() -> Invalid:
    return Invalid(
        _("This is no table: save it as CSV (comma, semicolon or tab)."), code="no_table", field="file"
    )


def _started(actor, kind: str, domain: Domain, total: int, name: str | None, asked: dict) -> Task:
    return tasks.start_task(
        actor, kind, total=total, subject=domain.name, domain_id=domain.id, file_name=name, **asked
    )


def _steps(actor, arguments: dict, place: int, limit: int) -> list[Step]:
    files.require_kept(arguments["file"])
    domain = scope.find_domain(actor, arguments["domain"])
    return _all_steps(arguments["file"], domain.name)[place : place + limit]


@lru_cache(maxsize=1)
def _all_steps(token: str, domain_name: str) -> list[Step]:
    """Every row, with the line its address comes up on first: a second row about it is refused, not guessed at."""
    first, steps = {}, []
    for number, (line, record) in enumerate(files.table(token).records(), 1):
        cells = columns.meaning(record)
        address = cells.get("address", "")
        came_first = first.setdefault(_full(address, domain_name), line)
        steps.append(Step(number, address, (cells, came_first), line))
    return steps


def _do(actor, arguments: dict, step: Step) -> None:
    cells, first = step.value
    if cells.get("address") and first != step.line:
        raise Invalid(_("This address stands in line %(line)s already.", line=first), code="address_twice")
    import_account(actor, scope.find_domain(actor, arguments["domain"]), cells)


def _after_check(task: Task) -> FollowUp:
    asked = json.loads(task.arguments)
    label = ngettext("Import %(num)s row", "Import %(num)s rows", task.changed_count)
    can_go_on = task.changed_count and files.is_kept(asked["file"])
    note = _("Nothing is written yet.")
    if asked["encoding"] == "latin-1":
        note += " " + _("The file was read as Latin-1: look whether accents are right.")
    return FollowUp(_l("Would change"), "exchange.start_import" if can_go_on else None, label, note)


for _kind, _title, _is_rehearsal, _follow in (
    (CHECK, _l("Try an import of accounts"), True, _after_check),
    (RUN, _l("Import accounts"), False, lambda task: FollowUp(_l("Imported"))),
):
    tasks.register(
        _kind,
        TaskKind(_title, _steps, _do, _is_rehearsal, _follow),
    )
