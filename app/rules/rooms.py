"""Management of rooms and folders: by right inside, and by administrators from outside without reading."""

from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import aliased

from app.errors import Forbidden, NotFound
from app.extensions import db
from app.models import Account, Domain, Folder, Group, Principal, Room, RoomKind, RoomMember
from app.rules import groups as group_rules
from app.rules.accounts import visibility
from app.rules.rights import Right, access, lists, scope

# Lines that are gone and told by name: a form that remembers more was not made by us.
MOST_NAMED = 500

# Models of the principals that have a name.
Nameable = type[Account] | type[Domain] | type[Group]


def administers(actor: Account, place: Folder | Room) -> bool:
    """Return whether a folder or room is within an administrator's scope.

    Direct rooms belong only to their people.
    """
    if isinstance(place, Room) and place.kind is RoomKind.DIRECT:
        return False
    group_id = place.group_id
    if group_id is not None:
        statement = select(Group.id).join(Group.domain).where(Group.id == group_id, scope.of_domains(actor))
    else:
        statement = (
            select(RoomMember.id)
            .join(Account, Account.id == RoomMember.account_id)
            .join(Account.domain)
            .where(RoomMember.room_id == place.id, RoomMember.is_owner, scope.of_domains(actor))
        )
    if db.session.scalar(select(exists(statement))):
        return True
    return (
        isinstance(place, Room) and group_id is None and scope.is_server_wide(actor) and not _has_owner(place)
    )


def of_rooms(actor: Account) -> ColumnElement[bool]:
    """Return a condition on Room: those within an administrator's scope, as in administers()."""
    owner = aliased(RoomMember)
    groups = select(Group.id).join(Group.domain).where(scope.of_domains(actor))
    owned = (
        select(owner.room_id)
        .join(Account, Account.id == owner.account_id)
        .join(Account.domain)
        .where(owner.is_owner, scope.of_domains(actor))
    )
    is_managed = or_(Room.group_id.in_(groups), Room.group_id.is_(None) & Room.id.in_(owned))
    if scope.is_server_wide(actor):
        has_owner = exists().where(owner.room_id == Room.id, owner.is_owner)
        is_managed = or_(is_managed, Room.group_id.is_(None) & ~has_owner)
    return (Room.kind != RoomKind.DIRECT) & is_managed


def _has_owner(room: Room) -> bool:
    """Return whether a room has an owner. Owners whose account was deleted have left theirs in the trash."""
    owners = select(RoomMember.id).where(RoomMember.room_id == room.id, RoomMember.is_owner)
    return db.session.scalar(select(exists(owners))) is True


def rights_of(actor: Account, place: Folder | Room) -> Right:
    """Return a person's rights in a folder or room by its lists."""
    if isinstance(place, Folder):
        return lists.rights_in_folder(actor, place)
    return access.rights_in(actor, place.id)


def may(actor: Account, right: Right, place: Folder | Room) -> bool:
    """Return whether a person may do this by right, or as an administrator of the place.

    Administrators of a place neither read nor write in it.
    """
    return bool(rights_of(actor, place) & right) or administers(actor, place)


def require(actor: Account, right: Right, place: Folder | Room) -> None:
    """Refuse what may not be done: as if the place did not exist to those who may not know of it."""
    if administers(actor, place):
        return
    rights = rights_of(actor, place)
    if not rights & Right.FOLDER_READ:
        raise NotFound()
    if rights & right != right:
        raise Forbidden()


def require_may_administer(actor: Account, place: Folder | Room) -> None:
    """Refuse those who may not change rights here."""
    require(actor, Right.ADMINISTRATION_ADMINISTER, place)


def has_lost_administration(actor: Account, place: Folder | Room) -> bool:
    """Return whether an actor who has just changed rights here could not do so again."""
    if administers(actor, place):
        return False
    access.forget()
    return not rights_of(actor, place) & Right.ADMINISTRATION_ADMINISTER


def domain_id_of(place: Folder | Room) -> int | None:
    """Return the domain whose administrators are responsible for a place."""
    if place.group_id is not None:
        return db.session.scalar(select(Group.domain_id).where(Group.id == place.group_id))
    owner = (
        select(Account.domain_id)
        .join(RoomMember, RoomMember.account_id == Account.id)
        .where(RoomMember.room_id == place.id, RoomMember.is_owner)
    )
    return db.session.scalar(owner.order_by(RoomMember.id).limit(1))


def may_name(actor: Account, row: Account | Domain | Group) -> bool:
    """Return whether a person may put a principal on a list: within their scope, or among those they can see."""
    domain_id = row.id if isinstance(row, Domain) else row.domain_id
    if scope.administers_domain(actor, domain_id):
        return True
    model = type(row)
    return db.session.scalar(select(exists().where(model.id == row.id, in_sight(actor, model)))) is True


def nameable(actor: Account, subjects: list[tuple[Principal, int]]) -> list[tuple[Principal, int]]:
    """Return those of a form's principals that the person may know of. Three statements at most."""
    models: dict[Principal, Nameable] = {
        Principal.ACCOUNT: Account,
        Principal.GROUP: Group,
        Principal.DOMAIN: Domain,
    }
    allowed = {(principal, 0) for principal in set(Principal) - models.keys()}
    domains = select(Domain.id).where(scope.of_domains(actor))
    for principal, model in models.items():
        ids = [key for kind, key in subjects if kind is principal][:MOST_NAMED]
        if ids:
            own = _domain_column(model)
            is_visible = or_(own.in_(domains), in_sight(actor, model))
            allowed |= {
                (principal, key)
                for key in db.session.scalars(select(model.id).where(model.id.in_(ids), is_visible))
            }
    return [subject for subject in subjects if subject in allowed]


def _domain_column(model: Nameable) -> Any:
    if issubclass(model, Domain):
        return model.id
    return model.domain_id


def in_sight(actor: Account, model: Nameable) -> ColumnElement[bool]:
    """Return a condition on accounts, groups or domains: those a person without administration may put on a list.

    These are the people they see, the groups they are in, and their own domain.
    """
    if model is Account:
        return visibility.visible_to(actor)
    if model is Group:
        return Group.id.in_(group_rules.groups_of(actor))
    return false() if actor.is_guest else Domain.id == actor.domain_id


def require_unarchived(actor: Account, right: Right, room: Room) -> None:
    """Refuse as require() does, by the rights the lists give while the room is not archived."""
    rights = access.rights_if_active(actor, room)
    if not rights & Right.FOLDER_READ:
        raise NotFound()
    if rights & right != right:
        raise Forbidden()


def history_starts(account: Account, room_ids: list[int]) -> dict[int, int]:
    """Return by room id the seq behind which a person's history begins, for rooms where that is not the start."""
    if not account.is_guest or not room_ids:
        return {}
    statement = (
        select(RoomMember.room_id, RoomMember.joined_seq)
        .join(Room, Room.id == RoomMember.room_id)
        .where(RoomMember.account_id == account.id, RoomMember.room_id.in_(room_ids))
        .where(~Room.guests_see_history)
    )
    return {room_id: seq for room_id, seq in db.session.execute(statement) if seq}
