"""Mailed links: read only by the server that made them, and only for their purpose."""

import pytest

from app import links


def test_token_is_read_as_its_row(app):
    assert links.read("invitation", links.token("invitation", 12, 3)) == links.Link(12, 3)


def test_same_row_gives_the_same_token(app):
    assert links.token("invitation", 12, 3) == links.token("invitation", 12, 3)


def test_token_of_another_kind_is_refused(app):
    assert links.read("password", links.token("invitation", 12, 3)) is None


def test_token_of_another_server_is_refused(app):
    token = links.token("invitation", 12, 3)
    app.config["SECRET_KEY"] = "another one"
    assert links.read("invitation", token) is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token.replace("12.", "13.", 1),
        lambda token: token.replace(".3.", ".4."),
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token + ".1",
        lambda token: "0" + token,
        lambda token: token.replace("12.", "١٢.", 1),
        lambda _token: "",
        lambda _token: "a.b.c",
        lambda _token: "." * 2,
        lambda token: token * 100,
    ],
)
def test_forged_token_is_refused(app, forge):
    assert links.read("invitation", forge(links.token("invitation", 12, 3))) is None
