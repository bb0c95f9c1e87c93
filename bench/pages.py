"""Pages: their time, and their effect on a conversation.

Run as a program it is a visitor: python -m bench.pages JSON reads pages and signs people in until it is
ended, and prints the counts.
"""

import html
import http.client
import json
import re
import signal
import subprocess
import sys
import time
from urllib.parse import urlencode, urlsplit

from bench import fanout
from bench.fanout import Meter
from bench.processes import stop

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
SEE_OTHER = (302, 303)


class Browser:
    """A connection with cookies, and nothing more."""

    def __init__(self, address, cookie=""):
        self._host = urlsplit(address).netloc
        self._connection = http.client.HTTPConnection(self._host, timeout=60)
        self._cookies = dict([cookie.split("=", 1)]) if cookie else {}

    def get(self, path):
        """Return the status and the text of a page."""
        return self._ask("GET", path)

    def post(self, path, form):
        """Return the status and the text of the answer to a form."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"https://{self._host}/",
        }
        return self._ask("POST", path, urlencode(form), headers)

    def sign_in(self, address, password):
        """Sign in through the form. Error: RuntimeError."""
        page = self.get("/sign-in")[1]
        token = html.unescape(TOKEN.search(page).group(1))
        status, _ = self.post("/sign-in", {"csrf_token": token, "address": address, "password": password})
        if status not in SEE_OTHER:
            raise RuntimeError(f"signing in is answered with {status}")

    def _ask(self, method, path, body=None, headers=None):
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, {**FORWARDED, "Cookie": cookies, **(headers or {})})
        answer = self._connection.getresponse()
        for line in answer.msg.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.read().decode()


def page(target, path, cookie, times=30):
    """Return the time of a page, in turn: median in ms, and the web server's processor time for each."""
    browser = Browser(target.address, cookie)
    for _ in range(3):
        _expect(browser.get(path)[0], path)
    delays = []
    with Meter(target) as cost:
        for _ in range(times):
            start = time.monotonic()
            _expect(browser.get(path)[0], path)
            delays.append(1000 * (time.monotonic() - start))
    return {"p50": sorted(delays)[times // 2], "server_ms_each": 1000 * cost.server / times}


def latency_among_visitors(target, crowd, visits):
    """Return the latency of a fan-out while a visitor reads pages and signs people in without a pause."""
    arguments = json.dumps({"address": target.address, **visits})
    visitor = subprocess.Popen(
        [sys.executable, "-m", "bench.pages", arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        time.sleep(1)
        measured = fanout.latency(target, crowd)
    finally:
        stop(visitor)
    counts = json.loads(visitor.stdout.read())
    return {**measured, **counts}


def visit(address, paths, cookie, signers, password):
    """Read pages and sign people in, by turns, until ended; print the counts of both."""
    counts = {"pages": 0, "sign_ins": 0}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(print(json.dumps(counts)) or 0))
    reader = Browser(address, cookie)
    while True:
        for path in paths:
            _expect(reader.get(path)[0], path)
            counts["pages"] += 1
            Browser(address).sign_in(signers[counts["sign_ins"] % len(signers)], password)
            counts["sign_ins"] += 1


def _expect(status, path):
    if status != http.client.OK:
        raise RuntimeError(f"{path} is answered with {status}")


if __name__ == "__main__":
    visit(**json.loads(sys.argv[1]))
