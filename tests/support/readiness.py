"""A server on which every check of readiness passes."""

from datetime import timedelta

from app.models import LicenseKind, now
from app.rules import discovery
from app.rules.licenses import LicenseFacts
from app.rules.server.readiness import ReadinessFacts

LICENSE = LicenseFacts(LicenseKind.FULL, "Démo", 10, now() + timedelta(days=30), "x", 3)
GOOD = ReadinessFacts(
    dialect="mysql",
    license=LICENSE,
    public_url="https://chat.iwdemo.fr",
    has_mail=True,
    mail_runs=True,
    workers=1,
    has_redis=False,
    is_storage_writable=True,
    told=discovery.defaults("https://chat.iwdemo.fr", "chat.iwdemo.fr"),
)
