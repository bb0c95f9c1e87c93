"""Operations without effect: a second click, a second tab, an unchanged form."""

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
    groups,
    guests,
    mail,
    rights,
    rooms,
    services,
    sessions,
)
from app.operations.accounts import own
from app.operations.server import settings
from app.rules.domains import Feature
from app.rules.server.settings import Setting
from tests.support import factories

SERVER = MailServer("mail.iwdemo.fr", 25, PLAIN, None, None, "chat@iwdemo.fr")


class SharedRoom:
    """The people of the tests with a guest, a private room, and a group with a folder."""

    def __init__(self, people):
        self.people, self.admin = people, people.admin
        self.guest = factories.make_account(
            people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
        )
        self.private = factories.make_private_room(people.arthur, people.jean)
        self.folder = db.session.query(Folder).filter_by(kind=FolderKind.TEAMCHAT).first()
        factories.exclude(people.group, people.web_admin)
        self.end = now() + timedelta(days=3)


# What changes nothing from the beginning: it leaves no entry either.
NOTHING = {
    "picture": lambda s: own.remove_picture(s.people.arthur, s.people.arthur),
    "picture of somebody else": lambda s: own.remove_picture(s.admin, s.people.arthur),
    "missing setting": lambda s: settings.set_setting(s.admin, Setting.MAIL_SERVER, None),
    "no mail server": lambda s: settings.update_mail_server(s.admin, None),
    "running service": lambda s: services.start_service(s.admin, ServiceName.MAIL),
    "server discovery": lambda s: discovery.set_server_discovery(s.admin, {}),
    "domain discovery": lambda s: discovery.set_domain_discovery(s.admin, s.people.domain, {}),
    "domain": lambda s: domains.update_domain(s.admin, s.people.domain, {"state": DomainState.ACTIVE}),
    "domain without values": lambda s: domains.update_domain(s.admin, s.people.domain, {}),
    "domain features": lambda s: domains.set_domain_features(
        s.admin, s.people.domain, {Feature.TEAMCHAT: True}
    ),
    "domain limits": lambda s: domains.set_domain_limits(s.admin, s.people.domain, {"account_limit": None}),
    "ended domains": lambda s: domains.suspend_ended_domains(),
    "account": lambda s: accounts.update_account(s.admin, s.people.arthur, {"name": s.people.arthur.name}),
    "account features": lambda s: accounts.set_account_features(s.admin, s.people.arthur, {}),
    "role": lambda s: accounts.set_role(s.admin, s.people.arthur, Role.USER),
    "card": lambda s: accounts.update_card(s.admin, s.people.arthur, {}),
    "card without values": lambda s: accounts.update_card(s.admin, s.people.arthur, {"notes": ""}),
    "devices": lambda s: sessions.revoke_all_sessions(s.admin, s.people.arthur),
    "own name": lambda s: own.rename_own_account(s.guest, s.guest.name),
    "guest": lambda s: guests.update_guest(s.admin, s.guest, {"name": s.guest.name}),
    "guest card": lambda s: guests.update_guest_card(s.admin, s.guest, {}),
    "group": lambda s: groups.update_group(s.admin, s.people.group, {"name": s.people.group.name}),
    "group limits": lambda s: groups.set_group_limits(s.admin, s.people.group, sends_per_minute=None),
    "members": lambda s: groups.add_members(
        s.admin, s.people.group, [(EntryKind.ACCOUNT, s.people.arthur.id)]
    ),
    "people": lambda s: rooms.add_people(s.people.arthur, s.private, [s.people.jean.id]),
    "room name": lambda s: rooms.rename_room(s.people.arthur, s.private, s.private.name),
    "room": lambda s: rooms.update_room(s.people.arthur, s.private, name=s.private.name, topic=None),
    "inherited rights": lambda s: rights.inherit_again(s.admin, s.people.room),
    "no rooms to reset": lambda s: rights.reset_rooms(s.admin, s.folder, []),
    "nobody to invite": lambda s: guests.invite_guests(s.people.arthur, s.private, "arthur@@, nobody"),
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
    "domain discovery": lambda s: discovery.set_domain_discovery(s.admin, s.people.domain, {"imap": "i.fr"}),
    "suspension": lambda s: domains.update_domain(s.admin, s.people.other_domain, {"state": "suspended"}),
    "account": lambda s: accounts.update_account(s.admin, s.people.paul, {"state": AccountState.DISABLED}),
    "role": lambda s: accounts.set_role(s.admin, s.people.paul, Role.DOMAIN, [s.people.other_domain.id]),
    "card": lambda s: accounts.update_card(s.admin, s.people.paul, {"notes": "absent"}),
    "guest": lambda s: guests.update_guest(s.admin, s.guest, {"name": "Bernard", "notes": "absent"}),
    "suspended guest": lambda s: guests.suspend_guest(s.admin, s.guest),
    "sponsor": lambda s: guests.change_sponsor(s.admin, s.guest, s.people.jean),
    "end of a guest": lambda s: guests.extend_guest(s.admin, s.guest, s.end),
    "deleted guest": lambda s: guests.delete_guest(s.admin, s.guest),
    "invitation": lambda s: guests.invite_guests(s.people.arthur, s.private, "zoe@darnis.com"),
    "group": lambda s: groups.update_group(s.admin, s.people.group, {"has_public_folder": True}),
    "members": lambda s: groups.add_members(s.admin, s.people.group, [(EntryKind.ACCOUNT, s.people.paul.id)]),
    "exclusion": lambda s: groups.exclude_person(s.admin, s.people.group, s.people.jean.id),
    "no exclusion": lambda s: groups.include_person(s.admin, s.people.group, s.people.web_admin.id),
    "TeamChat": lambda s: rooms.enable_teamchat(s.admin, s.people.group),
    "without TeamChat": lambda s: rooms.disable_teamchat(s.admin, s.people.group),
    "left room": lambda s: rooms.leave_room(s.people.jean, s.private),
    "hidden room": lambda s: rooms.leave_room(s.people.arthur, s.people.room),
    "owner": lambda s: rooms.hand_over(s.admin, s.private, s.people.jean),
    "topic": lambda s: rooms.set_topic(s.people.arthur, s.private, "Projet"),
    "archive": lambda s: rooms.archive_room(s.admin, s.people.room),
    "trash": lambda s: rooms.delete_room(s.admin, s.people.room),
    "guests of a room": lambda s: rooms.set_guest_settings(
        s.admin, s.people.room, guests_see_history=False, guests_see_members=False, guest_days=None
    ),
    "failed mails": lambda s: mail.resend_failed_mails(s.admin),
}

# Acts that people ask for again on purpose, and acts whose entry is written without comparing old and new values.
RECORDED_EACH_TIME = {
    *("restart", "failed mails", "sponsor", "end of a guest", "TeamChat", "without TeamChat"),
    *("hidden room", "owner"),
}


@pytest.fixture
def shared(people) -> SharedRoom:
    return SharedRoom(people)


def entries() -> int:
    return db.session.query(AuditEntry).count()


@pytest.mark.parametrize("name", NOTHING)
def test_operation_without_anything_to_do_leaves_no_entry(shared, name):
    before = entries()
    NOTHING[name](shared)
    assert entries() == before


@pytest.mark.parametrize("name", TWICE)
def test_operation_repeated_adds_an_entry_only_where_each_request_is_recorded(shared, name):
    TWICE[name](shared)
    before = entries()
    try:
        TWICE[name](shared)
    except Refusal:
        db.session.rollback()
    assert entries() - before == (name in RECORDED_EACH_TIME)
