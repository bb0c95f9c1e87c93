"""The form of SmartDiscover: one for the server, one for a domain, of the same fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from wtforms import HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.blueprints.versioned import OtherChange, VersionedForm
from app.rules import discovery
from app.rules.discovery import DiscoveryLevel, base_for


@dataclass(frozen=True)
class DiscoveryRow:
    """A row of the form: a field, with its type field where it has one. state: own, inherited or external."""

    name: str
    field: object
    type_field: object | None
    is_own: bool
    is_required: bool
    is_external: bool
    placeholder: str


def _sound(_form, field) -> None:
    problem = discovery.problem_of(field.name, field.data)
    if problem:
        raise ValidationError(problem)


class _Values(VersionedForm):
    """Form of values. own: names of the values that are set at this level."""

    own = HiddenField()


class DiscoveryForm(_Values):
    """Host name, five protocols, twelve URLs."""

    @property
    def marked(self) -> set[str]:
        """Return names of the values that are set here."""
        return set((self.own.data or "").split()) & set(discovery.NAMES)

    def show(self, level: DiscoveryLevel) -> None:
        """Show what counts on a level."""
        self.fill(level.version, level.values)
        self.own.data = " ".join(level.own)

    def meet(self, version: int, values: dict, own: Iterable[str] = ()) -> list[OtherChange]:
        """Take over what others have set meanwhile, and return it. own: names of the values that are set here."""
        changed_since = super().meet(version, values)
        self.own.data = " ".join(sorted(self.marked.union(own)))
        return changed_since

    def base(self, level: DiscoveryLevel, *, is_server: bool) -> dict[str, str]:
        """Return what counts without own values; on the server that follows the host name that is typed."""
        host = discovery.clean_value(discovery.HOST_NAME, self[discovery.HOST_NAME].data)
        return base_for(host) if is_server and discovery.is_host(host) else level.base

    def restore(self, row_name: str, base: dict[str, str]) -> None:
        """Take the value of a line, and its type, from the level above."""
        names = {row_name, f"{row_name}_type"} & set(discovery.NAMES)
        for name in names:
            self[name].data = base[name]
        self.own.data = " ".join(sorted(self.marked - names))

    def move_all(self) -> None:
        """Put the typed host name into every host and URL."""
        host = discovery.clean_value(discovery.HOST_NAME, self[discovery.HOST_NAME].data)
        for name in discovery.NAMES:
            self[name].data = discovery.with_host(name, self[name].data or "", host)

    def wanted(self, base: dict[str, str], *, is_server: bool) -> dict[str, str]:
        """Return the values to be set here. What nobody has touched goes on following the level above."""
        seen, marked = self._seen(), self.marked
        typed = {name: discovery.clean_value(name, self[name].data) for name in discovery.NAMES}
        kept = () if is_server else marked
        return {
            name: value
            for name, value in typed.items()
            if name in kept or (value != base[name] and (name in marked or value != seen.get(name)))
        }

    def rows(self, base: dict[str, str]) -> tuple[DiscoveryRow, list[DiscoveryRow], list[DiscoveryRow]]:
        """Return the host name, the protocols, the URLs."""
        host = discovery.clean_value(discovery.HOST_NAME, self[discovery.HOST_NAME].data)
        protocols = [
            self._row(protocol.name, base, type_name=protocol.type_name) for protocol in discovery.PROTOCOLS
        ]
        urls = [self._row(protocol.name, base, host=host, url=protocol) for protocol in discovery.URLS]
        return self._row(discovery.HOST_NAME, base), protocols, urls

    def _row(self, name: str, base: dict, *, type_name=None, host=None, url=None) -> DiscoveryRow:
        value = self[name].data or ""
        names = [name, *([type_name] if type_name else [])]
        is_own = any(
            field_name in self.marked or (self[field_name].data or "") != base[field_name]
            for field_name in names
        )
        is_sound = url is not None and not discovery.problem_of(name, value)
        return DiscoveryRow(
            name=name,
            field=self[name],
            type_field=self[type_name] if type_name else None,
            is_own=is_own,
            is_required=name == discovery.HOST_NAME or (url is not None and url.is_required),
            is_external=is_sound and discovery.is_external(name, value, host),
            placeholder=f"https://{host}{url.path or url.usual}" if url and host else "",
        )


def _add_fields() -> None:
    """Add a field for each value."""
    for name, label in discovery.LABELS.items():
        if name in discovery.TYPE_NAMES:
            ports = discovery.TYPE_NAMES[name].ports
            choices = [SelectChoice(port, discovery.TYPES[port]) for port in ports]
            setattr(DiscoveryForm, name, SelectField(label, choices=choices))
        else:
            setattr(DiscoveryForm, name, StringField(label, [_sound]))


_add_fields()
