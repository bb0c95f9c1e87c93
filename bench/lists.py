"""Lists with a hundred thousand accounts: how long the server takes for a page, a preview, an export, a task.

    TEST_DATABASE_URL=… python -m bench.lists [--accounts N] [--explain]

It makes a database of its own, fills it, asks for every page in this process, and drops it again. Times are the whole
request, without network and proxy.
"""

import argparse
import os
import resource
import statistics
import time

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from app import create_app
from app.extensions import db
from app.models import Account, Domain, Role
from app.operations import bulk, tasks
from app.operations.bulk import Selection
from tests.support import factories, schema
from tests.support.visitor import Visitor

TIMES = 15
FILL = """
INSERT INTO accounts (domain_id, address, name, password_hash, role, state, is_guest, has_groupware, has_webdav,
  has_teamchat, last_sign_in_at, created_at, row_version, link_generation, password_generation, search_text)
SELECT :domain, CONCAT('p', seq, '@', :name), CONCAT(ELT(1 + seq % 7, 'Zoé', 'Arthur', 'Élodie', 'Jean', 'Béatrice',
  'Łukasz', 'Ömer'), ' ', SUBSTRING(MD5(seq), 1, 8)), 'x', IF(seq % 1000 = 0, 'domain', 'user'),
  IF(seq % 50 = 0, 'disabled', IF(seq % 77 = 0, 'muted', 'enabled')), 0, 1, 1, seq % 10 <> 0,
  IF(seq % 3 = 0, NULL, NOW(6) - INTERVAL (seq % 200) DAY), NOW(6), 1, 0, 0,
  CONCAT('p', seq, '@', :name, '\n', ELT(1 + seq % 7, 'zoe', 'arthur', 'elodie', 'jean', 'beatrice', 'lukasz', 'omer'),
  ' ', SUBSTRING(MD5(seq), 1, 8))
FROM seq_1_to_{count}
"""

PAGES = {
    "first page": "",
    "by address": "?sort=address",
    "by last sign-in, newest first": "?sort=-seen",
    "by last sign-in, oldest first": "?sort=seen",
    "disabled": "?state=disabled",
    "administrators": "?role=domain",
    "without TeamChat": "?feature=no-teamchat",
    "never signed in": "?seen=never",
    "not for 90 days": "?seen=not-90",
    "disabled, without TeamChat, not for 30 days": "?state=disabled&feature=no-teamchat&seen=not-30",
    "search by part of a name": "?q=elodie",
    "search by part of an address": "?q=p4711",
    "search that finds nothing": "?q=zzzzzz",
    "search, disabled, by last sign-in": "?q=jean&state=disabled&sort=-seen",
}


def main() -> None:
    """Fill, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--accounts", type=int, default=100_000)
    arguments.add_argument("--explain", action="store_true")
    asked = arguments.parse_args()
    os.environ.setdefault("SECRET_KEY", "a secret of a measurement")
    os.environ.setdefault("LOG_LEVEL", "error")
    with schema.temporary_database(f"teamchat_lists_{os.getpid()}") as url:
        app = create_app(TESTING=True, DEMO=False, SQLALCHEMY_DATABASE_URI=url, REDIS_URL="")
        app.test_client_class = Visitor
        with app.app_context():
            schema.migrate()
            domain, admin = filled(asked.accounts)
            client = app.test_client()
            client.sign_in(admin)
            for name, query in PAGES.items():
                measure(client, name, f"/admin/domains/{domain.id}/accounts{query}", explained=asked.explain)
            deep(client, domain)
            others(client, domain, admin)
            db.session.remove()
            db.engine.dispose()


def filled(count: int) -> tuple[Domain, Account]:
    """Return a domain with so many accounts, and its administrator."""
    domain = factories.make_domain("grand.example")
    admin = factories.make_account(domain, "admin", role=Role.SERVER)
    db.session.execute(text(FILL.format(count=count)), {"domain": domain.id, "name": domain.name})
    db.session.commit()
    db.session.execute(text("ANALYZE TABLE accounts"))
    db.session.commit()
    return domain, admin


def measure(client, name: str, url: str, *, explained: bool = False) -> None:
    """Print how long a page takes: median and worst of some, in ms."""
    told(name, [one(client, url) for _ in range(TIMES)][1:])
    if explained:
        explain(client, url)


def one(client, url: str) -> float:
    """How long one request takes, in ms."""
    start = time.perf_counter()
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    answer.get_data()
    return 1000 * (time.perf_counter() - start)


def told(name: str, times: list[float]) -> None:
    """Print one line."""
    print(f"{name:48} p50 {statistics.median(times):8.1f} ms   worst {max(times):8.1f} ms", flush=True)


def explain(client, url: str) -> None:
    """Print how the database goes about the statements of a page that concern accounts."""
    seen = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "FROM accounts" in statement and statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    client.get(url)
    event.remove(Engine, "before_cursor_execute", note)
    for statement, parameters in seen:
        raw = db.session.connection().connection.cursor()
        raw.execute(f"EXPLAIN {statement}", parameters)
        for row in raw.fetchall():
            print("      ", row[2:], statement[:60].replace("\n", " "))


def deep(client, domain: Domain) -> None:
    """A page far down costs what the first does: the last one, by name and by last sign-in."""
    for sort in ("name", "-seen"):
        page = client.get(f"/admin/domains/{domain.id}/accounts?sort={sort}").text
        for _ in range(40):
            following = page.rpartition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
            page = client.get(following).text
        told(f"page 42, sort={sort}", [one(client, following) for _ in range(TIMES)][1:])


def others(client, domain: Domain, admin: Account) -> None:
    """What touches every account: preview, export, a task."""
    accounts = bulk.collection_named("accounts")
    wanted = {"domain": str(domain.id)}
    everybody = Selection(None, wanted)
    action = accounts.action(admin, "mute")
    start = time.perf_counter()
    found = bulk.preview(admin, accounts, action, everybody, {})
    print(f"preview of {found.total} accounts: {time.perf_counter() - start:.2f} s")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, size = time.perf_counter(), 0
    answer = client.get(f"/admin/domains/{domain.id}/accounts.csv", buffered=False)
    for piece in answer.iter_encoded():
        size += len(piece)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"export: {size / 1e6:.1f} MB in {time.perf_counter() - start:.2f} s, memory grows by {grown:.1f} MB"
    )
    task = bulk.start_action(admin, accounts, action, everybody, {})
    start = time.perf_counter()
    tasks.run(task.id, seconds=15)
    db.session.refresh(task)
    rate = task.done_count / (time.perf_counter() - start)
    print(
        f"task: {rate:.0f} accounts a second ({task.total_count} take {task.total_count / rate / 60:.1f} minutes)"
    )


if __name__ == "__main__":
    main()
