"""Links from the steps of an explanation to the pages where the reader can change them."""

from dataclasses import dataclass
from functools import cached_property

from flask import url_for

from app.extensions import db
from app.models import Account, Folder, RoomKind
from app.rules import rooms
from app.rules.domains import Level
from app.rules.guests import policy
from app.rules.rights import Right, lists, scope
from app.rules.rights.explanation import Explanation


@dataclass
class Links:
    """The addresses around one answer. Each is None where the reader would be refused."""

    actor: Account
    answer: Explanation

    @cached_property
    def is_mine(self) -> bool:
        return rooms.administers(self.actor, self.answer.room)

    @cached_property
    def has_list(self) -> bool:
        """Return whether the reader may change the list that counts; a room's own one they have come from."""
        kind, scope_id = self.answer.scope
        if self.is_mine or kind != lists.FOLDER_SCOPE:
            return True
        return rooms.may(self.actor, Right.ADMINISTRATION_ADMINISTER, db.session.get_one(Folder, scope_id))

    def dashboard(self) -> str | None:
        return url_for("dashboard.show") if scope.is_administrator(self.actor) else None

    def domain(self, domain_id: int) -> str | None:
        is_mine = scope.administers_domain(self.actor, domain_id)
        return url_for("domains.properties", domain_id=domain_id) if is_mine else None

    def account(self) -> str | None:
        account = self.answer.account
        domain_id = policy.sponsor_domain_id(account) if account.is_guest else account.domain_id
        if domain_id is None or not scope.administers_domain(self.actor, domain_id):
            return None
        if account.is_guest:
            return url_for("guests.show", guest_id=account.id)
        return url_for("accounts.show", account_id=account.id)

    def switch(self, level: Level) -> str | None:
        """Return what stands in the way of an account's TeamChat."""
        if level in (Level.SERVICE, Level.DATABASE):
            return self.dashboard()
        if level in (Level.DOMAIN_STATE, Level.DOMAIN):
            return self.domain(self.answer.account.domain_id)
        return self.account()

    def room(self) -> str | None:
        return url_for("rooms.show", room_id=self.answer.room.id) if self.is_mine else None

    def group(self) -> str | None:
        return url_for("groups.show", group_id=self.answer.room.group_id) if self.is_mine else None

    def members(self, group_id: int) -> str | None:
        return url_for("groups.members", group_id=group_id) if self.is_mine else None

    def people_list(self) -> str | None:
        """Return the list of those who are in."""
        room = self.answer.room
        if room.group_id is not None and room.kind is RoomKind.PUBLIC and not self.answer.account.is_guest:
            return self.members(room.group_id)
        return url_for("rooms.people" if self.is_mine else "chat.room_people", room_id=room.id)

    def list(self, **values) -> str | None:
        if not self.has_list:
            return None
        kind = "folder" if self.answer.scope[0] == lists.FOLDER_SCOPE else "room"
        return url_for("rights.show_place", kind=kind, place_id=self.answer.scope[1], **values)

    def grant(self, grant) -> str | None:
        return self.list(line=lists.key_of(grant.entry.principal, grant.entry.principal_id))
