"""Interruptions of a conversation: the network, a worker, the service, a session."""

import re

from playwright.sync_api import expect

from tests.support.browser.rooms import fill


def test_messages_are_caught_up_in_order_after_network_loss(both, servers):
    arthur, jean = both
    arthur.allow_console_errors()
    arthur.say("avant")
    jean.sees("avant")
    arthur.context.set_offline(True)
    expect(arthur.page.locator("tc-connection")).to_contain_text("Connexion perdue, nouvel essai…")
    arthur.say("hors ligne 1")
    arthur.say("hors ligne 2")
    expect(arthur.pending).to_have_count(2)
    expect(arthur.page.locator("tc-connection")).to_contain_text("2 messages en attente")
    for number in range(60):
        jean.say(f"pendant {number}")
    jean.choose("pendant 59", "delete")
    jean.page.locator("dialog[open] [data-delete]").click()
    arthur.context.set_offline(False)
    expect(arthur.page.locator("tc-connection")).to_be_hidden()
    jean.sees("hors ligne 2", timeout=15000)
    expect(arthur.pending).to_have_count(0)
    arthur.sees_places(list(range(1, 64)))
    jean.sees_places(list(range(1, 64)))
    assert arthur.texts == jean.texts
    assert arthur.texts[-2:] == ["hors ligne 1", "hors ligne 2"] and "Message supprimé" in arthur.texts


def test_reader_at_the_end_returns_to_the_end_after_long_absence(screen_of, place, servers):
    fill(servers, place, 60)
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.allow_console_errors()
    arthur.context.set_offline(True)
    expect(arthur.page.locator("tc-connection")).to_be_visible()
    fill(servers, place, 700)
    arthur.context.set_offline(False)
    arthur.sees_places(list(range(711, 761)), timeout=20000)
    assert len(arthur.places) <= 300
    expect(arthur.message("line 760")).to_be_in_viewport()


def test_reader_of_old_messages_keeps_the_position_after_long_absence(screen_of, place, servers):
    fill(servers, place, 60)
    arthur = screen_of(place.arthur).open(place.room_id, "?at=15")
    arthur.allow_console_errors()
    expect(arthur.page.locator('[data-seq="15"]')).to_be_in_viewport()
    before = arthur.page.locator('[data-seq="15"]').bounding_box()["y"]
    arthur.context.set_offline(True)
    expect(arthur.page.locator("tc-connection")).to_be_visible()
    fill(servers, place, 700)
    arthur.context.set_offline(False)
    pill = arthur.page.locator('[data-part="pill"]')
    expect(pill).to_contain_text("700 nouveaux messages", timeout=20000)
    expect(arthur.page.locator("tc-connection")).to_be_hidden()
    assert abs(arthur.page.locator('[data-seq="15"]').bounding_box()["y"] - before) < 2
    assert len(arthur.places) <= 300
    pill.click()
    arthur.sees("line 760")


def test_killed_worker_loses_no_message(both, servers):
    arthur, jean = both
    arthur.allow_console_errors()
    jean.allow_console_errors()
    arthur.say("un")
    jean.sees("un")
    servers.web.kill()
    arthur.say("deux")
    jean.say("trois")
    expect(arthur.pending).to_have_count(1)
    servers.web.start()
    arthur.sees("trois", timeout=20000)
    jean.sees("deux", timeout=20000)
    arthur.sees_places([1, 2, 3])
    jean.sees_places([1, 2, 3])
    assert arthur.texts == jean.texts and sorted(arthur.texts) == ["deux", "trois", "un"]


def test_unsent_message_survives_a_reload(screen_of, place, servers):
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.allow_console_errors()
    servers.web.kill()
    arthur.say("écrit dans le tunnel")
    expect(arthur.pending).to_have_count(1)
    arthur.composer.fill("et un brouillon")
    arthur.page.goto("about:blank")
    servers.web.start()
    arthur.open(place.room_id)
    arthur.sees("écrit dans le tunnel")
    expect(arthur.pending).to_have_count(0)
    expect(arthur.composer).to_have_value("et un brouillon")
    assert arthur.texts == ["écrit dans le tunnel"]


def test_two_windows_of_one_person_post_each_message_once(screen_of, place, servers):
    arthur = screen_of(place.arthur).open(place.room_id)
    second = arthur.context.new_page()
    second.goto(f"/webmail/rooms/{place.room_id}")
    arthur.context.set_offline(True)
    arthur.allow_console_errors()
    for number in range(5):
        arthur.say(f"message {number}")
    expect(second.locator("tc-pending .is-pending")).to_have_count(5)
    arthur.context.set_offline(False)
    arthur.sees_places([1, 2, 3, 4, 5], timeout=15000)
    expect(arthur.pending).to_have_count(0)
    second.bring_to_front()
    expect(second.locator("tc-message")).to_have_count(5, timeout=30000)
    expect(second.locator("tc-pending .is-pending")).to_have_count(0)
    assert arthur.texts == [f"message {number}" for number in range(5)]


def test_refused_message_stays_with_its_reason(screen_of, place, servers):
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.page.evaluate(
        """async room => {
            const { outbox } = await import("teamchat/lib/outbox");
            outbox.add(room, "x".repeat(40001));
        }""",
        place.room_id,
    )
    expect(arthur.page.locator(".pending-refused")).to_contain_text("40")
    arthur.page.reload()
    arthur.page.locator('.pending-refused [data-way="edit"]').click()
    expect(arthur.pending).to_have_count(0)
    expect(arthur.page.locator("[data-count]").last).to_contain_text("1 caractères de trop")
    expect(arthur.page.locator(".composer-send")).to_be_disabled()
    arthur.composer.fill("plus court")
    arthur.composer.press("Enter")
    arthur.sees("plus court")


def test_burst_over_the_limit_is_sent_later(both):
    arthur, jean = both
    arthur.page.evaluate(
        """async () => {
            const { outbox } = await import("teamchat/lib/outbox");
            const room = Number(document.querySelector("tc-room").dataset.room);
            for (let number = 0; number < 70; number += 1) outbox.add(room, `vite ${number}`);
        }"""
    )
    jean.sees("vite 69", timeout=20000)
    jean.sees_places(list(range(1, 71)))
    expect(arthur.pending).to_have_count(0)


def test_stopped_service_keeps_the_draft_until_it_starts(both, servers):
    arthur, jean = both
    arthur.composer.fill("presque fini")
    servers.console.do("stop_service")
    for person in both:
        expect(person.page.locator("tc-service")).to_be_visible()
        expect(person.page.locator(".composer-send")).to_be_disabled()
    arthur.composer.press("Enter")
    expect(arthur.composer).to_have_value("presque fini")
    arthur.composer.press("End")
    arthur.composer.press_sequentially(" !")
    servers.console.do("start_service")
    for person in both:
        expect(person.page.locator("tc-service")).to_be_hidden(timeout=10000)
        person.wait_until_open()
    expect(arthur.composer).to_have_value("presque fini !")
    arthur.composer.press("Enter")
    jean.sees("presque fini !")
    jean.say("bien reçu")
    arthur.sees("bien reçu")


def test_page_loaded_while_stopped_recovers_by_itself(screen_of, place, servers):
    servers.console.do("stop_service")
    arthur = screen_of(place.arthur)
    arthur.allow_console_errors()
    arthur.page.goto(f"/webmail/rooms/{place.room_id}")
    expect(arthur.page.get_by_text("TeamChat est arrêté").first).to_be_visible()
    servers.console.do("start_service")
    expect(arthur.composer).to_be_visible(timeout=10000)
    expect(arthur.room_link(place.room_id)).to_have_attribute("aria-current", "page")


def test_signed_out_person_keeps_the_draft(screen_of, place, servers):
    jean = servers.workspace.second_device(place.jean)
    screen = screen_of(jean).open(place.room_id)
    screen.composer.fill("un long texte")
    servers.console.do("revoke_session", jean.session_id)
    screen.page.wait_for_url(re.compile("/sign-in"))
    screen.sign_in(place.jean, servers.proxy.url)
    screen.open(place.room_id)
    expect(screen.composer).to_have_value("un long texte")


def test_person_signed_out_while_offline_is_asked_to_sign_in(screen_of, place, servers):
    jean = servers.workspace.second_device(place.jean)
    screen = screen_of(jean).open(place.room_id)
    screen.allow_console_errors()
    screen.context.set_offline(True)
    expect(screen.page.locator("tc-connection")).to_be_visible()
    servers.console.do("revoke_session", jean.session_id)
    screen.context.set_offline(False)
    screen.page.wait_for_url(re.compile(f"/sign-in.*rooms%2F{place.room_id}"))


def test_waiting_messages_are_never_sent_under_another_account(screen_of, place, servers):
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.allow_console_errors()
    arthur.context.set_offline(True)
    arthur.say("de la part d’arthur")
    expect(arthur.pending).to_have_count(1)
    arthur.sign_in(place.jean, servers.proxy.url)
    with arthur.page.expect_navigation():
        arthur.context.set_offline(False)
    arthur.wait_until_open()
    expect(arthur.page.locator("tc-chat")).to_have_attribute("data-account", str(place.jean.id))
    expect(arthur.pending).to_have_count(0)
    arthur.say("de la part de jean")
    arthur.sees_places([1])
    assert arthur.texts == ["de la part de jean"]
    arthur.sign_in(place.arthur, servers.proxy.url)
    arthur.open(place.room_id)
    arthur.sees("de la part d’arthur")
    arthur.sees_places([1, 2])


# The draft is written a moment after the last key.
DRAFT_IS_KEPT = """async text => {
    const store = await import("teamchat/lib/store");
    return store.keysOf("").some(key => JSON.stringify(store.read(key)).includes(text));
}"""


def test_latest_draft_is_kept_when_storage_is_full(screen_of, place):
    arthur = screen_of(place.arthur).open(place.room_id)
    arthur.composer.fill("court")
    arthur.page.wait_for_function(DRAFT_IS_KEPT, arg="court")
    arthur.page.evaluate(
        """() => {
            let piece = "x".repeat(1 << 20);
            for (let number = 0; piece; number += 1) {
                try { localStorage.setItem(`full${number}`, piece); }
                catch { piece = piece.slice(0, piece.length >> 1); }
            }
        }"""
    )
    arthur.composer.fill("court et une suite importante")
    arthur.page.wait_for_function(DRAFT_IS_KEPT, arg="suite importante")
    kept = arthur.page.evaluate(
        """async room => {
            const store = await import("teamchat/lib/store");
            return store.keysOf("").map(key => JSON.stringify(store.read(key)));
        }""",
        place.room_id,
    )
    assert any("suite importante" in text for text in kept), kept
