"""Mailed links: only what was made here is read, and only for what it was made for."""

import pytest

from app import links


def test_a_token_says_what_it_was_made_of(app):
    assert links.read("invitation", links.token("invitation", 12, 3)) == links.Link(12, 3)


def test_the_same_row_gives_the_same_link_again(app):
    assert links.token("invitation", 12, 3) == links.token("invitation", 12, 3)


def test_a_token_of_one_kind_does_not_serve_another(app):
    assert links.read("password", links.token("invitation", 12, 3)) is None


def test_another_servers_token_is_not_read(app):
    theirs = links.token("invitation", 12, 3)
    app.config["SECRET_KEY"] = "another one"
    assert links.read("invitation", theirs) is None


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
def test_what_was_tampered_with_is_not_read(app, forge):
    assert links.read("invitation", forge(links.token("invitation", 12, 3))) is None
