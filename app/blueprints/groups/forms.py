"""The forms of a group."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.blueprints.versioned import VersionedForm
from app.models import Group

REQUIRED = InputRequired(_l("This cannot be empty."))
TOO_LONG = _l("This is too long.")


class NewGroupForm(FlaskForm):
    """A group to make. Without an alias one is made from the name."""

    domain = SelectField(_l("Domain"), coerce=int)
    name = StringField(_l("Group name"), [REQUIRED, Length(max=200, message=TOO_LONG)])
    alias = StringField(_l("Alias"), [Length(max=64, message=TOO_LONG)])


class GroupForm(VersionedForm):
    """A group's information, and what it shares."""

    name = StringField(_l("Group name"), [REQUIRED, Length(max=200, message=TOO_LONG)])
    alias = StringField(_l("Alias"), [REQUIRED, Length(max=64, message=TOO_LONG)])
    description = TextAreaField(_l("Description"), [Length(max=500, message=TOO_LONG)])
    has_public_folder = BooleanField(_l("Create a public folder"))
    folder_name = StringField(_l("Folder name"), [Length(max=200, message=TOO_LONG)])
    teamchat = BooleanField(
        _l("Enable TeamChat"),
        description=_l("Enable the creation of private and public chat rooms for this group."),
    )


def values_of(group: Group) -> dict:
    """Return what the form shows of a group."""
    return {
        "name": group.name,
        "alias": group.alias,
        "description": group.description or "",
        "has_public_folder": group.has_public_folder,
        "folder_name": group.folder_name or group.name,
        "teamchat": group.has_teamchat,
    }


def wanted(form: GroupForm) -> dict:
    """Return what the form wants of a group."""
    names = ("name", "alias", "description", "has_public_folder", "folder_name")
    return {name: form[name].data for name in names} | {"has_teamchat": form.teamchat.data}
