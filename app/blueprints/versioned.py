"""Forms over a row: the slower of two people is shown what changed, and overwrites nothing unseen."""

import json
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.text.parsing import parse_whole_number


@dataclass(frozen=True)
class OtherChange:
    """A value that somebody else changed meanwhile. is_contested: the person had changed it too."""

    label: str
    before: str
    after: str
    is_contested: bool


class VersionedForm(FlaskForm):
    """It remembers the row's version and the values it was filled with."""

    version = HiddenField()
    seen = HiddenField()

    def fill(self, version: int, values: dict) -> None:
        """Show a row's values."""
        for name, value in values.items():
            self[name].data = value
        self.remember(version, values)

    def remember(self, version: int, values: dict) -> None:
        """Note what the row holds while the person looks at the form."""
        self.version.data = str(version)
        self.seen.data = json.dumps(values, ensure_ascii=False)

    @property
    def seen_version(self) -> int:
        """Return the row's version when the form was made; a form that does not know is always too slow."""
        return parse_whole_number(self.version.data) or 0

    def meet(self, version: int, values: dict) -> list[OtherChange]:
        """Take over what others have changed, keep what was typed here, and tell both. Saving again then counts."""
        seen = self._seen()
        changed_since = [
            self._met(name, seen[name], now) for name, now in values.items() if seen.get(name, now) != now
        ]
        self.remember(version, values)
        return changed_since

    def _met(self, name: str, before, after) -> OtherChange:
        field = self[name]
        is_contested = field.data not in (before, after)
        if not is_contested:
            field.data = after
        return OtherChange(field.label.text, worded(field, before), worded(field, after), is_contested)

    def _seen(self) -> dict:
        try:
            seen = json.loads(self.seen.data or "{}")
        except ValueError:
            return {}
        return seen if isinstance(seen, dict) else {}


def worded(field, value) -> str:
    """Return a field's value as a person reads it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    return str(labels.get(value, value or "–"))
