"""Creation and changes of groups."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.models import AccessScope, Account, Domain, Folder, FolderKind, Group
from app.operations import audit, rooms, versions
from app.operations.addresses import require_free_address, store_with_address
from app.rules import addresses, names, policies, scope
from app.transaction import operation, touch_access

# Columns that are changed as given, each with the function that checks and normalises a value.
GROUP_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": names.checked_name,
    "description": names.checked_description,
    "has_public_folder": bool,
}


@operation
def create_group(
    actor: Account, domain: Domain, *, name: str, alias: str, description: str | None = None
) -> Group:
    """Create a group of a domain, without members, public folder and rooms."""
    domain = scope.find_domain(actor, domain.id)
    name = names.checked_name(name)
    address = f"{addresses.checked_alias(alias)}@{domain.name}"
    require_free_address(address)
    group = Group(
        domain_id=domain.id, name=name, address=address, description=names.checked_description(description)
    )
    group.domain = domain
    store_with_address(group, address)
    touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.create", group, after={"name": name, "address": address})
    return group


@operation
def update_group(
    actor: Account, group: Group, values: dict[str, Any], seen_version: int | None = None
) -> Group:
    """Change a group: all of values, or nothing.

    values: any of name, alias, description, has_public_folder, folder_name, has_teamchat.
    seen_version: the version that the form showed. Error: Conflict if the group has changed since.
    """
    group = versions.lock_row(scope.find_group(actor, group.id), seen_version)
    before, after = audit.changes(group, _checked_columns(group, values))
    wants_teamchat = bool(values.get("has_teamchat", group.has_teamchat))
    if wants_teamchat:
        policies.require_public_folder(after.get("has_public_folder", group.has_public_folder))
    if after:
        _change_columns(actor, group, before, after)
    if wants_teamchat != group.has_teamchat:
        switch = rooms.enable_teamchat if wants_teamchat else rooms.disable_teamchat
        switch(actor, group)
    return group


def _checked_columns(group: Group, values: dict[str, Any]) -> dict[str, Any]:
    columns = {name: GROUP_CHECKS[name](value) for name, value in values.items() if name in GROUP_CHECKS}
    if "alias" in values:
        columns["address"] = f"{addresses.checked_alias(values['alias'])}@{group.domain.name}"
    # A public folder has a name: the given one, else the group's. Without a folder the old name stays.
    if "folder_name" in values and columns.get("has_public_folder", group.has_public_folder):
        name = values["folder_name"] or columns.get("name", group.name)
        columns["folder_name"] = names.checked_name(name, field="folder_name")
    return columns


def _change_columns(actor: Account, group: Group, before: dict[str, Any], after: dict[str, Any]) -> None:
    if "address" in after:
        require_free_address(after["address"], owner=group)
    versions.apply_values(group, after)
    store_with_address(group, group.address)
    if "has_public_folder" in after or "folder_name" in after:
        _store_public_folder(group)
        touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.update", group, before=before, after=after)


def _store_public_folder(group: Group) -> None:
    # The folder is created once; switched off it is hidden and keeps its content.
    is_public = select(Folder).where(Folder.group_id == group.id, Folder.kind == FolderKind.PUBLIC)
    folder = db.session.scalars(is_public).first()
    if folder is None:
        folder = Folder(group_id=group.id, kind=FolderKind.PUBLIC)
        db.session.add(folder)
    folder.name = group.folder_name or group.name
