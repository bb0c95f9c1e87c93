"""TeamChat: a team chat that an administrator can govern."""

from flask import Flask
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from app import config, i18n, templating
from app.extensions import csrf, db, mail, migrate

__version__ = "0.2.0"


def create_app(**overrides) -> Flask:
    """Build the application from the environment; overrides are settings a test or a script wants otherwise."""
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.jinja_environment = templating.Environment
    app.config.update(config.settings(), VERSION=__version__)
    app.config.update(overrides)
    _connect(app)
    _open_doors(app)
    return app


def _connect(app: Flask) -> None:
    settings = app.config
    url = settings["SQLALCHEMY_DATABASE_URI"]
    options = config.engine_options(url, settings["DATABASE_POOL"], settings["DATABASE_TIMEOUT"])
    settings.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {}).update(options)
    db.init_app(app)
    migrate.init_app(app, db)
    mail.init_app(app)
    csrf.init_app(app)
    i18n.init_app(app)
    if make_url(url).get_backend_name() == "sqlite":
        with app.app_context():
            _make_tables()


def _make_tables() -> None:
    """SQLite has no migrations. When several processes start on an empty file, one makes all and the others wait."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        db.metadata.create_all(connection)
        connection.commit()


def _open_doors(app: Flask) -> None:
    from app import assets, blueprints, cli, listeners, logs, macros, realtime, security

    for floor in (logs, security, assets, macros, listeners, blueprints, realtime, cli):
        floor.init_app(app)
    _trust_proxies(app)


def _trust_proxies(app: Flask) -> None:
    """Outermost, so that sockets too see the person's address and not the proxy's."""
    count = app.config["TRUSTED_PROXIES"]
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
