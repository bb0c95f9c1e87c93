"""The form of a role."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.blueprints.forms import options
from app.models import Account, Role
from app.queries.domains import domains_of
from app.rules.accounts.addresses import readable
from app.rules.rights import scope

ROLES = {
    Role.SERVER: _l("Server administrator"),
    Role.WEB: _l("Web administrator"),
    Role.DOMAIN: _l("Domain administrator"),
    Role.USER: _l("User"),
}
# What each role gives, from the most to nothing.
MEANINGS = {
    Role.SERVER: _l("Everything: the server’s console too, and every domain."),
    Role.WEB: _l("Everything in WebAdmin, except server administrators."),
    Role.DOMAIN: _l("Accounts, groups, rooms and guests of their own domain, and of those chosen below."),
    Role.USER: _l("The WebClient alone."),
}


class RoleForm(FlaskForm):
    """Role of an account, and the domains it administers."""

    role = RadioField(_l("Role"))
    domains = SelectMultipleField(
        _l("Further domains"), coerce=int, widget=ListWidget(), option_widget=CheckboxInput()
    )

    def offer(self, actor, account: Account) -> None:
        """Offer what the actor may give."""
        offered = scope.grantable_roles(actor)
        self.role.choices = options({role.value: label for role, label in ROLES.items() if role in offered})
        domains = domains_of(actor)
        self.domains.choices = options(
            {domain.id: readable(domain.name) for domain in domains if domain.id != account.domain_id}
        )
