"""Security headers of every answer, and host names that a demonstration accepts."""

import re

import pytest

from app.security import host_name, is_local_name

PATHS = {
    "a page": ("/sign-in", 200),
    "a redirection": ("/sessions", 303),
    "a missing page": ("/nothing", 404),
    "a static file": ("/static/css/base.css", 200),
    "a probe": ("/healthz", 200),
    "a used-up link": ("/setup/nonsense", 404),
    "a wrong method": ("/sign-out", 405),
}


@pytest.fixture
def demo(another_app):
    return another_app(DEMO=True).test_client()


@pytest.mark.parametrize("kind", PATHS)
def test_every_answer_bears_the_headers(visitor, kind):
    path, status = PATHS[kind]
    answer = visitor.get(path)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["json", "htmx", "form", "forgery"])
def test_refusals_bear_the_headers_too(visitor, kind):
    answer = {
        "json": lambda: visitor.get("/sessions", headers={"Accept": "application/json"}),
        "htmx": lambda: visitor.fragment("/sessions", "content"),
        "form": lambda: visitor.post("/sign-in", data={}),
        "forgery": lambda: visitor.post("/sign-in", has_token=False),
    }[kind]()
    assert answer.status_code == {"json": 401, "htmx": 401, "form": 422, "forgery": 400}[kind]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_policy_allows_nothing_unsafe_and_nothing_from_elsewhere(visitor):
    policy = visitor.get("/sign-in").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    for directive in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"):
        assert directive in policy


def test_scripts_bear_the_nonce_of_their_own_answer(visitor):
    first, second = visitor.get("/sign-in"), visitor.get("/sign-in")
    nonces = [
        re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[1] for page in (first, second)
    ]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in first.text
    assert set(re.findall(r'nonce="([^"]+)"', first.text)) == {nonces[0]}


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8443", "127.0.0.1:8443", "[::1]:8443", "chat.localhost"]
)
def test_local_names_are_not_told_to_use_https_for_ever(visitor, host):
    assert "Strict-Transport-Security" not in visitor.get("/healthz", base_url=f"https://{host}").headers


def test_public_names_are_told_to_use_https_for_ever(visitor):
    secure = visitor.get("/healthz", base_url="https://chat.iwdemo.fr")
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert (
        "Strict-Transport-Security" not in visitor.get("/healthz", base_url="http://chat.iwdemo.fr").headers
    )


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Localhost:8443", "localhost"),
        ("[::1]:8443", "::1"),
        ("[::1]", "::1"),
        ("::1", "::1"),
        ("chat.iwdemo.fr", "chat.iwdemo.fr"),
    ],
)
def test_the_name_is_read_out_of_the_host(host, name):
    assert host_name(host) == name


@pytest.mark.parametrize(("name", "is_local"), [("127.9.9.9", True), ("192.0.2.7", False), ("local", False)])
def test_only_this_very_machine_is_local(name, is_local):
    assert is_local_name(name) is is_local


def test_pages_are_kept_by_no_cache(visitor):
    assert visitor.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert "no-store" not in visitor.get("/static/css/base.css").headers.get("Cache-Control", "")


def test_the_proxys_name_of_a_request_is_kept_when_it_is_a_decent_one(visitor):
    given = "0123456789abcdef0123456789abcdef"
    assert visitor.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    for strange in ("short", "<script>alert(1)</script>", "a" * 65, "two words here"):
        answer = visitor.get("/healthz", headers={"X-Request-ID": strange})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


@pytest.mark.parametrize("host", ["localhost:8443", "127.0.0.1:8443", "[::1]:8443"])
def test_a_demonstration_answers_to_local_names(demo, host):
    answer = demo.get("/sign-in", base_url=f"https://{host}")
    assert answer.status_code == 200
    assert "demo-mark" in answer.text


@pytest.mark.parametrize(
    "host", ["chat.iwdemo.fr", "192.0.2.7:8443", "localhost.evil.example", "demo.localhost"]
)
@pytest.mark.parametrize("path", ["/sign-in", "/", "/healthz", "/nothing"])
def test_a_demonstration_refuses_every_other_name(demo, host, path):
    answer = demo.get(path, base_url=f"https://{host}")
    assert answer.status_code == 421
    assert "localhost" in answer.text


def test_a_forwarded_public_name_is_refused_as_well(demo):
    answer = demo.get("/sign-in", headers={"X-Forwarded-Host": "chat.iwdemo.fr"})
    assert answer.status_code == 421


def test_a_real_server_answers_to_its_public_name_and_bears_no_mark(visitor):
    answer = visitor.get("/sign-in", base_url="https://chat.iwdemo.fr")
    assert answer.status_code == 200
    assert "demo-mark" not in answer.text


def test_what_writes_needs_a_token(visitor):
    assert visitor.post("/sign-in", data={}, has_token=False).status_code == 400
    assert visitor.post("/language", data={"language": "en"}, has_token=False).status_code == 400


def test_what_writes_must_come_from_this_very_server(visitor):
    elsewhere = {**visitor._token_headers(), "Referer": "https://elsewhere.example/"}
    answer = visitor.post("/sign-in", data={}, has_token=False, headers=elsewhere)
    assert answer.status_code == 400


def test_a_form_of_more_than_a_mebibyte_is_refused(visitor):
    answer = visitor.post("/sign-in", data={"address": "a" * (1024 * 1024 + 1)})
    assert answer.status_code == 413
