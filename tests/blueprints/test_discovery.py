"""SmartDiscover in WebAdmin: for the server, for a domain, and its check."""

import json
import re

import pytest

from app.blueprints.discovery import checking
from app.errors import Forbidden
from app.integrations.probe import ProbeResult
from app.operations import discovery as verbs
from app.rules import discovery as questions
from app.rules.server import settings
from tests.support.forms import form_in

SERVER = "/admin/smartdiscover"


def of(domain) -> str:
    return f"/admin/domains/{domain.id}/smartdiscover"


def form_of(client, url: str) -> dict:
    return form_in(client.get(url).text, "webclient")


@pytest.fixture
def is_reached(monkeypatch):
    """No check connects to anything; what would have been looked at is noted."""
    seen = []

    def found(values, *, is_trusted):
        seen.append((values, is_trusted))
        return [
            checking.CheckResult(
                "webclient", values["webclient"], ProbeResult("localhost", 8443, problem="dns")
            )
        ]

    monkeypatch.setattr(checking, "check_values", found)
    return seen


def test_the_fields_have_the_guides_labels_and_order(people, client_of):
    people.admin.language = "fr"
    page = client_of(people.admin).get(SERVER).text
    labels = [
        "Nom d’hôte public",
        *("SMTP", "POP3", "IMAP", "XMPP", "SIP"),
        *("MobileSync (ActiveSync)", "WebDAV & SmartAttach", "WebClient", "WebAdmin", "Libre / Occupé"),
        *("Agenda Internet", "SMS", "Rapports Anti-Spam", "Programmes clients", "URL API TeamChat"),
        *("URL API Collaboration", "URL API Conférence"),
    ]
    found = re.findall(r'<div class="told-label">\s*<label for="[^"]*">([^<]*)</label>', page)
    assert found == labels


def test_what_the_form_shows_can_be_saved_as_it_is_and_changes_nothing(people, client_of):
    client = client_of(people.admin)
    form = form_of(client, SERVER)
    assert form["webclient"] == "https://localhost:8443/webmail/"
    assert client.post(SERVER, data=form).status_code == 303
    assert questions.server().own == {}


def test_what_is_set_is_kept_and_what_is_not_follows_the_host_name(people, client_of):
    client = client_of(people.admin)
    form = form_of(client, SERVER)
    wanted = {"host_name": "Mail.IWDemo.fr", "webdav": "https://dav.iwdemo.fr/webdav/", "imap_type": "ssl"}
    assert client.post(SERVER, data=form | wanted).status_code == 303
    told = questions.server()
    assert told.own == {
        "host_name": "mail.iwdemo.fr",
        "webdav": "https://dav.iwdemo.fr/webdav/",
        "imap_type": "ssl",
    }
    assert told.values["webclient"] == "https://mail.iwdemo.fr:8443/webmail/"
    assert told.values["imap"] == "mail.iwdemo.fr"
    assert settings.public_url() == "https://mail.iwdemo.fr:8443"
    page = client.get(SERVER).text
    assert page.count("Own value") == 3
    assert "External" in page


def test_web_administrator_changes_urls_and_not_the_host_of_mailed_links(people, client_of):
    client = client_of(people.web_admin)
    form = form_of(client, SERVER)
    page = client.get(SERVER).text
    (host,) = re.findall(r'<input[^>]*name="host_name"[^>]*>', page)
    assert "readonly" in host and 'name="move"' not in page
    assert client.post(SERVER, data=form | {"sms": "https://sms.fr/sms/"}).status_code == 303
    form = form_of(client, SERVER)
    assert client.post(SERVER, data=form | {"host_name": "evil.example"}).status_code == 403
    with pytest.raises(Forbidden) as refusal:
        verbs.set_server_discovery(people.web_admin, {"host_name": "evil.example"})
    assert refusal.value.code == "server_only"
    assert settings.public_url() == "https://localhost:8443"
    assert questions.server().own == {"sms": "https://sms.fr/sms/"}
    verbs.set_server_discovery(people.admin, {"host_name": "mail.iwdemo.fr"})
    form = form_of(client, SERVER)
    assert client.post(SERVER, data=form | {"restore": "host_name"}).status_code == 422
    assert client.post(SERVER, data=form | {"host_name": "localhost"}).status_code == 403
    assert settings.public_url() == "https://mail.iwdemo.fr:8443"


def test_host_name_is_open_to_server_administrators(people, client_of):
    page = client_of(people.admin).get(SERVER).text
    (host,) = re.findall(r'<input[^>]*name="host_name"[^>]*>', page)
    assert "readonly" not in host and 'name="move"' in page


def test_every_error_stands_at_its_field_and_what_was_typed_stays(people, client_of):
    client = client_of(people.admin)
    wrong = {
        "webclient": "http://a.fr/webmail/",
        "webadmin": "https://a.fr",
        "sms": "https://b c/",
        "imap": "a b",
    }
    answer = client.post(SERVER, data=form_of(client, SERVER) | wrong)
    assert answer.status_code == 422
    for name, typed in wrong.items():
        assert f'id="{name}-error"' in answer.text
        assert f'value="{typed}"' in answer.text
    assert questions.server().own == {}


def test_a_required_url_cannot_be_taken_away_an_optional_one_can(people, client_of):
    client = client_of(people.admin)
    verbs.set_server_discovery(people.admin, {"sms": "https://sms.fr/sms/"})
    form = form_of(client, SERVER)
    assert client.post(SERVER, data=form | {"sms": ""}).status_code == 303
    assert questions.server().values["sms"] == ""
    assert client.post(SERVER, data=form_of(client, SERVER) | {"webclient": ""}).status_code == 422


def test_a_default_comes_back_by_its_button_and_is_saved_afterwards(people, client_of):
    verbs.set_server_discovery(
        people.admin, {"webclient": "https://x.fr/w/", "smtp": "s.fr", "smtp_type": "ssl"}
    )
    client = client_of(people.admin)
    form = form_of(client, SERVER)
    shown = client.post(SERVER, data=form | {"restore": "smtp"})
    assert shown.status_code == 422
    again = form_in(shown.text, "webclient")
    assert (again["smtp"], again["smtp_type"], again["webclient"]) == (
        "localhost",
        "standard",
        "https://x.fr/w/",
    )
    assert questions.server().own["smtp"] == "s.fr", "nothing is saved by the small button"
    assert client.post(SERVER, data=again).status_code == 303
    assert questions.server().own == {"webclient": "https://x.fr/w/"}


def test_the_small_button_answers_htmx_with_the_fields_alone(people, client_of):
    client = client_of(people.admin)
    data = form_of(client, SERVER) | {"move": "1", "host_name": "neuf.fr"}
    answer = client.fragment(SERVER, "fields", method="POST", data=data)
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert 'value="https://neuf.fr:8443/webmail/"' in answer.text


def test_everything_is_set_to_the_host_name_before_it_is_saved(people, client_of):
    verbs.set_server_discovery(people.admin, {"webdav": "https://old.fr/dav/", "sip": "sip.old.fr"})
    client = client_of(people.admin)
    shown = client.post(SERVER, data=form_of(client, SERVER) | {"move": "1", "host_name": "neuf.fr"})
    form = form_in(shown.text, "webclient")
    assert form["webdav"] == "https://neuf.fr/dav/"
    assert form["sip"] == "neuf.fr"
    assert form["sms"] == ""
    assert client.post(SERVER, data=form).status_code == 303
    assert questions.server().own == {"host_name": "neuf.fr", "webdav": "https://neuf.fr/dav/"}


def test_a_wrong_host_name_moves_nothing(people, client_of):
    client = client_of(people.admin)
    answer = client.post(SERVER, data=form_of(client, SERVER) | {"move": "1", "host_name": "a b"})
    assert answer.status_code == 422
    assert 'id="host_name-error"' in answer.text
    assert "https://localhost:8443/webmail/" in answer.text


def test_the_slower_of_two_is_shown_the_difference(people, client_of):
    client = client_of(people.admin)
    form = form_of(client, SERVER)
    verbs.set_server_discovery(people.web_admin, {"sms": "https://sms.fr/sms/"})
    answer = client.post(SERVER, data=form | {"webdav": "https://dav.fr/dav/"})
    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.text
    again = form_in(answer.text, "webclient")
    assert again["sms"] == "https://sms.fr/sms/"
    assert client.post(SERVER, data=again).status_code == 303
    assert questions.server().own == {"sms": "https://sms.fr/sms/", "webdav": "https://dav.fr/dav/"}


def test_the_servers_values_are_for_who_answers_for_the_server(people, client_of, is_reached):
    client = client_of(people.domain_admin)
    assert client.get(SERVER).status_code == 403
    assert client.post(SERVER, data={}).status_code == 403
    assert client.post(f"{SERVER}/check").status_code == 403
    assert SERVER not in client.get("/admin/").text
    assert f'href="{SERVER}"' in client_of(people.web_admin).get("/admin/").text
    assert is_reached == []


def test_a_domain_inherits_and_has_its_own(people, client_of):
    verbs.set_server_discovery(people.admin, {"sms": "https://sms.fr/sms/"})
    client = client_of(people.domain_admin)
    form = form_of(client, of(people.domain))
    assert form["sms"] == "https://sms.fr/sms/"
    assert client.post(of(people.domain), data=form | {"imap": "imap.iwdemo.fr"}).status_code == 303
    page = client.get(of(people.domain)).text
    assert page.count("Own value") == 1
    assert page.count("Inherited from the server") == 17
    verbs.set_server_discovery(people.admin, {"sms": "https://neuf.fr/sms/", "imap": "autre.fr"})
    assert questions.of(people.domain).values["sms"] == "https://neuf.fr/sms/"
    assert questions.of(people.domain).values["imap"] == "imap.iwdemo.fr"
    assert questions.of(people.other_domain).values["imap"] == "autre.fr"


def test_a_domain_may_say_that_it_offers_nothing_and_inherit_again(people, client_of):
    verbs.set_server_discovery(people.admin, {"sms": "https://sms.fr/sms/"})
    client = client_of(people.domain_admin)
    client.post(of(people.domain), data=form_of(client, of(people.domain)) | {"sms": ""})
    assert questions.of(people.domain).values["sms"] == ""
    shown = client.post(of(people.domain), data=form_of(client, of(people.domain)) | {"restore": "sms"})
    form = form_in(shown.text, "webclient")
    assert form["sms"] == "https://sms.fr/sms/"
    client.post(of(people.domain), data=form)
    assert questions.of(people.domain).own == {}


def test_what_is_a_domains_own_stays_when_the_server_says_the_same(people, client_of):
    client = client_of(people.domain_admin)
    client.post(of(people.domain), data=form_of(client, of(people.domain)) | {"imap": "imap.iwdemo.fr"})
    verbs.set_server_discovery(people.admin, {"imap": "imap.iwdemo.fr"})
    client.post(of(people.domain), data=form_of(client, of(people.domain)) | {"pop3": "pop.iwdemo.fr"})
    assert set(questions.of(people.domain).own) == {"imap", "pop3"}


def test_another_tenants_values_are_not_found(people, client_of, is_reached):
    client = client_of(people.domain_admin)
    data = form_of(client, of(people.domain)) | {"imap": "evil.fr"}
    assert client.get(of(people.other_domain)).status_code == 404
    assert client.post(of(people.other_domain), data=data).status_code == 404
    assert client.post(f"{of(people.other_domain)}/check").status_code == 404
    assert questions.of(people.other_domain).own == {}
    assert is_reached == []


def test_a_domains_change_is_in_its_history_in_words(people, client_of):
    client = client_of(people.domain_admin)
    client.post(of(people.domain), data=form_of(client, of(people.domain)) | {"imap": "imap.iwdemo.fr"})
    page = client.get(f"/admin/domains/{people.domain.id}/history").text
    for words in ("SmartDiscover changed", "IMAP", "imap.iwdemo.fr"):
        assert words in page


def test_a_domains_form_too_shows_the_slower_the_difference(people, client_of):
    client = client_of(people.domain_admin)
    form = form_of(client, of(people.domain))
    verbs.set_domain_discovery(people.admin, people.domain, {"sms": "https://sms.fr/sms/"})
    verbs.set_domain_discovery(people.admin, people.domain, {"sms": "https://sms.fr/2/"})
    answer = client.post(of(people.domain), data=form | {"imap": "imap.iwdemo.fr"})
    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.text


@pytest.mark.parametrize(
    ("who", "is_trusted"), [("admin", True), ("web_admin", True), ("domain_admin", False)]
)
def test_who_administers_a_domain_is_not_trusted_with_our_network(
    people, client_of, is_reached, who, is_trusted
):
    answer = client_of(getattr(people, who)).post(f"{of(people.domain)}/check")
    assert answer.status_code == 200
    assert [trusted for _values, trusted in is_reached] == [is_trusted]
    assert "The name localhost is unknown" in answer.text


def test_the_servers_check_answers_htmx_with_its_results(people, client_of, is_reached):
    answer = client_of(people.admin).fragment(f"{SERVER}/check", "results", method="POST")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "check-failure" in answer.text


def test_what_was_stored_by_another_version_is_passed_over(people):
    row = settings.Setting.DISCOVERY
    from app.operations.server.settings import set_setting

    set_setting(people.admin, row, json.dumps({"faxes": "x", "imap": "i.fr"}))
    assert questions.server().own == {"imap": "i.fr"}
