"""Rendering of mails from a template and the ids it is about."""

from flask import render_template

from app.htmx import render_block
from app.i18n import in_language
from app.queries import mail
from app.rules.server import settings


def render_mail(template: str, language: str, arguments: dict) -> tuple[str, str, str]:
    """Return a mail's subject, text and HTML. Error: NotFound, when its subject no longer exists."""
    with in_language(language):
        facts = mail.facts_of(template, arguments)
        context = {**arguments, **facts, "public_url": settings.public_url(), "language": language}
        subject = render_block(f"emails/{template}.txt", "subject", **context)
        text = render_template(f"emails/{template}.txt", **context)
        html = render_template(f"emails/{template}.html", **context)
    return " ".join(subject.split()), text, html
