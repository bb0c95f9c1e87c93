"""A browser for tests of entry points: https, a CSRF token with what writes, and no state shared between two calls."""

import hashlib
import secrets
from contextvars import Context
from datetime import timedelta

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app.extensions import db
from app.models import Account, Session, now

HOME = "https://localhost"
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


class Visitor(FlaskClient):
    """Each call runs in an empty context: Flask's, held open by a test, would carry one reader over to the next.

    has_token: whether forms are sent with the CSRF token of the page, as a browser does.
    """

    def open(self, *args, has_token: bool = True, **kwargs):
        if not (args and isinstance(args[0], str)):
            return super().open(*args, **kwargs)
        kwargs.setdefault("base_url", HOME)
        kwargs.setdefault("buffered", True)
        if has_token and str(kwargs.get("method", "GET")).upper() in WRITING:
            kwargs["headers"] = {**self._token_headers(), **dict(kwargs.get("headers") or {})}
        db.session.commit()
        try:
            return Context().run(super().open, *args, **kwargs)
        finally:
            db.session.expire_all()

    def change_cookie(self, change) -> None:
        """Have a function change what the cookie holds."""
        Context().run(self._change_cookie, change)

    def sign_in(self, account: Account) -> Session:
        """Sign this browser in without the form; the row of the session comes back."""
        token = secrets.token_urlsafe(32)
        device = Session(
            account_id=account.id,
            token_digest=hashlib.sha256(token.encode()).digest(),
            last_seen_at=now(),
            expires_at=now() + timedelta(days=30),
            ip="127.0.0.1",
            user_agent="tests",
        )
        db.session.add(device)
        db.session.commit()
        self.change_cookie(lambda cookie: cookie.update(_user_id=token, _fresh=True))
        return device

    def fragment(self, url: str, target: str, **kwargs):
        """Ask for one element of a page, as htmx does."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": f"div#{target}"}
        return self.open(url, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

    def _change_cookie(self, change) -> None:
        with self.session_transaction(base_url=HOME) as cookie:
            change(cookie)

    def _token_headers(self) -> dict[str, str]:
        raw = []
        self.change_cookie(lambda cookie: raw.append(cookie.setdefault("csrf_token", secrets.token_hex(20))))
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return {"X-CSRFToken": signer.dumps(raw[0]), "Referer": f"{HOME}/"}
