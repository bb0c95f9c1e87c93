"""One row of a table: made where nothing has its address, else changed where it differs."""

from flask_babel import gettext as _

from app.errors import Invalid
from app.models import Domain
from app.operations.imports.kinds import Kind, Row
from app.operations.tasks import Unchanged
from app.rules import addresses
from app.text.sheets import SURPLUS


def import_row(actor, kind: Kind, domain: Domain, row: Row) -> None:
    """Do one row. Errors: what the operations of its kind refuse; Unchanged, when there is nothing to do."""
    _check_address(domain, row)
    found = kind.find(domain, row.address)
    if found is None:
        try:
            kind.make(actor, domain, row)
            return
        except Invalid as refusal:
            # Somebody else may have made it between the look and the write: then it is theirs that is changed.
            found = kind.find(domain, row.address) if refusal.code == "address_taken" else None
            if found is None:
                raise
    if not kind.change(actor, found, row) and not row.is_awaiting:
        raise Unchanged(_("Is there already, just so."))


def full_address(text: str, domain_name: str) -> str:
    """An address as it is compared; what stands before the @ is enough."""
    return addresses.normalise(text if "@" in text else f"{text}@{domain_name}") if text else ""


def _check_address(domain: Domain, row: Row) -> None:
    if SURPLUS in row.cells:
        raise Invalid(
            _(
                "This line has more cells than there are columns: “%(text)s”. "
                "Put quotes around text with a separator in it.",
                text=row.cells[SURPLUS][:80],
            ),
            code="surplus_cells",
        )
    if not row.address:
        raise Invalid(_("The address is missing."), code="no_address")
    if row.first != row.line:
        raise Invalid(
            _("This address stands in line %(line)s already.", line=row.first), code="address_twice"
        )
    if row.address.rpartition("@")[2] != domain.name:
        raise Invalid(
            _(
                "%(address)s is not an address of %(domain)s.",
                address=row.cells["address"][:120],
                domain=domain.name,
            ),
            code="foreign_address",
        )
