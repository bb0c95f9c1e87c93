"""Valid values of SmartDiscover's fields."""

import pytest

from app.errors import Invalid
from app.rules import discovery

GUIDE = [
    "mobilesync",
    "webdav",
    "webclient",
    "webadmin",
    "freebusy",
    "calendar",
    "sms",
    "antispam",
    "install",
    "teamchat_api",
    "collaboration_api",
    "conference_api",
]


def test_twelve_urls_have_order_of_guide():
    assert [url.name for url in discovery.URLS] == GUIDE
    assert [protocol.name for protocol in discovery.PROTOCOLS] == ["smtp", "pop3", "imap", "xmpp", "sip"]
    assert [url.name for url in discovery.URLS if url.is_required] == [
        "webclient",
        "webadmin",
        "teamchat_api",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "https://mail.iwdemo.fr/webmail/",
        "https://mail.iwdemo.fr:8443/webmail/",
        "https://192.0.2.7/webmail/",
        "https://[2001:db8::7]/webmail/",
        "https://localhost:8443/webmail/",
        "https://courriel.café.fr/webmail/",
        "https://mail.iwdemo.fr/webmail/?skin=x",
    ],
)
def test_https_url_with_host_and_path_is_accepted(app, value):
    assert discovery.checked("webclient", f"  {value} ") == value


@pytest.mark.parametrize(
    "value",
    [
        "http://mail.iwdemo.fr/webmail/",
        "ftp://mail.iwdemo.fr/webmail/",
        "mail.iwdemo.fr/webmail/",
        "//mail.iwdemo.fr/webmail/",
        "https:///webmail/",
        "https://mail/webmail/",
        "https://mail_x.iwdemo.fr/webmail/",
        "https://-mail.iwdemo.fr/webmail/",
        "https://mail..fr/webmail/",
        "https://1.2.3/webmail/",
        "https://mail.iwdemo.fr",
        "https://mail.iwdemo.fr/",
        "https://mail.iwdemo.fr:0/webmail/",
        "https://mail.iwdemo.fr:99999/webmail/",
        "https://mail.iwdemo.fr:x/webmail/",
        "https://anna:secret@mail.iwdemo.fr/webmail/",
        "https://mail.iwdemo.fr/web mail/",
        "https://mail.iwdemo.fr/webmail/#top",
        'https://mail.iwdemo.fr/"onload',
        "https://mail.iwdemo.fr/<x>",
        "https://mail.iwdemo.fr/\nX-Header: 1/",
        "javascript:alert(1)",
        "https://[::1/webmail/",
        f"https://mail.iwdemo.fr/{'x' * 500}",
        "",
    ],
)
def test_invalid_value_is_refused_at_its_field(app, value):
    with pytest.raises(Invalid) as refusal:
        discovery.checked("webclient", value)
    assert refusal.value.field == "webclient"
    assert str(refusal.value)


def test_only_optional_urls_and_protocols_may_be_empty(app):
    assert discovery.checked("sms", "") == ""
    assert discovery.checked("smtp", "") == ""
    for name in ("host_name", "webclient", "webadmin", "teamchat_api"):
        assert discovery.problem_of(name, "")


def test_host_is_normalised(app):
    assert discovery.checked("imap", " Mail.IWDemo.FR. ") == "mail.iwdemo.fr"
    for text in (
        "mail iwdemo.fr",
        "https://mail.iwdemo.fr",
        "mail",
        "mail.iwdemo.fr/x",
        "a" * 254 + ".fr",
        "1.2",
    ):
        assert discovery.problem_of("imap", text), text


def test_protocol_accepts_only_its_own_types(app):
    assert discovery.checked("smtp_type", "second_starttls") == "second_starttls"
    for name, value in (("sip_type", "starttls"), ("imap_type", "second"), ("pop3_type", "")):
        assert discovery.problem_of(name, value)


def test_defaults_use_public_address(app):
    values = discovery.defaults("https://localhost:8443", "mail.iwdemo.fr")
    assert values["webclient"] == "https://mail.iwdemo.fr:8443/webmail/"
    assert values["imap"] == "mail.iwdemo.fr"
    assert values["smtp_type"] == "standard"
    assert values["sms"] == ""
    assert set(values) == set(discovery.NAMES)


def test_changing_host_keeps_ports_paths_and_empty_values(app):
    assert discovery.with_host("webdav", "https://a.fr:9/dav/x?y=1", "b.fr") == "https://b.fr:9/dav/x?y=1"
    assert discovery.with_host("webdav", "https://a.fr/dav/", "2001:db8::7") == "https://[2001:db8::7]/dav/"
    assert discovery.with_host("imap", "a.fr", "b.fr") == "b.fr"
    assert discovery.with_host("imap", "", "b.fr") == ""
    assert discovery.with_host("imap_type", "ssl", "b.fr") == "ssl"
    assert discovery.with_host("webdav", "not a url", "b.fr") == "not a url"


@pytest.mark.parametrize(
    ("name", "value", "is_external"),
    [
        ("webclient", "https://chat.fr/webmail/", False),
        ("webclient", "https://other.fr/webmail/", True),
        ("webclient", "https://chat.fr/elsewhere/", True),
        ("webdav", "https://chat.fr/webdav/", True),
        ("webdav", "", False),
    ],
)
def test_url_not_served_by_teamchat_is_external(app, name, value, is_external):
    assert discovery.is_external(name, value, "chat.fr") is is_external
