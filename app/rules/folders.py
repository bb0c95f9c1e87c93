"""Rights in a group's TeamChat folder: seeing it, making rooms in it, changing rights on it."""

from sqlalchemy import select

from app.extensions import db
from app.models import FOLDER_SCOPE, Account, AccountState, Folder, Group
from app.rules import access, membership, policies, server
from app.rules.rights import Person, Right, Standing, resolve
from app.rules.standing import domain_grants, lines_in


def rights_in_folder(account: Account, folder: Folder) -> Right:
    """Return an account's rights in a group's TeamChat folder: see it, create rooms in it, change its rights."""
    return rights_in_folders(account, [folder])[folder.id]


def rights_in_folders(account: Account, folders: list[Folder]) -> dict[int, Right]:
    """Return an account's rights in several TeamChat folders, by folder id.

    The number of statements is fixed.
    """
    state = server.state()
    account = access.as_stored(account)
    nothing = {folder.id: Right.NONE for folder in folders}
    if not folders or not state.chat_runs or not policies.account_has(account, policies.Feature.TEAMCHAT):
        return nothing
    person = Person(account.id, account.domain_id, membership.groups_of(account), account.is_guest)
    lines = lines_in(person, [(FOLDER_SCOPE, folder.id) for folder in folders])
    is_muted = account.state is AccountState.MUTED or state.is_read_only
    open_groups = _with_teamchat({folder.group_id for folder in folders} & person.group_ids)
    rights = {}
    for folder in folders:
        standing = Standing(is_inside=folder.group_id in open_groups, is_read_only=is_muted)
        rights[folder.id] = resolve(person, standing, lines.get((FOLDER_SCOPE, folder.id), ()))
    return rights


def _with_teamchat(group_ids: set[int]) -> set[int]:
    """Of these groups, those that TeamChat is on for, in a domain that grants it."""
    statement = select(Group.id).join(Group.domain).where(Group.id.in_(group_ids), Group.has_teamchat)
    return set(db.session.scalars(statement.where(domain_grants())))
