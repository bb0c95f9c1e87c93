"""Labels of the audit log: acts, values, and how they read."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.queries.audit import AuditRecord, ValueChange
from app.rules import discovery

ACTS = {
    "domain.create": _l("Domain created"),
    "domain.update": _l("Properties changed"),
    "domain.features": _l("System settings changed"),
    "domain.limits": _l("Limits changed"),
    "domain.end": _l("Last day over: suspended"),
    "domain.delete": _l("Domain deleted"),
    "account.create": _l("Account created"),
    "account.update": _l("Account changed"),
    "account.features": _l("System settings changed"),
    "account.password": _l("Password changed"),
    "account.picture": _l("Picture changed"),
    "account.password_link": _l("Link to choose a password sent"),
    "account.role": _l("Role changed"),
    "account.card": _l("Contact card changed"),
    "account.delete": _l("Account deleted"),
    "group.create": _l("Group created"),
    "group.update": _l("Group changed"),
    "group.delete": _l("Group deleted"),
    "group.limits": _l("Limits changed"),
    "group.enable_teamchat": _l("TeamChat enabled"),
    "group.disable_teamchat": _l("TeamChat disabled"),
    "group.add_members": _l("Members added"),
    "group.remove_member": _l("Member removed"),
    "group.detach_member": _l("Entry replaced by its people"),
    "group.exclude_person": _l("Person kept out"),
    "group.include_person": _l("Person let in again"),
    "grant.set": _l("Right given"),
    "grant.remove": _l("Right removed"),
    "grant.inherit": _l("Rights inherited again"),
    "service.start": _l("Service started"),
    "service.stop": _l("Service stopped"),
    "service.restart": _l("Service restarted"),
    "room.create": _l("Room created"),
    "room.leave": _l("Room left"),
    "room.rename": _l("Room renamed"),
    "room.topic": _l("Topic changed"),
    "room.archive": _l("Room archived"),
    "room.reopen": _l("Room reopened"),
    "room.delete": _l("Room deleted"),
    "room.restore": _l("Room restored"),
    "room.purge": _l("Room deleted for good"),
    "room.add_people": _l("People added"),
    "room.remove_person": _l("Person removed"),
    "room.hand_over": _l("Ownership handed over"),
    "trail.verify": _l("Check of the audit log"),
    "mail.test": _l("Test mail sent"),
    "mail.resend": _l("Mail sent again"),
    "mail.resend_failed": _l("Failed mails sent again"),
    "mail.cancel": _l("Mail cancelled"),
    "setting.change": _l("Setting changed"),
    "server.install": _l("Server installed"),
    "licenses.issue": _l("Licence issued"),
    "licenses.install": _l("Licence installed"),
    "discovery.change": _l("SmartDiscover changed"),
    "discovery.check": _l("SmartDiscover checked"),
    "certificates.install": _l("Certificate installed"),
    "certificates.restore": _l("Previous certificate restored"),
    "certificates.look": _l("Certificate checked"),
    "guest.invite": _l("Guests invited"),
    "invitation.resend": _l("Invitation sent again"),
    "invitation.revoke": _l("Invitation revoked"),
    "invitation.copy": _l("Link of an invitation copied"),
    "invitation.mail": _l("Invitation mailed again through its link"),
    "invitation.ask": _l("New invitation requested through the link"),
    "guest.register": _l("Guest account created"),
    "guest.confirmation": _l("Confirmation requested again"),
    "guest.confirm": _l("Address confirmed"),
    "guest.join": _l("Guest joined"),
    "guest.leave": _l("Stay of a guest ended"),
    "guest.update": _l("Guest changed"),
    "guest.password": _l("Password changed"),
    "guest.sponsor": _l("Sponsor changed"),
    "guest.extend": _l("End of the account changed"),
    "guest.end": _l("Account ended"),
    "guest.forget": _l("Unconfirmed account ended"),
    "guest.delete": _l("Guest deleted"),
    "room.guests": _l("Settings for guests changed"),
    "task.start": _l("Task started"),
    "task.cancel": _l("Task stopped"),
    "session.open": _l("Sign-in"),
    "session.close": _l("Sign-out"),
    "session.revoke": _l("Device signed out"),
    "session.refuse": _l("Sign-in refused"),
}

NAMES = {
    "name": _l("Name"),
    "address": _l("Address"),
    "description": _l("Description"),
    "sponsor": _l("Sponsor"),
    "inviter": _l("Invited by"),
    "people": _l("People"),
    "expires_at": _l("End of the account"),
    "guests_see_history": _l("Guests see the history"),
    "guests_see_members": _l("Guests see the members"),
    "language": _l("Language"),
    "role": _l("Role"),
    "domains": _l("Further domains"),
    "state": _l("State"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "title": _l("Job title"),
    "organisation": _l("Organisation"),
    "department": _l("Department"),
    "work_phone": _l("Work phone"),
    "mobile_phone": _l("Mobile phone"),
    "home_phone": _l("Home phone"),
    "other_email": _l("Other email address"),
    "street": _l("Street"),
    "postal_code": _l("Postal code"),
    "city": _l("City"),
    "region": _l("Region"),
    "country": _l("Country"),
    "website": _l("Website"),
    "notes": _l("Notes"),
    "members": _l("Members"),
    "trashed_rooms": _l("Rooms moved to the trash"),
    "excluded": _l("Kept out"),
    "sends_per_minute": _l("Maximum number of messages per minute"),
    "folder_name": _l("Folder name"),
    "has_public_folder": _l("Public folder"),
    "has_groupware": "GroupWare",
    "has_webdav": "WebDAV",
    "has_teamchat": "TeamChat",
    "mail_server": _l("Mail server"),
    "mail_port": _l("Port"),
    "mail_protection": _l("Protection"),
    "mail_username": _l("User name"),
    "mail_password": _l("Password"),
    "mail_sender": _l("Address of the sender"),
    "host": _l("Mail server"),
    "outcome": _l("Result"),
    "template": _l("Kind"),
    "count": _l("How many"),
    "holder": _l("Holder"),
    "seats": _l("Seats"),
    "valid_until": _l("Valid until"),
    "reference": _l("Reference"),
    "account_limit": _l("Maximum number of accounts"),
    "guest_limit": _l("Maximum number of guests"),
    "guest_days": _l("Length of a guest account, in days"),
    "guest_days_longest": _l("Maximum length of a guest account, in days"),
    "members_may_invite_guests": _l("Members may invite guests"),
    "devices": _l("Devices signed out"),
    "groups": _l("Groups left"),
    "grants": _l("Rights removed"),
    "rooms": _l("Rooms left"),
    "handed_over": _l("Rooms handed over"),
    "deleted_rooms": _l("Rooms deleted"),
    "guests": _l("Guests handed over"),
    "invitations": _l("Invitations handed over or revoked"),
}

NAMES |= {
    "certificate_names": _l("Names"),
    "certificate_issuer": _l("Issuer"),
    "certificate_until": _l("Valid until"),
    "certificate_fingerprint": _l("Fingerprint"),
    "is_trial": _l("For a trial"),
}
NAMES |= {f"discovery_{name}": label for name, label in discovery.LABELS.items()}

# Values that stand for something; where they may appear is CODED.
WORDS = {
    "server": _l("Server administrator"),
    "web": _l("Web administrator"),
    "domain": _l("Domain administrator"),
    "user": _l("User"),
    "enabled": _l("Enabled"),
    "disabled": _l("Disabled"),
    "muted": _l("Read only"),
    "active": _l("Active"),
    "suspended": _l("Suspended"),
    "fr": "Français",
    "en": "English",
}

CODED = ("role", "state", "language")
MOMENTS = ("expires_at", "valid_until", "certificate_until")

# What a value is called of one kind of object, where it is not called so of others.
NAMES_OF_KIND = {("domain", "expires_at"): _l("End of the domain")}


@dataclass(frozen=True)
class AuditLine:
    """One value that changed, in words."""

    name: str
    before: str
    after: str


def act_of(entry: AuditRecord) -> str:
    """Return what an act was, in words; its code where there are none."""
    return str(ACTS.get(entry.act, entry.act))


def lines_of(entry: AuditRecord) -> list[AuditLine]:
    """Return what an act changed, in words, as far as there are words for it."""
    return [
        AuditLine(_called(entry, change), _worded(change, change.before), _worded(change, change.after))
        for change in entry.changes
        if change.name in NAMES
        and change.before != change.after
        and (change.before or change.after or isinstance(change.after, bool))
    ]


def _called(entry: AuditRecord, change: ValueChange) -> str:
    return str(NAMES_OF_KIND.get((entry.object_kind, change.name), NAMES[change.name]))


def _worded(change: ValueChange, value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if change.name in MOMENTS:
        return _told(str(value))
    return str(WORDS.get(value, value)) if change.name in CODED else str(value)


def _told(moment: str) -> str:
    """Return a moment as the reader's clock has it; what is none stays as it is."""
    try:
        return format_datetime(datetime.fromisoformat(moment), "medium")
    except (ValueError, OverflowError):
        return moment
