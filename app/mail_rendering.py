"""Mails as they are read: made in the reader's language, from a template and what its ids stand for."""

from flask import render_template

from app.htmx import render_block
from app.i18n import in_language
from app.queries import letters, settings


def render_mail(template: str, language: str, arguments: dict) -> tuple[str, str, str]:
    """A mail's subject, text and HTML. Error: NotFound, when what it speaks of is no more."""
    with in_language(language):
        facts = letters.facts_of(template, arguments)
        known = {**arguments, **facts, "public_url": settings.public_url(), "language": language}
        subject = render_block(f"mails/{template}.txt", "subject", **known)
        text = render_template(f"mails/{template}.txt", **known)
        html = render_template(f"mails/{template}.html", **known)
    return " ".join(subject.split()), text, html
