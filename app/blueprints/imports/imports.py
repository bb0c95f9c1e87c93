"""Accounts and groups from a file or pasted: tried first, done as a task when one has seen what would happen."""

from functools import partial

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import FileField, SelectField, TextAreaField

from app.blueprints import tables
from app.blueprints.access_control import me
from app.blueprints.dialogs import domain_choices
from app.blueprints.forms import submission
from app.blueprints.imports.exports import blueprint
from app.blueprints.imports.importable import ACCOUNTS, GROUPS, Importable
from app.errors import Invalid
from app.htmx import page, see_other
from app.operations import imports, tasks
from app.queries.tasks import find_task
from app.rules.rights import scope

# Seconds that the page works itself; what is left then is the worker's.
AT_ONCE = 1.5

PASTED = "table.csv"


class ImportForm(FlaskForm):
    """A table to import: a file, or what was pasted."""

    domain = SelectField(_l("Domain"), coerce=int)
    file = FileField(_l("File"))
    pasted = TextAreaField(_l("Or paste the table"))


@blueprint.url_value_preprocessor
def allow_for_a_file(endpoint, _values) -> None:
    """Allow a larger body for an import, before anything of the request is read."""
    if endpoint in (ACCOUNTS.endpoint, GROUPS.endpoint):
        request.max_content_length = current_app.config["IMPORT_LENGTH"]


@blueprint.get("/accounts/import-model.csv")
def import_model() -> Response:
    """Send an empty table with the columns of an import of accounts."""
    return tables.download(ACCOUNTS.kind, ACCOUNTS.model, [])


@blueprint.get("/groups/import-model.csv")
def group_import_model() -> Response:
    """Send an empty table with the columns of an import of groups."""
    return tables.download(GROUPS.kind, GROUPS.model, [])


@blueprint.route("/accounts/import", methods=["GET", "POST"])
def import_accounts() -> Response:
    """Choose a table of accounts, and try it."""
    return _choose_and_try(ACCOUNTS)


@blueprint.route("/groups/import", methods=["GET", "POST"])
def import_groups() -> Response:
    """Choose a table of groups, and try it."""
    return _choose_and_try(GROUPS)


@blueprint.post("/tasks/<int:task_id>/import")
def start_import(task_id: int) -> Response:
    """Do what was tried."""
    tried = find_task(me(), task_id)
    task = imports.start_import(me(), tried)
    tasks.run(task.id, seconds=AT_ONCE)
    return see_other(url_for("tasks.show", task_id=task.id))


def _choose_and_try(what: Importable) -> Response:
    form = _form()
    if request.method == "GET":
        return _page(what, form)
    with submission(form, partial(_page, what, form)):
        domain = scope.find_domain(me(), form.domain.data)
        data, name = _table(form)
        task = imports.check_import(me(), domain, data, name=name, kind=what.kind)
    tasks.run(task.id, seconds=AT_ONCE)
    return see_other(url_for("tasks.show", task_id=task.id))


def _form() -> ImportForm:
    form = ImportForm() if request.method == "POST" else ImportForm(formdata=None)
    form.domain.choices = domain_choices()
    if request.method == "GET":
        form.domain.data = request.args.get("domain", type=int) or me().domain_id
    return form


def _table(form: ImportForm) -> tuple[bytes, str]:
    """Return what was chosen or pasted, and what it is called."""
    if isinstance(form.file.data, FileStorage):
        data = form.file.data.read()
        if data.strip():
            return data, form.file.data.filename or PASTED
    if (form.pasted.data or "").strip():
        return form.pasted.data.encode(), PASTED
    raise Invalid(_("Choose a file that is not empty, or paste a table."), code="no_file", field="file")


def _page(what: Importable, form: ImportForm, status: int = 200) -> Response:
    return page(
        "imports/import.html",
        status=status,
        what=what,
        form=form,
        back=url_for(what.list_endpoint, domain_id=form.domain.data or me().domain_id),
        most=current_app.config["IMPORT_LENGTH"] // (1024 * 1024),
        is_unsaved=status != 200,
    )
