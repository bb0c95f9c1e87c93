"""A small mail server for tests: it keeps what it is sent, or refuses it."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Mailbox(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP. is_refusing: recipients are turned away. is_silent: it never says a word."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, is_refusing: bool = False, is_silent: bool = False):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.is_refusing = is_refusing
        self.is_silent = is_silent
        self.mails: list[EmailMessage] = []
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        if self.server.is_silent:
            self.server.closing.wait(30)
            return
        self._say("220 mailbox")
        for line in self.rfile:
            word = line.split(b" ")[0].strip().upper()
            if word == b"DATA":
                self._say("354 go on")
                self._keep()
                self._say("250 kept")
            elif word == b"QUIT":
                self._say("221 goodbye")
                return
            elif word == b"RCPT" and self.server.is_refusing:
                self._say("550 nobody of that name")
            else:
                self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))


@contextmanager
def mailbox(**habits):
    """Run a mail server until the block ends."""
    server = Mailbox(**habits)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
