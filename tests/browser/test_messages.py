"""Conversations: messages between two people, unread counts, history, editing and keyboard."""

import re

from playwright.sync_api import expect

from app.extensions import db
from app.models import Account
from tests.support.browser.axe import violations
from tests.support.browser.rooms import fill, make_place, make_room


def test_two_people_exchange_messages(both):
    arthur, jean = both
    arthur.say("Bonjour **jean** !")
    jean.sees("Bonjour jean !")
    expect(jean.message("Bonjour").locator("strong")).to_have_text("jean")
    jean.say("Salut arthur")
    arthur.sees("Salut arthur")
    expect(arthur.pending).to_have_count(0)
    assert arthur.texts == jean.texts == ["Bonjour jean !", "Salut arthur"]


def test_outsider_sees_nothing(both, screen_of, place, servers):
    both[0].say("Entre nous")
    both[1].sees("Entre nous")
    paul = screen_of(place.paul).open()
    expect(paul.page.locator("#room_list a")).to_have_count(0)
    expect(paul.page.locator("main")).to_contain_text("encore dans aucune salle")
    for path in ("", "/messages", "/messages/1", "/messages/1/source"):
        answer = paul.context.request.get(f"/webmail/rooms/{place.room_id}{path}")
        assert answer.status == 404 and "Entre nous" not in answer.text()
    answer = paul.page.evaluate(
        """async room => {
            const { socket } = await import("teamchat/socket");
            const message = { room_id: room, body: "x", client_id: crypto.randomUUID() };
            const opened = await socket.request("room:open", { room_id: room });
            const posted = await socket.request("message:post", message);
            return [opened.error, posted.error];
        }""",
        place.room_id,
    )
    assert answer == ["not_found", "not_found"]


def test_room_appears_without_reloading(screen_of, place, servers):
    paul = screen_of(place.paul).open()
    expect(paul.page.locator("#room_list a")).to_have_count(0)
    servers.console.do("add_member", place.group_id, place.paul.id)
    expect(paul.room_link(place.room_id)).to_be_visible()
    paul.room_link(place.room_id).click()
    paul.wait_until_open()
    paul.say("Me voilà")
    paul.sees("Me voilà")


def test_member_removed_from_group_keeps_the_draft(both, place, servers):
    arthur, jean = both
    jean.composer.fill("pas encore envoyé")
    servers.console.do("remove_member", place.group_id, servers.workspace.entry_of(place, place.jean))
    expect(jean.page.get_by_text("Cette salle n’est plus disponible")).to_be_visible()
    expect(jean.page.locator("#gone-text")).to_have_value("pas encore envoyé")
    expect(jean.page.locator("#room_list a")).to_have_count(0)
    arthur.say("Il est parti")
    arthur.sees("Il est parti")
    assert "Il est parti" not in jean.page.content()


def test_member_removed_while_editing_keeps_edit_and_draft(both, place, servers):
    _arthur, jean = both
    jean.say("écrit")
    jean.sees("écrit")
    jean.composer.press("ArrowUp")
    jean.page.locator(".editor-text").fill("écrit et repris")
    jean.composer.fill("et un brouillon")
    servers.console.do("remove_member", place.group_id, servers.workspace.entry_of(place, place.jean))
    expect(jean.page.locator("#gone-text")).to_have_value("écrit et repris\n\net un brouillon")


def test_open_editor_survives_a_visit_to_old_messages(screen_of, place, servers):
    fill(servers, place, 150)
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.say("le mien")
    arthur.sees("le mien")
    arthur.composer.press("ArrowUp")
    editor = arthur.page.locator(".editor-text")
    editor.fill("le mien, repris")
    first = min(message.message_id for message in servers.workspace.messages(place.room_id))
    arthur.page.evaluate(f"location.hash = '#m-{first}'")
    expect(arthur.message("line 1").first).to_be_in_viewport()
    expect(editor).to_have_count(0)
    arthur.page.locator('[data-part="pill"]').click()
    expect(editor).to_have_value("le mien, repris")


def test_editor_saves_with_the_keys_of_the_composer(screen_of, place, servers):
    with servers.workspace.app.app_context():
        db.session.get(Account, place.arthur.id).enter_sends = False
        db.session.commit()
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.composer.fill("un")
    arthur.composer.press("Control+Enter")
    arthur.sees("un")
    arthur.composer.press("ArrowUp")
    editor = arthur.page.locator(".editor-text")
    expect(arthur.page.locator(".editor-hint")).to_contain_text("Ctrl+Entrée")
    editor.press("Enter")
    editor.press_sequentially("deux")
    expect(editor).to_have_value("un\ndeux")
    editor.press("Control+Enter")
    expect(editor).to_have_count(0)
    arthur.sees("deux")


def test_unread_messages_are_counted(screen_of, place, servers):
    other = make_room(servers, place, "Autre salle")
    jean = screen_of(place.jean).open(place.room_id)
    jean.has_unread(other, None)
    jean.page.locator(f'a[data-room="{other}"]').click()
    jean.wait_until_open()
    jean.has_unread(other, 0)
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.say("un")
    jean.has_unread(place.room_id, 1)
    arthur.say("deux")
    arthur.say("trois")
    jean.has_unread(place.room_id, 3)
    expect(jean.page).to_have_title(re.compile(r"^\(3\) TeamChat"))
    jean.room_link(place.room_id).click()
    jean.sees("trois")
    jean.has_unread(place.room_id, 0)
    expect(jean.page.locator(".new")).to_have_text("Nouveau")
    expect(jean.page.locator(".new + tc-message")).to_contain_text("un")
    expect(jean.page).to_have_title(re.compile("^TeamChat"))
    jean.page.reload()
    jean.has_unread(place.room_id, 0)


def test_typing_and_presence_are_shown(both):
    arthur, jean = both
    expect(jean.page.locator(".presence-faces .face")).to_have_count(2)
    arthur.composer.press_sequentially("Je cherche mes mots")
    expect(jean.page.locator("tc-typing")).to_contain_text("arthur écrit…")
    expect(arthur.page.locator("tc-typing")).not_to_contain_text("écrit")
    arthur.composer.press("Enter")
    expect(jean.page.locator("tc-typing")).not_to_contain_text("écrit")
    arthur.page.locator(".presence-button").click()
    expect(arthur.page.locator(".presence-person bdi")).to_have_text(["arthur", "jean"])
    expect(arthur.page.locator(".presence-person small")).to_have_text(
        ["regarde la salle", "regarde la salle"]
    )
    arthur.page.goto("/webmail/")
    expect(jean.page.locator(".presence-faces .face")).to_have_count(1)


def test_author_edits_and_deletes_a_message(both):
    arthur, jean = both
    arthur.say("Reunion a midi")
    jean.sees("Reunion a midi")
    arthur.choose("Reunion", "edit")
    arthur.page.locator("tc-editor textarea").fill("Réunion à *midi*")
    arthur.page.locator("tc-editor textarea").press("Enter")
    jean.sees("Réunion à midi")
    expect(jean.message("Réunion").locator(".message-edited")).to_have_text("modifié")
    arthur.composer.press("ArrowUp")
    expect(arthur.page.locator("tc-editor textarea")).to_have_value("Réunion à *midi*")
    arthur.page.keyboard.press("Escape")
    expect(arthur.page.locator("tc-editor")).to_have_count(0)
    arthur.choose("Réunion", "delete")
    arthur.page.locator("dialog[open] [data-delete]").click()
    expect(jean.messages.last).to_contain_text("Message supprimé")
    expect(arthur.messages.last).to_contain_text("Message supprimé")
    assert "Réunion" not in jean.page.content()


def test_messages_of_others_cannot_be_changed(both):
    arthur, jean = both
    arthur.say("À moi")
    jean.sees("À moi")
    jean.message("À moi").hover()
    expect(jean.page.locator('[data-action="copy"]')).to_be_visible()
    expect(jean.page.locator('[data-action="edit"]')).to_be_hidden()
    expect(jean.page.locator('[data-action="delete"]')).to_be_hidden()


def test_history_scrolls_both_ways_and_stays_bounded(screen_of, place, servers):
    fill(servers, place, 500)
    arthur = screen_of(place.arthur).open(place.room_id)
    assert arthur.places[-1] == 500
    seqs = set(arthur.places)
    while arthur.places[0] > 1:
        first = arthur.places[0]
        arthur.scroll_to("0")
        arthur.wait_for_older_than(first)
        seqs |= set(arthur.places)
        assert arthur.places == sorted(set(arthur.places)) and len(arthur.places) <= 300
    assert seqs == set(range(1, 501))
    expect(arthur.page.get_by_text("C’est ici que commence la conversation.")).to_be_attached()
    while arthur.places[-1] < 500:
        last = arthur.places[-1]
        arthur.scroll_to("this.scrollHeight")
        arthur.wait_for_newer_than(last)
        assert (
            arthur.places == list(range(arthur.places[0], arthur.places[-1] + 1))
            and len(arthur.places) <= 300
        )
    expect(arthur.messages.last).to_be_visible()


def test_scroll_position_stays_while_older_messages_load(screen_of, place, servers):
    fill(servers, place, 200)
    arthur = screen_of(place.arthur).open(place.room_id)
    first = arthur.places[0]
    arthur.scroll_to("700")
    before = arthur.page.locator(f'[data-seq="{first + 5}"]').bounding_box()["y"]
    arthur.wait_for_older_than(first)
    after = arthur.page.locator(f'[data-seq="{first + 5}"]').bounding_box()["y"]
    assert abs(before - after) < 2


def test_scroll_position_stays_when_new_messages_arrive(screen_of, place, servers):
    fill(servers, place, 80)
    arthur, jean = screen_of(place.arthur).open(place.room_id), screen_of(place.jean).open(place.room_id)
    arthur.page.mouse.move(800, 400)
    arthur.page.mouse.wheel(0, -900)
    pill = arthur.page.locator('[data-part="pill"]')
    expect(arthur.message("line 80")).not_to_be_in_viewport()
    jean.say("du nouveau")
    expect(pill).to_contain_text("1 nouveau message")
    jean.say("encore")
    expect(pill).to_contain_text("2 nouveaux messages")
    expect(arthur.message("encore")).not_to_be_in_viewport()
    arthur.page.locator(".new").wait_for(state="attached")
    pill.click()
    expect(arthur.message("encore")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_message_link_opens_the_room_around_its_message(screen_of, place, servers):
    fill(servers, place, 300)
    arthur = screen_of(place.arthur, permissions=["clipboard-read", "clipboard-write"]).open(
        place.room_id, "?at=100"
    )
    expect(arthur.page.locator('[data-seq="100"]')).to_be_in_viewport()
    assert 100 in arthur.places and 300 not in arthur.places
    arthur.page.locator('[data-seq="101"]').hover()
    arthur.page.locator('[data-action="copy"]').click()
    expect(arthur.page.locator(".toast-text")).to_have_text("Le lien a été copié.")
    link = arthur.page.evaluate("navigator.clipboard.readText()")
    assert re.search(rf"/webmail/rooms/{place.room_id}\?at=101#m-\d+$", link)
    arthur.page.goto(link)
    expect(arthur.page.locator('[data-seq="101"]')).to_be_in_viewport()
    arthur.page.locator('[data-part="pill"]').click()
    arthur.sees("line 300")


def test_phone_shows_one_column_at_a_time(screen_of, place, servers):
    fill(servers, place, 3)
    phone = screen_of(place.arthur, width=390, height=844, has_touch=True, is_mobile=True).open()
    expect(phone.room_link(place.room_id)).to_be_visible()
    expect(phone.page.locator("main")).to_be_hidden()
    phone.room_link(place.room_id).tap()
    phone.wait_until_open()
    expect(phone.page.locator("#rooms")).to_be_hidden()
    phone.composer.fill("du téléphone")
    phone.page.locator(".composer-send").tap()
    phone.sees("du téléphone")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.page.locator(".room-back").tap()
    expect(phone.room_link(place.room_id)).to_be_visible()
    expect(phone.page.locator("main")).to_be_hidden()
    phone.page.go_back()
    expect(phone.composer).to_be_visible()


def test_conversation_works_by_keyboard_alone(screen_of, place, servers):
    make_room(servers, place, "Zone")
    arthur = screen_of(place.arthur).open()
    keys = arthur.page.keyboard
    keys.press("Control+k")
    keys.type("teamch")
    expect(arthur.page.locator("#room_list a:visible")).to_have_count(1)
    keys.press("Enter")
    arthur.wait_until_open()
    expect(arthur.composer).to_be_focused()
    keys.type("ligne 1")
    keys.press("Shift+Enter")
    keys.type("ligne 2")
    keys.press("Enter")
    arthur.sees("ligne 2")
    keys.press("Shift+Tab")
    while not arthur.page.evaluate("document.activeElement.localName === 'tc-message'"):
        keys.press("Shift+Tab")
    keys.press("e")
    expect(arthur.page.locator("tc-editor textarea")).to_be_focused()
    keys.press("Control+a")
    keys.type("corrigé")
    keys.press("Enter")
    arthur.sees("corrigé")
    expect(arthur.composer).to_be_focused()
    keys.press("Alt+ArrowDown")
    expect(arthur.page.locator("main h1")).to_have_text("Zone")
    arthur.wait_until_open()
    keys.press("Alt+ArrowUp")
    expect(arthur.page.locator("main h1")).to_have_text("TeamChat")
    arthur.wait_until_open()
    arthur.page.locator("tc-message").last.focus()
    keys.press("?")
    expect(arthur.page.locator("#keys")).to_be_visible()
    keys.press("Escape")
    expect(arthur.page.locator("#keys")).to_be_hidden()
    arthur.page.locator("tc-message").last.focus()
    keys.press("Delete")
    expect(arthur.page.locator("dialog[open] [data-cancel]")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(arthur.messages.last).to_contain_text("Message supprimé")


def test_days_are_shown_between_messages(screen_of, place, servers):
    from datetime import timedelta

    from app.extensions import db
    from app.models import Message, now

    fill(servers, place, 2)
    with servers.workspace.app.app_context():
        first = db.session.query(Message).filter_by(room_id=place.room_id, seq=1).one()
        first.created_at = now() - timedelta(days=1)
        db.session.commit()
    arthur = screen_of(place.arthur).open(place.room_id)
    expect(arthur.page.locator(".day-name")).to_have_text(["Hier", "Aujourd’hui"])


def test_other_company_has_its_own_rooms(screen_of, place, servers):
    elsewhere = make_place(servers.workspace)
    arthur = screen_of(elsewhere.arthur).open()
    expect(arthur.page.locator("#room_list a")).to_have_count(1)
    expect(arthur.room_link(place.room_id)).to_have_count(0)


def test_at_sign_offers_names_to_the_keyboard(both):
    arthur, jean = both
    names = arthur.page.get_by_role("listbox", name="Personnes à mentionner")
    arthur.composer.press_sequentially("Bonjour @je")
    expect(names.get_by_role("option")).to_have_text([re.compile("jean.*@", re.DOTALL)])
    assert not violations(arthur.page)
    arthur.page.keyboard.press("Escape")
    expect(names).to_be_hidden()
    arthur.page.keyboard.type("a")
    expect(names.get_by_role("option")).to_have_count(1)
    arthur.page.keyboard.press("Enter")
    expect(names).to_be_hidden()
    expect(arthur.composer).to_have_value(re.compile(r"^Bonjour @\S+ $"))
    arthur.page.keyboard.type("!")
    arthur.page.keyboard.press("Enter")
    jean.sees("Bonjour @")
    expect(jean.message("Bonjour @").locator(".mention")).to_be_visible()
    arthur.composer.press_sequentially("a@je")
    expect(names).to_be_hidden()
    arthur.composer.press_sequentially(" @je")
    expect(names.get_by_role("option")).to_have_count(1)
