"""Sentences of the preview that say how many things an action changes, and how.

Each takes the number and the counted things, such as 2 and “2 accounts”. French agrees with a masculine noun, as
account, domain, group and guest all are.
"""

from flask_babel import ngettext


def enabled(count: int, things: str) -> str:
    """Return the sentence of an action that enables."""
    return ngettext("%(things)s will be enabled.", "%(things)s will be enabled.", count, things=things)


def read_only(count: int, things: str) -> str:
    """Return the sentence of an action that takes the right to post."""
    return ngettext("%(things)s will be read-only.", "%(things)s will be read-only.", count, things=things)


def disabled(count: int, things: str) -> str:
    """Return the sentence of an action that disables."""
    return ngettext("%(things)s will be disabled.", "%(things)s will be disabled.", count, things=things)


def reopened(count: int, things: str) -> str:
    """Return the sentence of an action that ends a suspension."""
    return ngettext(
        "%(things)s will be active again.", "%(things)s will be active again.", count, things=things
    )


def suspended(count: int, things: str) -> str:
    """Return the sentence of an action that suspends."""
    return ngettext("%(things)s will be suspended.", "%(things)s will be suspended.", count, things=things)


def deleted(count: int, things: str) -> str:
    """Return the sentence of an action that deletes."""
    return ngettext("%(things)s will be deleted.", "%(things)s will be deleted.", count, things=things)


def extended(count: int, things: str) -> str:
    """Return the sentence of an action that moves the last day."""
    return ngettext("%(things)s will be extended.", "%(things)s will be extended.", count, things=things)


def given_teamchat(count: int, things: str) -> str:
    """Return the sentence of an action that enables TeamChat."""
    return ngettext("%(things)s will have TeamChat.", "%(things)s will have TeamChat.", count, things=things)


def losing_teamchat(count: int, things: str) -> str:
    """Return the sentence of an action that disables TeamChat."""
    return ngettext("%(things)s will lose TeamChat.", "%(things)s will lose TeamChat.", count, things=things)


def given_role(count: int, things: str) -> str:
    """Return the sentence of an action that changes roles."""
    return ngettext("%(things)s will change role.", "%(things)s will change role.", count, things=things)


def given_language(count: int, things: str) -> str:
    """Return the sentence of an action that changes languages."""
    return ngettext(
        "%(things)s will change language.", "%(things)s will change language.", count, things=things
    )


def given_sponsor(count: int, things: str) -> str:
    """Return the sentence of an action that changes sponsors."""
    return ngettext(
        "%(things)s will change sponsor.", "%(things)s will change sponsor.", count, things=things
    )


def added_to_group(count: int, things: str) -> str:
    """Return the sentence of an action that adds members to a group."""
    return ngettext(
        "%(things)s will be added to the group.",
        "%(things)s will be added to the group.",
        count,
        things=things,
    )


def unchanged(count: int, things: str) -> str:
    """Return the sentence about what an action leaves as it is."""
    return ngettext("%(things)s stays as it is.", "%(things)s stay as they are.", count, things=things)
