"""Consequences of changes to a domain, in numbers."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.features import ChangeQuestion
from app.models import Domain, DomainState
from app.queries.domains import DomainContents, domain_contents, domain_impact
from app.rules.accounts.addresses import readable

SUSPEND = "suspend"


def of_stopping(domain: Domain) -> str:
    """Return what stops with TeamChat."""
    impact = domain_impact(domain)
    people = ngettext(
        "TeamChat stops for %(num)s person of %(name)s.",
        "TeamChat stops for %(num)s people of %(name)s.",
        impact.people,
        name=readable(domain.name),
    )
    rooms = ngettext(
        "%(num)s room is hidden and kept: it comes back when TeamChat is enabled again.",
        "%(num)s rooms are hidden and kept: they come back when TeamChat is enabled again.",
        impact.rooms,
    )
    return f"{people} {rooms}"


def suspension(domain: Domain, values: dict) -> ChangeQuestion | None:
    """Return what has to be asked before a domain is suspended."""
    if values.get("state") != DomainState.SUSPENDED or domain.state is DomainState.SUSPENDED:
        return None
    contents = domain_contents(domain)
    people = ngettext(
        "%(num)s person of %(name)s can no longer sign in.",
        "%(num)s people of %(name)s can no longer sign in.",
        contents.accounts,
        name=readable(domain.name),
    )
    devices = ngettext("%(num)s device is signed out.", "%(num)s devices are signed out.", contents.devices)
    rooms = ngettext(
        "%(num)s room is closed to them; nothing in it is lost.",
        "%(num)s rooms are closed to them; nothing in them is lost.",
        contents.rooms + contents.private_rooms,
    )
    return ChangeQuestion(
        f"{people} {devices} {rooms}", SUSPEND, _("Suspend the domain"), is_destructive=True
    )


def of_deleting(contents: DomainContents) -> list[str]:
    """Return what goes with a domain; what there is none of is left out."""
    lines = [
        ngettext("%(num)s account is deleted.", "%(num)s accounts are deleted.", contents.accounts),
        ngettext("%(num)s group is deleted.", "%(num)s groups are deleted.", contents.groups),
        ngettext(
            "%(num)s room of these groups goes to the trash for 30 days.",
            "%(num)s rooms of these groups go to the trash for 30 days.",
            contents.rooms,
        ),
        ngettext(
            "%(num)s private room is handed over to its longest-standing member, or goes to the trash.",
            "%(num)s private rooms are handed over to their longest-standing members, or go to the trash.",
            contents.private_rooms,
        ),
        ngettext(
            "%(num)s guest loses their sponsor.",
            "%(num)s guests lose their sponsor.",
            contents.guests,
        ),
        ngettext(
            "%(num)s person who was invited can no longer join.",
            "%(num)s people who were invited can no longer join.",
            contents.invited,
        ),
    ]
    counts = (
        contents.accounts,
        contents.groups,
        contents.rooms,
        contents.private_rooms,
        contents.guests,
        contents.invited,
    )
    present = [line for line, count in zip(lines, counts, strict=True) if count]
    return present or [_("It is empty: no people, no rooms, no messages.")]
