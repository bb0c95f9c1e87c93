"""What can be done with many accounts of a domain at once."""

from flask_babel import lazy_gettext as _l

from app.models import Account, AccountState
from app.operations import accounts as verbs
from app.operations.bulk import Action, Collection, Field, register
from app.operations.bulk import account_actions as acts
from app.operations.bulk.account_actions import domain_of
from app.queries.directory import accounts as listed
from app.queries.directory.listing import ListQuery
from app.rules import scope


def _matching(actor, wanted: dict) -> list:
    filters = tuple((name, wanted[name]) for name in listed.FILTERS if wanted.get(name))
    return listed.conditions(domain_of(actor, wanted), ListQuery(search=wanted.get("q", ""), filters=filters))


ACTIONS = (
    Action(
        "enable",
        _l("Enable"),
        icon="circle-check",
        **acts.state(AccountState.ENABLED, _l("Is enabled already.")),
    ),
    Action(
        "mute",
        _l("May read, may not post"),
        icon="message-off",
        **acts.state(AccountState.MUTED, _l("Is read only already.")),
    ),
    Action(
        "disable",
        _l("Disable"),
        icon="circle-minus",
        consequence=acts.disabling,
        **acts.state(AccountState.DISABLED, _l("Is disabled already.")),
    ),
    Action(
        "enable_teamchat",
        _l("Enable TeamChat"),
        icon="messages",
        **acts.teamchat(True, _l("Has TeamChat already.")),
    ),
    Action(
        "disable_teamchat",
        _l("Disable TeamChat"),
        icon="messages-off",
        **acts.teamchat(False, _l("Has no TeamChat already.")),
    ),
    Action(
        "set_role",
        _l("Change the role"),
        icon="shield",
        fields=(Field("role", _l("Role"), acts.roles),),
        judge=acts.judge_role,
        do=lambda actor, account, values: verbs.update_account(actor, account, {"role": values["role"]}),
    ),
    Action(
        "set_language",
        _l("Change the language"),
        icon="language",
        fields=(Field("language", _l("Language"), acts.languages),),
        judge=acts.judge_language,
        do=lambda actor, account, values: verbs.update_account(
            actor, account, {"language": values["language"]}
        ),
    ),
    Action(
        "add_to_group",
        _l("Add to a group"),
        icon="users-plus",
        fields=(Field("group", _l("Group"), acts.groups),),
        prepare=acts.members,
        judge=acts.judge_member,
        do=acts.add_member,
    ),
    Action(
        "delete",
        _l("Delete"),
        icon="trash",
        fields=(acts.OWNED, acts.SPONSOR),
        is_destructive=True,
        consequence=acts.deletion,
        judge=acts.judge_deletion,
        do=acts.delete,
    ),
)

register(
    Collection(
        name="accounts",
        title=_l("Accounts"),
        columns=(
            Account.id,
            Account.address.label("label"),
            Account.role,
            Account.state,
            Account.language,
            Account.has_teamchat,
        ),
        matching=_matching,
        find=scope.find_account,
        actions=ACTIONS,
        subject=lambda actor, wanted: domain_of(actor, wanted).name,
        domain_of=lambda actor, wanted: domain_of(actor, wanted).id,
        fixed=("domain",),
    )
)
