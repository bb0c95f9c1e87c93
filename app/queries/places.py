"""Groups in which a person may create rooms."""

from dataclasses import dataclass

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Folder, FolderKind, Group
from app.rules import folders, membership, server
from app.rules.rights import Right


@dataclass(frozen=True)
class Place:
    """A group whose TeamChat folder a person sees, and whether they may create public rooms in it."""

    group: Group
    may_make_public: bool


def groups_of(account: Account, limit: int = 50) -> list[Place]:
    """Return the groups with TeamChat that an account is in, by name. The number of statements is fixed."""
    if not server.state().chat_runs:
        return []
    statement = (
        select(Folder, Group)
        .join(Group, Group.id == Folder.group_id)
        .where(Folder.kind == FolderKind.TEAMCHAT, Group.has_teamchat)
        .where(Group.id.in_(membership.groups_of(account)))
        .order_by(Group.name, Group.id)
        .limit(limit)
    )
    rows = db.session.execute(statement).unique().all()
    rights = folders.rights_in_folders(account, [folder for folder, _group in rows])
    return [
        Place(group, bool(rights[folder.id] & Right.FOLDER_WRITE))
        for folder, group in rows
        if rights[folder.id] & Right.FOLDER_READ
    ]
