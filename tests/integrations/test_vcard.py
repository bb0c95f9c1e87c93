"""Contact cards for address books: RFC 6350."""

from hypothesis import given
from hypothesis import strategies as st

from app.integrations import vcard


def lines_of(card: str) -> list[str]:
    """Return the unfolded lines of a card (RFC 6350 §3.2)."""
    return card.replace("\r\n ", "").split("\r\n")[:-1]


def card_lines(**facts) -> list[str]:
    return lines_of(vcard.write(facts, name="Zoé Petit", address="zoe@iwdemo.fr"))


def unescape(text: str) -> str:
    plain, signs = "", iter(text)
    for sign in signs:
        plain += {"n": "\n"}.get(following := next(signs), following) if sign == "\\" else sign
    return plain


def test_card_has_the_required_properties():
    card = card_lines()
    assert card[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual"]
    assert "FN:Zoé Petit" in card
    assert "EMAIL;TYPE=work;PREF=1:zoe@iwdemo.fr" in card
    assert card[-1] == "END:VCARD"
    assert card == card_lines()


def test_card_has_a_property_for_every_field():
    card = card_lines(
        first_name="Zoé",
        last_name="Petit",
        title="Chef de projet",
        organisation="IW",
        department="R&D",
        work_phone="+33 1 23 45 67 89",
        mobile_phone="+33 6",
        other_email="z@example.org",
        street="1, rue X",
        city="Paris",
        postal_code="75001",
        country="France",
        website="https://example.org/",
        notes="a\nb",
    )
    assert "N:Petit;Zoé;;;" in card
    assert "TITLE:Chef de projet" in card
    assert "ORG:IW;R&D" in card
    assert 'TEL;VALUE=text;TYPE="work,voice":+33 1 23 45 67 89' in card
    assert "TEL;VALUE=text;TYPE=cell:+33 6" in card
    assert "EMAIL:z@example.org" in card
    assert r"ADR;TYPE=work:;;1\, rue X;Paris;;75001;France" in card
    assert "URL:https://example.org/" in card
    assert r"NOTE:a\nb" in card


def test_field_cannot_add_lines_to_the_card():
    card = card_lines(
        notes="x\r\nEND:VCARD\r\nBEGIN:VCARD", title="a;b,c\\d", website="https://a.example/\nTEL:1"
    )
    assert [line for line in card if line.startswith(("BEGIN", "END", "TEL"))] == [
        "BEGIN:VCARD",
        "END:VCARD",
    ]
    assert r"TITLE:a\;b\,c\\d" in card


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_long_lines_are_folded_between_characters(text):
    folded = vcard.folded(f"NOTE:{text}")
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == f"NOTE:{text}"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=50))
def test_escaped_text_is_unescaped_to_the_same(text):
    assert unescape(vcard.escaped(text)) == text
    assert "\n" not in vcard.escaped(text)
