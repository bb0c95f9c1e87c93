"""All measurements, side by side in one run. Started by bench/run."""

import argparse
import json
import time

from bench import fanout, pages, propagation, reconnection, rights, table, whole_domain
from bench.client import Client, Refused
from bench.company import PASSWORD, RARE_WORD
from bench.targets import VAR, Application, Bare, Grounds, Minimal

BARE, OWN = Bare.name, Application.name
SERVERS = (BARE, "minimal library", "minimal lane", OWN)
READERS, POSTERS = 200, 10
LIMIT_SECONDS = 560
FAN_OUT = (
    ("ceiling server_ms", "At the ceiling: server processor ms per 1,000 deliveries"),
    ("ceiling stores_ms", "  of MariaDB and Redis besides"),
    ("ceiling client_ms", "  of the measuring client"),
    ("ceiling per_second", "  deliveries per second"),
    ("ceiling lost", "  lost"),
    ("latency server_ms", "At 4,000 deliveries/s: server processor ms per 1,000"),
    ("latency p50", "  p50 ms"),
    ("latency p95", "  p95 ms"),
    ("latency p99", "  p99 ms"),
    ("latency lost", "  lost"),
    ("posts per_second", "Posts per second, 10 readers, 16 outstanding"),
    ("posts server_ms_each", "  server processor ms each"),
    ("posts stores_ms_each", "  of MariaDB and Redis besides"),
    ("storm kib", "KiB per idle connection, of 1,000"),
    ("storm seconds", "1,000 come back at once after a restart: seconds"),
    ("storm server_ms_each", "  server processor ms each"),
)
BUSY = (
    ("busy p50", "At 4,000 deliveries/s among visitors: p50 ms"),
    ("busy p95", "  p95 ms"),
    ("busy p99", "  p99 ms"),
    ("busy lost", "  lost"),
    ("busy pages", "  pages served meanwhile"),
    ("busy sign_ins", "  sign-ins meanwhile"),
)


def main():
    arguments = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    arguments.add_argument(
        "--rounds", type=int, default=3, help="how often each server has its turn (default 3)"
    )
    rounds = arguments.parse_args().rounds
    began = time.monotonic()
    results = table.Results()
    print_progress("preparing a company of 10,000 people, 1,000 rooms and 200,000 messages")
    with Grounds() as grounds:
        weight = html_bytes(grounds)
        application_figures = application_alone(grounds)
        done = 0
        while done < rounds and has_time_for_another(began, done):
            done += 1
            for target in targets(grounds, weight):
                print_progress(f"round {done} of {rounds}: {target.name}")
                measure(target, results)
    print_report(results, *application_figures, done)
    (VAR / "results.json").write_text(json.dumps(results.as_dict(), indent=1))
    print(f"\n{time.monotonic() - began:.0f} s; every run's figures are in {VAR / 'results.json'}")


def has_time_for_another(began, done):
    """Return whether one more round would end within the limit, judged by those before."""
    spent = time.monotonic() - began
    return not done or spent + spent / done < LIMIT_SECONDS


def targets(grounds, weight):
    """Yield the servers in their order."""
    yield Bare(weight)
    yield Minimal(weight, "library")
    yield Minimal(weight, "lane")
    yield Application(grounds)


def measure(target, results):
    """Measure one server. A failed measurement is reported and has no figure."""
    target.start()
    try:
        for name, turn in turns(target):
            try:
                figures = turn()
            except (RuntimeError, OSError, Refused) as problem:
                print_progress(f"{target.name}: {name} failed: {problem}")
                continue
            results.add(target.name, {f"{name} {figure}": value for figure, value in figures.items()})
    finally:
        target.stop()


def turns(target):
    """Yield the measurements of one server in turn."""
    crowd = fanout.arrive(target, READERS)
    crowd.read_for(1)
    yield "latency", lambda: fanout.latency(target, crowd)
    if isinstance(target, Application):
        visitor_requests = visits(target.grounds.company)
        yield "busy", lambda: pages.latency_among_visitors(target, crowd, visitor_requests)
    yield "ceiling", lambda: fanout.ceiling(target, crowd)
    crowd.close()
    few = fanout.arrive(target, POSTERS)
    yield "posts", lambda: fanout.posts(target, few)
    few.close()
    yield "storm", lambda: reconnection.storm(target)


def visits(company):
    """Return the requests of visitors during a conversation."""
    paths = [
        "/admin/",
        "/admin/domains/2/accounts",
        "/admin/domains/1/groups",
        "/webmail/",
        f"/webmail/rooms/{company.old_room}",
    ]
    return {"paths": paths, "cookie": company.administrator, "signers": company.signers, "password": PASSWORD}


def application_alone(grounds):
    """Measure pages, rights, and the delay of changes of rights, of the application alone."""
    print_progress("pages and rights")
    company = grounds.company
    target = Application(grounds)
    target.start()
    try:
        page_figures = {path: pages.page(target, path, cookie) for path, cookie in listed_pages(company)}
        changes = propagation.measure_delays(target)
    finally:
        target.stop()
    people = {"somebody in 30 groups": company.typical, "somebody in all 1,000 groups": company.observer}
    rights_figures = {label: rights.visible_rooms(grounds.app, account) for label, account in people.items()}
    return page_figures, rights_figures, changes, list(whole_domain.report(grounds.app))


def listed_pages(company):
    """Yield the existing long lists with the cookie of somebody allowed to see them."""
    member, administrator = company.cookies[5], company.administrator
    history = f"/webmail/rooms/{company.old_room}"
    yield f"{history}/messages?before=200001", member
    yield f"{history}/messages?before=100000", member
    yield history, member
    yield "/webmail/", member
    yield rare_word(company)
    yield "/admin/domains/", administrator
    yield "/admin/domains/2/accounts", administrator
    yield "/admin/domains/2/accounts?q=employee99", administrator
    yield "/admin/domains/1/groups", administrator


def rare_word(company):
    """Return the search for a word of one message in a long history."""
    return f"/webmail/search?q={RARE_WORD}", company.cookies[5]


def html_bytes(grounds):
    """Return the bytes of a message's HTML, so that every server sends as much."""
    target = Application(grounds)
    target.start()
    try:
        client = Client(target.address, target.cookies[0]).arrive()
        client.emit("room:open", {"room_id": target.room_id})
        client.answer()
        return len(fanout.first_html(client, target.room_id))
    finally:
        target.stop()


def print_report(results, page_figures, rights_figures, changes, whole_domain_lines, rounds):
    """Print everything as text."""
    print(
        f"\nMedians of {rounds} rounds, {READERS} readers in one room. The bare server is npm's socket.io on Node.\n"
    )
    print("\n".join(table.lines(results, FAN_OUT, SERVERS, (OWN, BARE))))
    print("\nWhile pages are read and people sign in without a pause\n")
    print("\n".join(table.lines(results, BUSY, (OWN,))))
    print("\nPages, one after the other (ms; processor ms of the web server)\n")
    for path, figures in page_figures.items():
        print(f"{path:50} {figures['p50']:8.1f} {figures['server_ms_each']:8.1f}")
    print("\nWhich rooms a person sees (ms; processor ms; statements; rooms)\n")
    for label, figures in rights_figures.items():
        times = f"{figures['p50']:8.1f} {figures['processor_ms']:8.1f}"
        print(f"{label:50} {times} {figures['statements']:4} {figures['rooms']:6}")
    print("\nUntil a change of rights reaches an open window (p50 ms; p95 ms)\n")
    print("\n".join(propagation.report(changes)))
    print("\nA whole domain in 200 groups of 5 rooms\n")
    print("\n".join(whole_domain_lines))


def print_progress(message):
    """Print the progress."""
    print(f"… {message}", flush=True)


if __name__ == "__main__":
    main()
