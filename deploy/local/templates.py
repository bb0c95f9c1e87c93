"""Configuration files: a template in deploy/templates, with @names@ that are filled in."""

import re

from deploy.local.paths import TEMPLATES

NAME = re.compile(r"@([a-z_]+)@")


def render(template: str, **values) -> str:
    """The template's text with every @name@ replaced; a name without a value is an error."""
    return NAME.sub(lambda found: str(values[found[1]]), (TEMPLATES / template).read_text())
