"""Operations that have nothing to do: a second click, a second tab, a form that was saved as it stood."""

from datetime import timedelta

import pytest

from app.errors import Refusal
from app.extensions import db
from app.integrations.mail import PLAIN, MailServer
from app.models import (
    AccountState,
    AuditEntry,
    DomainState,
    EntryKind,
    Folder,
    FolderKind,
    Role,
    ServiceName,
    now,
)
from app.operations import (
    accounts,
    discovery,
    domains,
    grants,
    groups,
    guests,
    mails,
    own_account,
    pictures,
    rooms,
    services,
    sessions,
    settings,
)
from app.queries.settings import Setting
from app.rules.policies import Feature
from tests import factories

SERVER = MailServer("mail.iwdemo.fr", 25, PLAIN, None, None, "chat@iwdemo.fr")


class Scene:
    """The people of the tests with a guest, a private room, and a group with a folder."""

    def __init__(self, cast):
        self.cast, self.admin = cast, cast.admin
        self.guest = factories.make_account(
            cast.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=cast.arthur.id
        )
        self.private = factories.make_private_room(cast.arthur, cast.jean)
        self.folder = db.session.query(Folder).filter_by(kind=FolderKind.TEAMCHAT).first()
        self.end = now() + timedelta(days=3)


# What changes nothing from the beginning: it leaves no entry either.
NOTHING = {
    "picture": lambda s: pictures.remove_picture(s.cast.arthur, s.cast.arthur),
    "picture of somebody else": lambda s: pictures.remove_picture(s.admin, s.cast.arthur),
    "missing setting": lambda s: settings.set_setting(s.admin, Setting.MAIL_SERVER, None),
    "no mail server": lambda s: settings.update_mail_server(s.admin, None),
    "running service": lambda s: services.start_service(s.admin, ServiceName.MAIL),
    "server discovery": lambda s: discovery.set_server_discovery(s.admin, {}),
    "domain discovery": lambda s: discovery.set_domain_discovery(s.admin, s.cast.domain, {}),
    "domain": lambda s: domains.update_domain(s.admin, s.cast.domain, {"state": DomainState.ACTIVE}),
    "domain without values": lambda s: domains.update_domain(s.admin, s.cast.domain, {}),
    "domain features": lambda s: domains.set_domain_features(
        s.admin, s.cast.domain, {Feature.TEAMCHAT: True}
    ),
    "domain limits": lambda s: domains.set_domain_limits(s.admin, s.cast.domain, {"account_limit": None}),
    "ended domains": lambda s: domains.suspend_ended_domains(),
    "account": lambda s: accounts.update_account(s.admin, s.cast.arthur, {"name": s.cast.arthur.name}),
    "account features": lambda s: accounts.set_account_features(s.admin, s.cast.arthur, {}),
    "role": lambda s: accounts.set_role(s.admin, s.cast.arthur, Role.USER),
    "card": lambda s: accounts.update_card(s.admin, s.cast.arthur, {}),
    "card without values": lambda s: accounts.update_card(s.admin, s.cast.arthur, {"notes": ""}),
    "devices": lambda s: sessions.revoke_all_sessions(s.admin, s.cast.arthur),
    "own name": lambda s: own_account.rename_own_account(s.guest, s.guest.name),
    "guest": lambda s: guests.update_guest(s.admin, s.guest, {"name": s.guest.name}),
    "guest card": lambda s: guests.update_guest_card(s.admin, s.guest, {}),
    "group": lambda s: groups.update_group(s.admin, s.cast.group, {"name": s.cast.group.name}),
    "group limits": lambda s: groups.set_group_limits(s.admin, s.cast.group, sends_per_minute=None),
    "members": lambda s: groups.add_members(s.admin, s.cast.group, [(EntryKind.ACCOUNT, s.cast.arthur.id)]),
    "people": lambda s: rooms.add_people(s.cast.arthur, s.private, [s.cast.jean.id]),
    "room name": lambda s: rooms.rename_room(s.cast.arthur, s.private, s.private.name),
    "room": lambda s: rooms.update_room(s.cast.arthur, s.private, name=s.private.name, topic=None),
    "inherited rights": lambda s: grants.inherit_again(s.admin, s.cast.room),
    "no rooms to reset": lambda s: grants.reset_rooms(s.admin, s.folder, []),
    "nobody to invite": lambda s: guests.invite_guests(s.cast.arthur, s.private, "arthur@@, nobody"),
    "ended stays": lambda s: guests.end_stays(),
    "ended guests": lambda s: guests.end_accounts(),
    "warnings": lambda s: guests.warn_of_ends(),
}

# What is done once, and then asked for again.
TWICE = {
    "setting": lambda s: settings.set_setting(s.admin, Setting.HOST_NAME, "chat.iwdemo.fr"),
    "mail server": lambda s: settings.update_mail_server(s.admin, SERVER),
    "first mail server": lambda s: settings.set_mail_server(s.admin, SERVER),
    "stopped service": lambda s: services.stop_service(s.admin, ServiceName.MAIL),
    "restart": lambda s: services.restart_service(s.admin, ServiceName.MAIL),
    "server discovery": lambda s: discovery.set_server_discovery(s.admin, {"sms": "https://sms.fr/sms/"}),
    "domain discovery": lambda s: discovery.set_domain_discovery(s.admin, s.cast.domain, {"imap": "i.fr"}),
    "suspension": lambda s: domains.update_domain(s.admin, s.cast.other_domain, {"state": "suspended"}),
    "account": lambda s: accounts.update_account(s.admin, s.cast.paul, {"state": AccountState.DISABLED}),
    "role": lambda s: accounts.set_role(s.admin, s.cast.paul, Role.DOMAIN, [s.cast.other_domain.id]),
    "card": lambda s: accounts.update_card(s.admin, s.cast.paul, {"notes": "absent"}),
    "guest": lambda s: guests.update_guest(s.admin, s.guest, {"name": "Bernard", "notes": "absent"}),
    "suspended guest": lambda s: guests.suspend_guest(s.admin, s.guest),
    "sponsor": lambda s: guests.change_sponsor(s.admin, s.guest, s.cast.jean),
    "end of a guest": lambda s: guests.extend_guest(s.admin, s.guest, s.end),
    "deleted guest": lambda s: guests.delete_guest(s.admin, s.guest),
    "invitation": lambda s: guests.invite_guests(s.cast.arthur, s.private, "zoe@darnis.com"),
    "group": lambda s: groups.update_group(s.admin, s.cast.group, {"has_public_folder": True}),
    "members": lambda s: groups.add_members(s.admin, s.cast.group, [(EntryKind.ACCOUNT, s.cast.paul.id)]),
    "exclusion": lambda s: groups.exclude_person(s.admin, s.cast.group, s.cast.jean.id),
    "no exclusion": lambda s: groups.include_person(s.admin, s.cast.group, s.cast.jean.id),
    "TeamChat": lambda s: rooms.enable_teamchat(s.admin, s.cast.group),
    "no TeamChat": lambda s: rooms.disable_teamchat(s.admin, s.cast.group),
    "left room": lambda s: rooms.leave_room(s.cast.jean, s.private),
    "hidden room": lambda s: rooms.leave_room(s.cast.arthur, s.cast.room),
    "owner": lambda s: rooms.hand_over(s.admin, s.private, s.cast.jean),
    "topic": lambda s: rooms.set_topic(s.cast.arthur, s.private, "Projet"),
    "archive": lambda s: rooms.archive_room(s.admin, s.cast.room),
    "trash": lambda s: rooms.delete_room(s.admin, s.cast.room),
    "guests of a room": lambda s: rooms.set_guest_settings(
        s.admin, s.cast.room, guests_see_history=False, guests_see_members=False, guest_days=None
    ),
    "failed mails": lambda s: mails.resend_failed_mails(s.admin),
}


@pytest.fixture
def scene(cast) -> Scene:
    return Scene(cast)


def entries() -> int:
    return db.session.query(AuditEntry).count()


@pytest.mark.parametrize("name", NOTHING)
def test_operation_without_anything_to_do_leaves_no_entry(scene, name):
    before = entries()
    NOTHING[name](scene)
    assert entries() == before


@pytest.mark.parametrize("name", TWICE)
def test_operation_asked_for_twice_succeeds_or_is_refused(scene, name):
    try:
        TWICE[name](scene)
        TWICE[name](scene)
    except Refusal:
        db.session.rollback()
