"""A group itself: its name and address, its public folder, TeamChat."""

from sqlalchemy import select

from app.extensions import db
from app.models import AccessScope, Domain, Folder, FolderKind, Group
from app.operations import addresses as space
from app.operations import audit, rooms, versions
from app.rules import addresses, names, policies, scope
from app.transaction import operation, touch_access

GROUP_CHECKS = {
    "name": names.checked_name,
    "description": names.checked_description,
    "has_public_folder": bool,
    "has_teamchat": bool,
}
"""What may be changed beside the alias and the folder's name, and what makes it fit to be stored."""


@operation
def create_group(actor, domain: Domain, *, name: str, alias: str, description: str | None = None) -> Group:
    """Make a group of a domain, without members, folder and rooms."""
    domain = scope.find_domain(actor, domain.id)
    name = names.checked_name(name)
    address = f"{addresses.checked_alias(alias)}@{domain.name}"
    space.require_free_address(address)
    group = Group(
        domain_id=domain.id, name=name, address=address, description=names.checked_description(description)
    )
    group.domain = domain
    space.store_with_address(group, address)
    touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.create", group, after={"name": name, "address": address})
    return group


@operation
def update_group(actor, group: Group, values: dict, seen_version: int | None = None) -> Group:
    """Change a group. All is saved, or nothing.

    values: any of name, alias, description, has_public_folder, folder_name, has_teamchat.
    seen_version: of the form the values come from. Error: Conflict when somebody else was faster.
    """
    group = versions.lock_row(scope.find_group(actor, group.id), seen_version)
    before, after = audit.changes(group, _checked(group, values))
    wants_teamchat = after.pop("has_teamchat", None)
    _require_folder_for_teamchat(group, after, wants_teamchat)
    if after:
        _apply(actor, group, {name: before[name] for name in after}, after)
    if wants_teamchat is not None:
        switch = rooms.enable_teamchat if wants_teamchat else rooms.disable_teamchat
        switch(actor, group)
    return group


def _checked(group: Group, values: dict) -> dict:
    values = dict(values)
    fit = {name: GROUP_CHECKS[name](values.pop(name)) for name in list(values) if name in GROUP_CHECKS}
    if "alias" in values:
        fit["address"] = f"{addresses.checked_alias(values.pop('alias'))}@{group.domain.name}"
    if "folder_name" in values:
        fit |= _folder_name(group, fit, values.pop("folder_name"))
    return fit


def _folder_name(group: Group, fit: dict, given: str | None) -> dict:
    """A shared folder has a name: the given one, else the group's. Without a folder the old name stays."""
    if not fit.get("has_public_folder", group.has_public_folder):
        return {}
    return {"folder_name": names.checked_name(given or fit.get("name", group.name), field="folder_name")}


def _require_folder_for_teamchat(group: Group, after: dict, wants_teamchat: bool | None) -> None:
    has_folder = after.get("has_public_folder", group.has_public_folder)
    has_teamchat = group.has_teamchat if wants_teamchat is None else wants_teamchat
    if has_teamchat:
        policies.require_public_folder(has_folder)


def _apply(actor, group: Group, before: dict, after: dict) -> None:
    if "address" in after:
        space.require_free_address(after["address"], owner=group)
    versions.apply_values(group, after)
    space.store_with_address(group, group.address)
    if "has_public_folder" in after or "folder_name" in after:
        _keep_public_folder(group)
        touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.update", group, before=before, after=after)


def _keep_public_folder(group: Group) -> None:
    """The public folder is made once; switched off it is hidden, and stays with what it holds."""
    public = select(Folder).where(Folder.group_id == group.id, Folder.kind == FolderKind.PUBLIC)
    folder = db.session.scalars(public).first()
    if folder is None:
        folder = Folder(group_id=group.id, kind=FolderKind.PUBLIC)
        db.session.add(folder)
    folder.name = group.folder_name or group.name
