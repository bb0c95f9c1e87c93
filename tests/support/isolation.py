"""A company with a neighbour, and everything that its pages and sockets must not tell."""

from sqlalchemy import select

from app.extensions import db
from app.models import EntryKind, MemberEntry, Message, Role, RoomMember
from app.operations import guests
from app.rules.rights import access
from tests.support import factories

HINT = "zq"


class Company:
    """A guest in one room, and all that they must not know of."""

    def __init__(self, people):
        self.people, self.room = people, people.room
        self.guest = factories.make_account(
            people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
        )
        self.former = self._somebody("zqformer")
        self.outside = [self._somebody(f"zqperson{number}") for number in range(2)]
        self.early = self._said(people.arthur, "zqearly words of before")
        self._said(self.former, "said by somebody who has left")
        mention = f'<p>Ask <span class="mention" data-account="{self.former.id}">@zqformer</span></p>'
        self.mentioning = factories.make_message(self.room, people.arthur, "Ask @zqformer")
        self.mentioning.html = mention
        self.former_seq = self.room.last_seq
        self._leave(self.former)
        self._elsewhere()
        factories.join_room(self.room, self.guest)
        guests.invite_guests(people.arthur, self.room, "zqinvited@darnis.com")
        self._said(people.arthur, "Welcome")
        db.session.commit()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Words that only what is outside bears."""
        return (
            *("zqformer", "zqperson", "zqgroup", "zqroom", "zqprivate", "zqwords", "zqtenant"),
            "zqinvited",
        )

    def may_know(self) -> dict[str, set[int]]:
        """Keys of what the guest may know of, by the parameters that take them."""
        first = self._member().joined_seq if not self.room.guests_see_history else 0
        behind = (Message.room_id == self.room.id, Message.seq > first)
        members = {self.people.arthur.id, self.people.jean.id} if self.room.guests_see_members else set()
        return {
            "room_id": {self.room.id},
            "message_id": set(db.session.scalars(select(Message.id).where(*behind))),
            "account_id": {self.guest.id, *members},
        }

    def hide_what_was(self) -> None:
        """Hide the history and the members of the room from the guest."""
        self.room.guests_see_history = self.room.guests_see_members = False
        self._member().joined_seq = self.former_seq
        db.session.commit()

    def _member(self) -> RoomMember:
        return db.session.query(RoomMember).filter_by(account_id=self.guest.id).one()

    def _somebody(self, name: str):
        person = factories.make_account(self.people.domain, name)
        if name == "zqformer":
            factories.add_member(self.people.group, person)
        return person

    def _said(self, author, text: str):
        return factories.make_message(self.room, author, text)

    def _leave(self, person) -> None:
        entry = {"group_id": self.people.group.id, "kind": EntryKind.ACCOUNT, "principal_id": person.id}
        db.session.query(MemberEntry).filter_by(**entry).delete()
        access.forget()

    def _elsewhere(self) -> None:
        group = factories.make_group(self.people.domain, "zqgroup")
        factories.add_member(group, self.outside[0])
        other = factories.make_room(group, "zqroom")
        factories.make_message(other, self.outside[0], "zqwords said elsewhere")
        private = factories.make_private_room(self.people.arthur, self.outside[1], name="zqprivate")
        factories.make_message(private, self.people.arthur, "zqwords in private")
        tenant = factories.make_domain("zqtenant.example")
        factories.make_account(tenant, "zqtenant", role=Role.DOMAIN)
        hidden = factories.make_account(
            self.people.domain, "zqperson guest", address="zqperson@out.example", is_guest=True
        )
        factories.join_room(private, hidden)
