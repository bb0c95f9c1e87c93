"""TeamChat: a team chat that an administrator can govern."""

import structlog
from flask import Flask
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from app import config, i18n, templating
from app.extensions import csrf, db, mail, migrate

__version__ = "0.2.0"

log = structlog.get_logger()


def create_app(**overrides) -> Flask:
    """Build the application from the environment. overrides: settings that tests and scripts replace."""
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.jinja_environment = templating.Environment
    app.config.update(config.settings(), VERSION=__version__)
    app.config.update(overrides)
    _bind_extensions(app)
    _register_parts(app)
    for earlier, name in config.renamed_settings():
        log.warning("a setting has a new name; the earlier one works until 0.3", earlier=earlier, name=name)
    return app


def _bind_extensions(app: Flask) -> None:
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
            _create_sqlite_tables()


def _create_sqlite_tables() -> None:
    """Create all tables, as SQLite has no migrations. Processes that start together wait for the first one."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        db.metadata.create_all(connection)
        connection.commit()


def _register_parts(app: Flask) -> None:
    # Imported here: these modules import the extensions, which import the models, from this package.
    from app import assets, blueprints, cli, listeners, logs, macros, realtime, security  # noqa: PLC0415

    for module in (logs, security, assets, macros, listeners, blueprints, realtime, cli):
        module.init_app(app)
    _trust_proxies(app)


def _trust_proxies(app: Flask) -> None:
    """Wrap the application last, so that sockets too see the person's address and not the proxy's."""
    count = app.config["TRUSTED_PROXIES"]
    proxy_fix = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
    app.wsgi_app = proxy_fix  # type: ignore[method-assign]  # Flask documents this as the way to add middleware
