"""A relay between the application and its database that can be shut after a commit and before its answer."""

import contextlib
import os
import socket
import threading
from pathlib import Path

# COM_QUERY with the statement that PyMySQL's commit() sends.
COMMIT = b"\x03COMMIT"

# What makes a commit one of a message: processes also report, now and then, how many are connected.
POSTED = b"INSERT INTO messages "


class Gateway:
    """Passes everything between a Unix socket of its own and MariaDB's."""

    def __init__(self, path: Path, database: Path):
        self.path, self.database = path, database
        self.is_held = threading.Event()
        self._wants: str | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(100)
        threading.Thread(target=self._serve, daemon=True).start()

    def hold_the_next_commit(self) -> None:
        """Let the next COMMIT of a message through to the database and keep its answer to ourselves."""
        self._arm("hold")

    def lose_the_next_commit(self) -> None:
        """Let the next COMMIT of a message through to the database and break the connection instead of answering."""
        self._arm("lose")

    def close(self) -> None:
        """Shut the entry point for good."""
        self._listener.close()
        for pair in self._pairs:
            self._break(pair)
        with contextlib.suppress(OSError):
            os.unlink(self.path)

    def _arm(self, what: str) -> None:
        self.is_held.clear()
        self._wants = what

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self.database))
                self._pairs.append((client, server))
                threading.Thread(target=self._upwards, args=(client, server), daemon=True).start()

    def _upwards(self, client, server) -> None:
        answers = threading.Thread(target=self._downwards, args=(client, server), daemon=True)
        answers.muted = False
        answers.start()
        has_posted = False
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                has_posted = has_posted or POSTED in data
                if COMMIT in data and has_posted and self._wants:
                    self._withhold(answers, client, server, data)
                else:
                    server.sendall(data)
                has_posted = has_posted and COMMIT not in data
        self._break((client, server))

    def _withhold(self, answers, client, server, data) -> None:
        what, self._wants = self._wants, None
        answers.muted = True
        answers.was_answered = threading.Event()
        server.sendall(data)
        assert answers.was_answered.wait(10)
        if what == "lose":
            self._break((client, server))
        self.is_held.set()

    def _downwards(self, client, server) -> None:
        me = threading.current_thread()
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if me.muted:
                    me.was_answered.set()
                else:
                    client.sendall(data)
        self._break((client, server))

    @staticmethod
    def _break(pair) -> None:
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
