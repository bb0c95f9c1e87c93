"""What the twelve rights are called, in WebAdmin and in the WebClient."""

from flask_babel import lazy_gettext as _l

from app.rules.rights import Right

RIGHT_NAMES = {
    Right.ITEMS_READ: _l("Read the conversation"),
    Right.ITEMS_WRITE: _l("Write messages"),
    Right.ITEMS_MODIFY: _l("Change what others wrote"),
    Right.ITEMS_DELETE: _l("Delete what others wrote"),
    Right.ITEMS_EDIT_DOCUMENTS: _l("Modify documents"),
    Right.FOLDER_READ: _l("See the room"),
    Right.FOLDER_WRITE: _l("Create rooms"),
    Right.FOLDER_RENAME: _l("Rename"),
    Right.FOLDER_DELETE: _l("Archive and delete"),
    Right.ADMINISTRATION_INVITE: _l("Invite"),
    Right.ADMINISTRATION_KICK: _l("Remove people"),
    Right.ADMINISTRATION_ADMINISTER: _l("Change rights"),
}
