"""nginx in front of the web workers: own pages, caching, log."""

import http.client
import ssl

import pytest

from tests.support.servers import Proxy, WebWorkers

HASH = "0123456789ab"


@pytest.fixture(scope="module")
def proxy():
    """Start nginx in front of web workers that do not run."""
    with Proxy(WebWorkers(1, {})) as server:
        yield server


def ask(proxy, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    trust = ssl.create_default_context(cafile=proxy.authority)
    connection = http.client.HTTPSConnection("localhost", proxy.port, timeout=10, context=trust)
    connection.request(
        method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    connection.close()
    return answer


def test_unreachable_application_shows_a_page_that_reloads(proxy):
    answer = ask(proxy, "/webmail/")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "3"
    assert '<meta http-equiv="refresh" content="3">' in answer.text
    assert "<script" not in answer.text
    assert 'lang="fr"' in answer.text
    assert 'lang="en"' in answer.text


def test_unreachable_application_keeps_the_page_of_htmx(proxy):
    answer = ask(proxy, "/webmail/", HX_Request="true")
    assert answer.headers["HX-Reswap"] == "none"
    assert '"level":"error"' in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Trigger"].isascii()


def test_large_request_is_refused_with_a_page(proxy):
    answer = ask(proxy, "/sign-in", "POST", b"x" * (1024 * 1024 + 1))
    assert answer.status == 413
    assert "trop volumineux" in answer.text


@pytest.mark.parametrize(
    ("path", "is_cached"),
    [
        (f"/static/css/tokens.css?v={HASH}", "public, max-age=31536000, immutable"),
        ("/static/css/tokens.css", "no-cache"),
        ("/static/css/tokens.css?v=1", "no-cache"),
    ],
)
def test_files_with_a_content_hash_are_cached(proxy, path, is_cached):
    answer = ask(proxy, path)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == is_cached
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_text_is_compressed_for_browsers_that_accept_it(proxy):
    trust = ssl.create_default_context(cafile=proxy.authority)
    connection = http.client.HTTPSConnection("localhost", proxy.port, timeout=10, context=trust)
    connection.request("GET", "/static/css/tokens.css", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers["Content-Encoding"] == "gzip"
    connection.close()


def test_plain_http_is_redirected_to_https(proxy):
    connection = http.client.HTTPConnection("localhost", proxy.port, timeout=10)
    connection.request("GET", "/webmail/rooms/7?at=3")
    answer = connection.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"] == f"https://localhost:{proxy.port}/webmail/rooms/7?at=3"
    connection.close()


def test_static_path_cannot_leave_its_folder(proxy):
    for path in (
        "/static/../config.py",
        "/static/%2e%2e/config.py",
        "/static../config.py",
        "/_pages/waiting.html",
    ):
        assert ask(proxy, path).status in (400, 404, 503)
        assert "SECRET" not in ask(proxy, path).text


def test_tokens_and_queries_are_not_logged(proxy):
    token = "Tq7" * 12
    ask(proxy, f"/setup/{token}?word={token}")
    ask(proxy, f"/webmail/?q={token}")
    noted = proxy.log.read_text()
    assert "/setup/" in noted
    assert "/webmail/" in noted
    assert token not in noted
