"""Documents that clients fetch: MS-OXDSCLI (outlook), MS-ASCMD (mobilesync), Autodiscover v2."""

import base64
from xml.etree import ElementTree

import pytest

from app.blueprints.discovery import labels, pox
from app.blueprints.discovery.checking import CheckResult
from app.extensions import db
from app.integrations.probe import ProbeResult
from app.models import AccountState, Session
from app.operations import discovery as verbs
from app.rules import discovery
from app.rules.accounts import passwords
from app.rules.certificates import State
from tests.support import factories

URL = "/autodiscover/autodiscover.xml"
PASSWORD = "une phrase que personne ne devine"
COMMON = "{http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006}"
OUTLOOK, MOBILE = f"{{{pox.OUTLOOK}}}", f"{{{pox.MOBILE}}}"


@pytest.fixture
def arthur(people):
    """arthur, with a password that the tests know."""
    people.arthur.password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()
    return people.arthur


def asked(address: str, schema: str = pox.OUTLOOK, request_schema: str = pox.OUTLOOK_REQUEST) -> bytes:
    """Return a request as the documents show it."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{request_schema}"><Request>'
        f"<EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema>"
        "</Request></Autodiscover>"
    ).encode()


def basic(name: str, password: str = PASSWORD) -> dict:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def post(visitor, body: bytes, name: str = "arthur@iwdemo.fr", password: str = PASSWORD, url: str = URL):
    headers = {**basic(name, password), "Content-Type": "text/xml"}
    return visitor.open(url, method="POST", data=body, headers=headers, has_token=False)


def texts(element, space: str) -> dict[str, str]:
    return {child.tag.removeprefix(space): child.text for child in element}


def error_of(answer) -> str:
    root = ElementTree.fromstring(answer.data)
    assert root.tag == f"{COMMON}Autodiscover"
    error = root.find(f"{COMMON}Response/{COMMON}Error")
    assert error.attrib.keys() == {"Time", "Id"}
    assert [child.tag.removeprefix(COMMON) for child in error] == ["ErrorCode", "Message", "DebugData"]
    return error.findtext(f"{COMMON}ErrorCode")


@pytest.mark.parametrize("url", [URL, "/Autodiscover/Autodiscover.xml", "/AutoDiscover/AutoDiscover.xml"])
def test_outlook_is_told_hosts_ports_and_protection(visitor, people, arthur, url):
    verbs.set_server_discovery(
        people.admin,
        {
            "imap": "imap.iwdemo.fr",
            "imap_type": "ssl",
            "smtp": "smtp.iwdemo.fr",
            "smtp_type": "second_starttls",
        },
    )
    answer = post(visitor, asked("arthur@iwdemo.fr"), url=url)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    root = ElementTree.fromstring(answer.data)
    assert root.tag == f"{COMMON}Autodiscover"
    account = root.find(f"{OUTLOOK}Response/{OUTLOOK}Account")
    assert account.findtext(f"{OUTLOOK}AccountType") == "email"
    assert account.findtext(f"{OUTLOOK}Action") == "settings"
    assert root.findtext(f"{OUTLOOK}Response/{OUTLOOK}User/{OUTLOOK}DisplayName") == arthur.name
    imap, pop, smtp = (texts(one, OUTLOOK) for one in account.findall(f"{OUTLOOK}Protocol"))
    assert (imap["Type"], imap["Server"], imap["Port"]) == ("IMAP", "imap.iwdemo.fr", "993")
    assert (imap["SSL"], imap["Encryption"], imap["LoginName"]) == ("on", "SSL", "arthur@iwdemo.fr")
    assert (pop["Type"], pop["Port"], pop["SSL"], pop["Encryption"]) == ("POP3", "110", "off", "None")
    assert (smtp["Port"], smtp["SSL"], smtp["Encryption"], smtp["AuthRequired"]) == ("587", "on", "TLS", "on")


def test_a_protocol_without_a_host_is_not_told(visitor, people, arthur):
    verbs.set_domain_discovery(people.domain_admin, people.domain, {"pop3": "", "imap": "imap.iwdemo.fr"})
    root = ElementTree.fromstring(post(visitor, asked("Arthur@IWdemo.fr")).data)
    kinds = [one.text for one in root.iter(f"{OUTLOOK}Type")]
    assert kinds == ["IMAP", "SMTP"]
    assert next(root.iter(f"{OUTLOOK}Server")).text == "imap.iwdemo.fr"


def test_a_phone_is_told_where_to_synchronise(visitor, people, arthur):
    verbs.set_server_discovery(
        people.admin, {"mobilesync": "https://as.fr/Microsoft-Server-ActiveSync?a=1&b=2"}
    )
    answer = post(visitor, asked("arthur@iwdemo.fr", pox.MOBILE, pox.MOBILE_REQUEST))
    root = ElementTree.fromstring(answer.data)
    response = root.find(f"{MOBILE}Response")
    assert [child.tag.removeprefix(MOBILE) for child in response] == ["Culture", "User", "Action"]
    assert response.findtext(f"{MOBILE}User/{MOBILE}EMailAddress") == "arthur@iwdemo.fr"
    server = response.find(f"{MOBILE}Action/{MOBILE}Settings/{MOBILE}Server")
    url = "https://as.fr/Microsoft-Server-ActiveSync?a=1&b=2"
    assert texts(server, MOBILE) == {"Type": "MobileSync", "Url": url, "Name": url}


def test_a_phone_is_told_in_its_own_form_that_there_is_nothing(visitor, people, arthur):
    root = ElementTree.fromstring(
        post(visitor, asked("arthur@iwdemo.fr", pox.MOBILE, pox.MOBILE_REQUEST)).data
    )
    error = root.find(f"{MOBILE}Response/{MOBILE}Action/{MOBILE}Error")
    assert error.findtext(f"{MOBILE}Status") == "2"


def test_without_a_password_nothing_is_told(visitor, people, arthur):
    for answer in (
        visitor.get(URL),
        visitor.open(URL, method="POST", data=asked("arthur@iwdemo.fr"), has_token=False),
        visitor.get(URL, headers={"Authorization": "Bearer x"}),
        visitor.get(URL, headers={"Authorization": "Basic %%%"}),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith('Basic realm="TeamChat"')


def test_a_wrong_password_and_a_stranger_are_answered_alike(visitor, people, arthur):
    wrong = post(visitor, asked("arthur@iwdemo.fr"), password="faux")
    stranger = post(visitor, asked("personne@iwdemo.fr"), name="personne@iwdemo.fr")
    assert (wrong.status_code, wrong.data) == (stranger.status_code, stranger.data)
    assert wrong.status_code == 401


def test_guessing_is_slowed_down_as_it_is_at_sign_in(app, visitor, people, arthur):
    app.config["SIGN_IN_FREE"] = 2
    for _ in range(3):
        answer = post(visitor, asked("arthur@iwdemo.fr"), password="faux")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert post(visitor, asked("arthur@iwdemo.fr")).status_code == 429


def test_no_device_is_signed_in_and_no_cookie_is_set(visitor, people, arthur):
    answer = post(visitor, asked("arthur@iwdemo.fr"))
    assert "Set-Cookie" not in answer.headers
    assert db.session.query(Session).filter_by(account_id=arthur.id).count() == 0


def test_guests_and_disabled_accounts_are_told_nothing(visitor, people, arthur):
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    guest.password_hash = arthur.password_hash
    assert post(visitor, asked("bt@darnis.com"), name="bt@darnis.com").status_code == 401
    arthur.state = AccountState.DISABLED
    assert post(visitor, asked("arthur@iwdemo.fr")).status_code == 401


@pytest.mark.parametrize("address", ["jean@iwdemo.fr", "personne@iwdemo.fr", "rivale@autre.example"])
def test_somebody_elses_address_does_not_exist(visitor, people, arthur, address):
    answer = post(visitor, asked(address))
    assert answer.status_code == 200
    assert error_of(answer) == "500"
    assert "jean" not in answer.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "600"),
        (b"not xml", "600"),
        (b"<Autodiscover/>", "600"),
        (asked(""), "600"),
        (asked("arthur@iwdemo.fr", schema=""), "600"),
        (asked("arthur@iwdemo.fr", schema="http://x/2006b"), "601"),
        (asked("arthur@iwdemo.fr", request_schema="http://x"), "600"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + asked("&b;").partition(b"?>")[2], "600"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + asked("x@y.fr").partition(b"?>")[2], "600"),
        (b"<a>" * 5000, "600"),
        (b" " * 20000 + asked("x@y.fr"), "600"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "600"),
    ],
)
def test_what_is_no_request_is_answered_with_the_protocols_error(visitor, people, arthur, body, code):
    answer = post(visitor, body)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert error_of(answer) == code


def test_what_people_are_called_cannot_break_the_answer(visitor, people, arthur):
    arthur.name = "A <b>&\"' ]]>"
    root = ElementTree.fromstring(post(visitor, asked("arthur@iwdemo.fr")).data)
    assert root.findtext(f"{OUTLOOK}Response/{OUTLOOK}User/{OUTLOOK}DisplayName") == "A <b>&\"' ]]>"


V2 = "/autodiscover/autodiscover.json"


def test_version_two_tells_one_protocol_by_the_domain(visitor, people):
    verbs.set_server_discovery(people.admin, {"mobilesync": "https://as.fr/as/"})
    verbs.set_domain_discovery(people.domain_admin, people.domain, {"mobilesync": "https://as.iwdemo.fr/as/"})
    for url in (
        f"{V2}?Email=arthur@iwdemo.fr&Protocol=ActiveSync",
        f"{V2}?Email=personne@iwdemo.fr&Protocol=activesync",
        f"{V2}/v1.0/arthur@iwdemo.fr?Protocol=ActiveSync",
        "/Autodiscover/Autodiscover.json?Email=x@IWDEMO.fr&Protocol=ActiveSync",
    ):
        assert visitor.get(url).json == {"Protocol": "ActiveSync", "Url": "https://as.iwdemo.fr/as/"}
    other = visitor.get(f"{V2}?Email=x@elsewhere.org&Protocol=ActiveSync").json
    assert other["Url"] == "https://as.fr/as/"


def test_version_two_leads_to_version_one(visitor, people):
    found = visitor.get(f"{V2}?Email=arthur@iwdemo.fr&Protocol=AutodiscoverV1").json
    assert found == {"Protocol": "AutodiscoverV1", "Url": f"https://localhost:8443{URL}"}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "MandatoryParameterMissing"),
        ("?Protocol=ActiveSync", 400, "MandatoryParameterMissing"),
        ("?Email=x&Protocol=ActiveSync", 400, "MandatoryParameterMissing"),
        ("?Email=a@b.fr", 400, "MandatoryParameterMissing"),
        ("?Email=a@b.fr&Protocol=Fax", 400, "InvalidProtocol"),
        ("?Email=a@b.fr&Protocol=ActiveSync", 404, "ProtocolNotFound"),
    ],
)
def test_version_twos_errors_are_its_own(visitor, people, query, status, code):
    answer = visitor.get(V2 + query)
    assert answer.status_code == status
    assert answer.json["ErrorCode"] == code
    assert answer.json["ErrorMessage"]


def test_nobody_learns_from_it_who_has_an_account(visitor, people):
    answers = {
        visitor.get(f"{V2}?Email={who}@iwdemo.fr&Protocol=ActiveSync").data for who in ("arthur", "personne")
    }
    assert len(answers) == 1


def test_our_own_document_tells_everything_to_everybody(visitor, people):
    verbs.set_domain_discovery(
        people.domain_admin, people.domain, {"imap": "imap.iwdemo.fr", "imap_type": "ssl", "sip": ""}
    )
    answer = visitor.get("/.well-known/teamchat.json?domain=IWDemo.fr")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    told = answer.json
    assert (told["version"], told["host"]) == (1, "localhost")
    assert told["services"]["imap"] == {"host": "imap.iwdemo.fr", "port": 993, "security": "ssl"}
    assert "sip" not in told["services"]
    assert told["urls"] == {
        "webclient": "https://localhost:8443/webmail/",
        "webadmin": "https://localhost:8443/admin/",
        "teamchat_api": "https://localhost:8443/teamchatapi/",
    }
    assert visitor.get("/.well-known/teamchat.json").json["services"]["imap"]["host"] == "localhost"


def test_the_api_says_what_it_is_and_nothing_of_anybody(visitor, people):
    verbs.set_server_discovery(people.admin, {"webclient": "https://chat.iwdemo.fr/webmail/"})
    answer = visitor.get("/teamchatapi/")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json == {
        "name": "TeamChat",
        "version": 1,
        "urls": {
            "webclient": "https://chat.iwdemo.fr/webmail/",
            "webadmin": "https://localhost:8443/admin/",
            "sign_in": "https://localhost:8443/sign-in",
            "discovery": "https://localhost:8443/.well-known/teamchat.json",
        },
    }


@pytest.mark.parametrize("url", [url for url in discovery.URLS if url.is_required], ids=lambda url: url.name)
def test_what_is_required_and_ours_passes_the_check_where_nobody_has_set_anything(visitor, people, url):
    answer = visitor.get(url.path)
    finding = ProbeResult(
        "localhost", 8443, status=answer.status_code, location=answer.headers.get("Location")
    )
    assert labels.line_of(CheckResult(url.name, url.path, finding)).state is State.OK
