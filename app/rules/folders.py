"""Rights in a group's TeamChat folder: seeing it, making rooms in it, changing rights on it."""

from app.models import Account, Folder
from app.rules import server
from app.rules.rights import Right
from app.rules.rights.access import as_stored
from app.rules.rights.facts import facts_of_folders


def rights_in_folder(account: Account, folder: Folder) -> Right:
    """Return an account's rights in a group's TeamChat folder: see it, create rooms in it, change its rights."""
    return rights_in_folders(account, [folder])[folder.id]


def rights_in_folders(account: Account, folders: list[Folder]) -> dict[int, Right]:
    """Return an account's rights in several TeamChat folders, by folder id.

    The number of statements is fixed.
    """
    state = server.state()
    facts = facts_of_folders([as_stored(account)], folders, state)
    return {folder.id: facts.decide(account.id, folder.id).rights for folder in folders}
