"""Pages for a person's own data and options."""

import io
import json
import re

import pytest
from PIL import Image

from app import limits
from app.errors import Invalid
from app.extensions import db
from app.models import Account, Picture
from app.operations.accounts import own
from tests.support import factories


@pytest.fixture
def arthur(people, client_of):
    return client_of(people.arthur)


@pytest.fixture
def guest(people) -> Account:
    guest = factories.make_account(people.domain, "bt", is_guest=True, verified_at=people.arthur.created_at)
    factories.join_room(people.room, guest)
    return guest


def drawn(size=(640, 480), kind="PNG", **more) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (90, 60, 200)).save(file, kind, **more)
    return file.getvalue()


def upload(client, data: bytes, name="moi.png"):
    return client.post(
        "/own/picture", data={"picture": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_made_small_and_square_and_shown(people, arthur, client_of, kind):
    assert upload(arthur, drawn(kind=kind)).status_code == 303
    token = db.session.get(Account, people.arthur.id, populate_existing=True).picture
    shown = client_of(people.jean).get(f"/pictures/{token}")
    assert shown.mimetype == "image/webp" and Image.open(io.BytesIO(shown.data)).size == (192, 192)
    assert f"/pictures/{token}" in arthur.get("/own/").text


def test_nothing_that_came_along_with_a_picture_is_kept(people, arthur):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    upload(arthur, drawn(kind="JPEG", exif=exif))
    assert b"taken at home" not in db.session.query(Picture).one().content


def test_a_new_picture_has_a_new_address_and_ends_the_old_one(people, arthur):
    upload(arthur, drawn())
    old = db.session.query(Picture).one().token
    upload(arthur, drawn((50, 900)))
    assert db.session.query(Picture).one().token != old
    assert arthur.get(f"/pictures/{old}").status_code == 404


def test_a_picture_can_be_removed(people, arthur):
    upload(arthur, drawn())
    assert arthur.post("/own/picture/remove").status_code == 303
    assert not db.session.query(Picture).count()
    assert db.session.get(Account, people.arthur.id, populate_existing=True).picture is None


def test_removing_a_picture_twice_answers_alike(arthur):
    upload(arthur, drawn())
    answers = [arthur.post("/own/picture/remove") for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/own/")] * 2


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", drawn()[:200]]
)
def test_what_is_no_picture_is_refused_beside_its_field(arthur, data):
    answer = upload(arthur, data)
    assert answer.status_code == 422 and not db.session.query(Picture).count()


@pytest.mark.parametrize(
    ("size", "kind"),
    [((7000, 7000), "PNG"), ((4001, 4000), "WEBP"), ((6000, 4001), "JPEG")],
)
def test_picture_of_too_many_pixels_is_refused_with_a_sentence(people, arthur, size, kind):
    answer = upload(arthur, drawn(size, kind))
    assert answer.status_code == 422 and not db.session.query(Picture).count()
    with pytest.raises(Invalid) as refusal:
        own.set_picture(people.arthur, people.arthur, drawn(size, kind))
    assert (refusal.value.code, refusal.value.field) == ("picture_too_large", "picture")
    assert {"16", "24"} <= set(re.findall(r"\d+", str(refusal.value)))


def test_jpeg_of_twenty_megapixels_is_accepted(arthur):
    assert upload(arthur, drawn((5000, 4000), "JPEG")).status_code == 303
    assert db.session.query(Picture).count() == 1


def test_pictures_have_a_pace_for_each_person(people, arthur, client_of):
    answers = [upload(arthur, b"no picture").status_code for _ in range(limits.PICTURE_BURST + 1)]
    assert answers == [422] * limits.PICTURE_BURST + [429]
    assert upload(client_of(people.jean), drawn()).status_code == 303


def test_pictures_larger_than_a_form_may_come_but_not_any_size(arthur):
    noise = Image.effect_noise((1500, 1500), 90)
    file = io.BytesIO()
    noise.save(file, "PNG")
    assert len(file.getvalue()) > 1024 * 1024
    assert upload(arthur, file.getvalue()).status_code == 303
    assert upload(arthur, b"x" * (9 * 1024 * 1024)).status_code == 413


def test_pictures_are_for_those_who_signed_in(people, arthur, visitor):
    upload(arthur, drawn())
    token = db.session.query(Picture).one().token
    assert visitor.get(f"/pictures/{token}").status_code in (302, 303, 401)


def test_a_guest_keeps_their_own_name_and_an_account_does_not(people, guest, arthur, client_of):
    assert client_of(guest).post("/own/name", data={"name": "Bernard T."}).status_code == 303
    assert db.session.get(Account, guest.id, populate_existing=True).name == "Bernard T."
    for refused in ("  ", "\u200b", "\u3164", "\u0430rthur"):
        assert client_of(guest).post("/own/name", data={"name": refused}).status_code == 422
    assert client_of(guest).post("/own/name", data={"name": "\u202egro.rueht"}).status_code == 303
    assert db.session.get(Account, guest.id, populate_existing=True).name == "gro.rueht"
    assert arthur.post("/own/name", data={"name": "Le patron"}).status_code == 403
    assert people.arthur.name != "Le patron"


def test_options_are_kept_and_the_theme_is_in_the_cookie(people, arthur):
    wanted = {"language": "en", "theme": "dark", "time_zone": "America/Montreal", "enter": "breaks"}
    answer = arthur.post("/own/options", data=wanted)
    assert answer.status_code == 303 and "theme=dark" in answer.headers["Set-Cookie"]
    kept = db.session.get(Account, people.arthur.id, populate_existing=True)
    assert (kept.language, kept.theme, kept.time_zone, kept.enter_sends) == (
        "en",
        "dark",
        "America/Montreal",
        False,
    )
    page = arthur.get("/own/options").text
    assert "Options" in page and "data-enter" in arthur.get(f"/webmail/rooms/{people.room.id}").text


@pytest.mark.parametrize(
    "forged", [{"language": "xx"}, {"theme": "pink"}, {"time_zone": "Mars/Base"}, {"enter": "explodes"}]
)
def test_forged_options_are_refused(people, arthur, forged):
    wanted = {"language": "fr", "theme": "light", "time_zone": "", "enter": "sends", **forged}
    assert arthur.post("/own/options", data=wanted).status_code == 422


@pytest.mark.parametrize("forged", [{"language": "xx"}, {"theme": "pink"}, {"time_zone": "Mars/Base"}])
def test_the_operation_refuses_them_too(people, forged):
    wanted = {"language": None, "theme": "light", "time_zone": None, "enter_sends": True, **forged}
    with pytest.raises(Invalid):
        own.choose_options(people.arthur, **wanted)


def test_the_export_holds_ones_own_words_and_nobody_elses(people, guest, arthur, client_of):
    factories.make_message(people.room, people.arthur, "à moi")
    factories.make_message(people.room, people.jean, "à jean")
    factories.make_message(people.room, guest, "à l'invité")
    mine = json.loads(arthur.get("/own/export").text)
    assert [message["text"] for message in mine["messages"]] == ["à moi"]
    assert mine["account"]["address"] == "arthur@iwdemo.fr" and mine["rooms"][0]["name"] == "TeamChat"
    theirs = client_of(guest).get("/own/export").text
    assert "jean" not in theirs and "à moi" not in theirs


def test_what_was_said_in_a_room_one_has_left_is_not_in_the_export(people, client_of):
    factories.make_message(people.room, people.paul, "du temps de paul")
    assert json.loads(client_of(people.paul).get("/own/export").text)["messages"] == []
