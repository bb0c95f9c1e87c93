"""The certificate page, and the checks before a certificate is installed."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from app.errors import Forbidden
from app.extensions import db
from app.integrations import certificate_store, certificates, probe
from app.models import AuditEntry, Job, now
from app.operations import certificates as verbs
from app.rules import certificates as questions
from deploy.local import authority
from deploy.local.nginx import current_certificate

URL = "/admin/certificate/"
PEM = serialization.Encoding.PEM
DAY = timedelta(days=1)


@pytest.fixture
def place(app, tmp_path):
    """Make a folder as bin/run does, with the certificate of the checkout."""
    folder = tmp_path / "tls"
    authority.server_certificate(folder)
    current_certificate(folder)
    app.config["TLS_DIR"] = str(folder)
    return folder


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issued(host="localhost", *, key=None, issuer=None, begins=-DAY, ends=90 * DAY, is_authority=False):
    """Return a certificate with its key. issuer: (certificate, key) of the signer; None for a self-signed one."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    above, above_key = issuer or (None, key)
    built = (
        x509.CertificateBuilder(
            subject_name=name(host),
            issuer_name=above.subject if above else name(host),
            public_key=key.public_key(),
        )
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() + begins)
        .not_valid_after(now() + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(above_key, hashes.SHA256())
    )
    return built, key


def pem(*chain) -> str:
    return b"".join(one.public_bytes(PEM) for one in chain).decode()


def key_pem(key, passphrase: str | None = None) -> str:
    how = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, how).decode()


def served(place) -> str:
    return (place / "current/server.pem").read_text()


def post(client, chain: str, key: str, passphrase: str = ""):
    return client.post(f"{URL}install", data={"chain": chain, "key": key, "passphrase": passphrase})


def test_a_chain_and_its_key_are_installed_and_the_one_before_is_kept(place, people, client_of):
    root, root_key = issued("Authority", is_authority=True)
    leaf, key = issued(issuer=(root, root_key))
    client = client_of(people.admin)
    before = served(place)
    assert post(client, pem(leaf, root), key_pem(key)).status_code == 303
    assert served(place) == pem(leaf, root)
    assert (place / "current/server.key").stat().st_mode & 0o777 == 0o600
    assert (place / "changed").exists()
    assert (place / "server.pem").read_text() == before
    page = client.get(URL).text
    assert "Authority" in page and certificates.describe(leaf).fingerprint[:23] in page
    assert db.session.scalar(select(Job).where(Job.kind == verbs.INSPECTION_JOB)) is not None


def test_a_protected_key_is_taken_with_its_passphrase_and_stored_open(place, people, client_of):
    leaf, key = issued()
    client = client_of(people.admin)
    assert post(client, pem(leaf), key_pem(key, "sésame"), "sésame").status_code == 303
    assert (place / "current/server.key").read_text() == key_pem(key)


def test_files_are_taken_as_well(place, people, client_of, tmp_path):
    leaf, key = issued()
    (tmp_path / "c.pem").write_text(pem(leaf))
    (tmp_path / "k.pem").write_text(key_pem(key))
    with (tmp_path / "c.pem").open("rb") as chain, (tmp_path / "k.pem").open("rb") as secret:
        data = {"chain_file": (chain, "c.pem"), "key_file": (secret, "k.pem")}
        assert client_of(people.admin).post(f"{URL}install", data=data).status_code == 303
    assert served(place) == pem(leaf)


def wrong_pairs():
    """Return refused input, by its code: chain, key, passphrase, and the field of the error."""
    root, root_key = issued("Authority", is_authority=True)
    leaf, key = issued(issuer=(root, root_key))
    small = rsa.generate_private_key(65537, 1024)
    other = issued()
    return {
        "unreadable_chain": ("no certificate", key_pem(key), "", "chain"),
        "unreadable_key": (pem(leaf), "no key", "", "key"),
        "passphrase_missing": (pem(leaf), key_pem(key, "x"), "", "key"),
        "needless_passphrase": (pem(leaf), key_pem(key), "x", "key"),
        "wrong_passphrase": (pem(leaf), key_pem(key, "x"), "y", "key"),
        "key_differs": (pem(leaf), key_pem(other[1]), "", "key"),
        "chain_order": (pem(root, leaf), key_pem(key), "", "chain"),
        "chain_order 2": (pem(leaf, other[0]), key_pem(key), "", "chain"),
        "weak_key": (pem(issued(key=small)[0]), key_pem(small), "", "chain"),
        "ended": (pem(issued(key=key, ends=-DAY / 2)[0]), key_pem(key), "", "chain"),
        "not_begun": (pem(issued(key=key, begins=DAY)[0]), key_pem(key), "", "chain"),
        "wrong_host": (pem(issued("autre.fr", key=key)[0]), key_pem(key), "", "chain"),
    }


@pytest.mark.parametrize("code", wrong_pairs())
def test_what_cannot_serve_is_refused_at_its_field_and_nothing_of_a_key_is_shown(
    place, people, client_of, code, caplog
):
    chain, key, passphrase, field = wrong_pairs()[code]
    before, entries = served(place), db.session.query(AuditEntry).count()
    answer = post(client_of(people.admin), chain, key, passphrase)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    secret = key.splitlines()[1] if "KEY" in key else "BEGIN PRIVATE KEY-----\n"
    assert secret not in answer.text and secret not in caplog.text
    assert "PRIVATE KEY-----\n" not in answer.text
    assert served(place) == before
    assert db.session.query(AuditEntry).count() == entries
    assert not list((place / "kept").glob("*"))


def test_a_key_pasted_into_the_wrong_field_is_not_shown_again(place, people, client_of):
    leaf, key = issued()
    answer = post(client_of(people.admin), key_pem(key), pem(leaf))
    assert answer.status_code == 422
    assert key_pem(key).splitlines()[1] not in answer.text
    both = post(client_of(people.admin), pem(leaf) + key_pem(key), "")
    assert key_pem(key).splitlines()[1] not in both.text


def test_the_trail_holds_what_is_public_of_it(place, people, client_of):
    leaf, key = issued()
    post(client_of(people.admin), pem(leaf), key_pem(key, "sésame"), "sésame")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "certificates.install")).one()
    assert certificates.describe(leaf).fingerprint in entry.after
    assert "PRIVATE" not in entry.after and "sésame" not in entry.after
    assert key_pem(key).splitlines()[1] not in entry.after


def test_one_goes_back_to_the_certificate_before(place, people, client_of):
    client = client_of(people.admin)
    before = served(place)
    assert client.post(f"{URL}trial").status_code == 303
    trial = served(place)
    assert trial != before
    assert client.post(f"{URL}kept/{certificate_store.INITIAL}/restore").status_code == 303
    assert served(place) == before
    (kept,) = [one.id for one in questions.installed() if one.id != certificate_store.INITIAL]
    assert client.post(f"{URL}kept/{kept}/restore").status_code == 303
    assert served(place) == trial
    for nonsense in ("x", "..", "20200101T000000-00000000", "%2e%2e"):
        assert client.post(f"{URL}kept/{nonsense}/restore").status_code == 404


def test_a_certificate_whose_time_is_over_is_not_taken_back(place, people, client_of):
    leaf, key = issued(ends=-DAY / 2)
    old = certificate_store.store_certificate(place, pem(leaf).encode(), key_pem(key).encode(), now())
    answer = client_of(people.admin).post(f"{URL}kept/{old}/restore")
    assert answer.status_code == 422
    assert "has ended" in answer.text


def test_the_trial_is_for_the_public_host_and_signs_itself(place, people, client_of):
    client_of(people.admin).post(f"{URL}trial")
    (made,) = certificates.read_chain(served(place).encode())
    told = certificates.describe(made)
    assert told.is_self_signed and told.names == ("localhost",)


def test_what_was_typed_and_refused_is_not_left_by_mistake(place, people, client_of):
    client = client_of(people.admin)
    assert "<tc-guarded-form >" in client.get("/admin/certificate/").text
    refused = client.post("/admin/certificate/install", data={"chain": "x", "key": "y"})
    assert "<tc-guarded-form data-unsaved>" in refused.text


def test_only_so_many_are_kept(place, people):
    for _ in range(certificate_store.STORED_MAX + 3):
        verbs.make_trial_certificate(people.admin)
    assert len(questions.installed()) == certificate_store.STORED_MAX + 1
    assert sum(one.is_served for one in questions.installed()) == 1


def test_certificate_is_for_server_administrators_only(place, people, client_of):
    before = served(place)
    for person in (people.web_admin, people.domain_admin, people.arthur):
        client = client_of(person)
        assert client.get(URL).status_code == 403
        for act in ("install", "trial", "look", f"kept/{certificate_store.INITIAL}/restore"):
            assert client.post(f"{URL}{act}").status_code == 403
    assert served(place) == before
    for person in (people.web_admin, people.domain_admin):
        assert URL not in client_of(person).get("/admin/").text
    assert f'href="{URL}"' in client_of(people.admin).get("/admin/").text


def test_certificate_operations_refuse_web_administrators(place, people):
    leaf, key = issued()
    before = served(place)
    for act in (
        lambda: verbs.install_certificate(people.web_admin, pem(leaf), key_pem(key)),
        lambda: verbs.make_trial_certificate(people.web_admin),
        lambda: verbs.restore_certificate(people.web_admin, certificate_store.INITIAL),
        lambda: verbs.request_inspection(people.web_admin),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "server_only"
    assert served(place) == before


def test_where_tls_ends_elsewhere_the_page_says_so_and_installs_nothing(app, people, client_of):
    app.config["TLS_DIR"] = ""
    client = client_of(people.admin)
    page = client.get(URL).text
    assert "TLS ends in front of this server" in page
    assert "textarea" not in page
    leaf, key = issued()
    assert post(client, pem(leaf), key_pem(key)).status_code == 422
    assert client.post(f"{URL}trial").status_code == 422


def test_what_a_handshake_shows_is_kept_and_shown(place, people, client_of, monkeypatch):
    root, root_key = issued("Racine", is_authority=True)
    leaf, _key = issued(issuer=(root, root_key), ends=10 * DAY)
    chain = tuple(map(certificates.describe, (leaf, root)))
    seen = probe.ProbeResult(
        "localhost", 8443, certificate=chain[0], chain=chain, distrust="unable to get local issuer"
    )
    monkeypatch.setattr(probe, "probe_tls", lambda *_: seen)
    client = client_of(people.admin)
    assert client.post(f"{URL}look").status_code == 303
    verbs.inspect_public_address()
    assert questions.last_seen().chain == chain
    page = client.get(URL).text
    for words in (
        "Racine",
        chain[0].fingerprint,
        "It ends in 9 days",
        "unable to get local issuer",
        "is being loaded",
    ):
        assert words in page
    assert "has not loaded it" in client.fragment(f"{URL}?tried=12", "served").text


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("self-signed certificate", "il est signé par lui-même"),
        ("unable to get local issuer certificate", "l’autorité qui l’a émis n’est pas connue ici"),
        ("certificate has expired", "il a expiré"),
        ("something new", "something new"),
    ],
)
def test_why_it_is_not_believed_is_told_in_words(place, people, client_of, monkeypatch, reason, told):
    leaf, _key = issued(ends=DAY / 2)
    chain = (certificates.describe(leaf),)
    seen = probe.ProbeResult("localhost", 8443, certificate=chain[0], chain=chain, distrust=reason)
    monkeypatch.setattr(probe, "probe_tls", lambda *_: seen)
    verbs.inspect_public_address()
    people.admin.language = "fr"
    db.session.commit()
    page = client_of(people.admin).get(URL).text
    assert told in page and "Il expire dans moins d’un jour" in page


def test_an_address_that_cannot_be_reached_is_told(place, people, client_of, monkeypatch):
    monkeypatch.setattr(
        probe, "probe_tls", lambda *_: probe.ProbeResult("localhost", 1, problem="tcp", detail="refused")
    )
    verbs.inspect_public_address()
    assert "cannot reach its own public address" in client_of(people.admin).get(URL).text
