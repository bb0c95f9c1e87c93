"""Connection options of the database."""

from app.config import engine_options

SOCKET = "mysql+pymysql://chat@localhost/chat?unix_socket=/run/mariadb.sock"
NETWORK = "mysql+pymysql://chat:secret@db.iwdemo.fr/chat"


def test_encryption_is_used_on_the_network_only():
    assert engine_options(SOCKET, 20, 10)["connect_args"]["ssl_disabled"] is True
    assert "ssl_disabled" not in engine_options(NETWORK, 20, 10)["connect_args"]


def test_sqlite_gets_no_connection_options():
    assert "connect_args" not in engine_options("sqlite:///chat.sqlite", 20, 10)
