"""Lists with a hundred thousand accounts: time of a page, a preview, an export, a task.

    TEST_DATABASE_URL=… python -m bench.lists [--accounts N] [--explain]

It makes a database of its own, fills it, requests every page in this process, and drops it again. Times are
the whole request, without network and proxy.
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
    options = arguments.parse_args()
    os.environ.setdefault("SECRET_KEY", "a secret of a measurement")
    os.environ.setdefault("LOG_LEVEL", "error")
    with schema.temporary_database(f"teamchat_lists_{os.getpid()}") as url:
        app = create_app(TESTING=True, DEMO=False, SQLALCHEMY_DATABASE_URI=url, REDIS_URL="")
        app.test_client_class = Visitor
        with app.app_context():
            schema.migrate()
            domain, admin = fill_domain(options.accounts)
            client = app.test_client()
            client.sign_in(admin)
            for name, query in PAGES.items():
                measure(
                    client, name, f"/admin/domains/{domain.id}/accounts{query}", explained=options.explain
                )
            measure_deep_page(client, domain)
            measure_bulk(client, domain, admin)
            db.session.remove()
            db.engine.dispose()


def fill_domain(count: int) -> tuple[Domain, Account]:
    """Make a domain with so many accounts and an administrator."""
    domain = factories.make_domain("grand.example")
    admin = factories.make_account(domain, "admin", role=Role.SERVER)
    db.session.execute(text(FILL.format(count=count)), {"domain": domain.id, "name": domain.name})
    db.session.commit()
    db.session.execute(text("ANALYZE TABLE accounts"))
    db.session.commit()
    return domain, admin


def measure(client, name: str, url: str, *, explained: bool = False) -> None:
    """Print the time of a page in ms: median and worst of some."""
    print_times(name, [time_request(client, url) for _ in range(TIMES)][1:])
    if explained:
        explain(client, url)


def time_request(client, url: str) -> float:
    """Return the time of one request in ms."""
    start = time.perf_counter()
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    answer.get_data()
    return 1000 * (time.perf_counter() - start)


def print_times(name: str, times: list[float]) -> None:
    """Print the times of one measurement."""
    print(f"{name:48} p50 {statistics.median(times):8.1f} ms   worst {max(times):8.1f} ms", flush=True)


def explain(client, url: str) -> None:
    """Print the plans of a page's statements on accounts."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "FROM accounts" in statement and statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    client.get(url)
    event.remove(Engine, "before_cursor_execute", note)
    for statement, parameters in statements:
        raw = db.session.connection().connection.cursor()
        raw.execute(f"EXPLAIN {statement}", parameters)
        for row in raw.fetchall():
            print("      ", row[2:], statement[:60].replace("\n", " "))


def measure_deep_page(client, domain: Domain) -> None:
    """Measure a page far down, which should cost what the first does, by name and by last sign-in."""
    for sort in ("name", "-seen"):
        page = client.get(f"/admin/domains/{domain.id}/accounts?sort={sort}").text
        for _ in range(40):
            following = page.rpartition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
            page = client.get(following).text
        print_times(f"page 42, sort={sort}", [time_request(client, following) for _ in range(TIMES)][1:])


def measure_bulk(client, domain: Domain, admin: Account) -> None:
    """Measure a preview, an export and a task on every account."""
    accounts = bulk.collection_named("accounts")
    filters = {"domain": str(domain.id)}
    selection = Selection(None, filters)
    action = accounts.action(admin, "mute")
    start = time.perf_counter()
    preview = bulk.preview(admin, accounts, action, selection, {})
    print(f"preview of {preview.total} accounts: {time.perf_counter() - start:.2f} s")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, size = time.perf_counter(), 0
    answer = client.get(f"/admin/domains/{domain.id}/accounts.csv", buffered=False)
    for piece in answer.iter_encoded():
        size += len(piece)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"export: {size / 1e6:.1f} MB in {time.perf_counter() - start:.2f} s, memory grows by {grown:.1f} MB"
    )
    task = bulk.start_action(admin, accounts, action, selection, {})
    start = time.perf_counter()
    tasks.run(task.id, seconds=15)
    db.session.refresh(task)
    rate = task.done_count / (time.perf_counter() - start)
    print(
        f"task: {rate:.0f} accounts a second ({task.total_count} take {task.total_count / rate / 60:.1f} minutes)"
    )


if __name__ == "__main__":
    main()
