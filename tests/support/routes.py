"""The application's addresses, as tests walk them."""

from flask import Flask

WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def rules(app: Flask) -> list:
    """Every route but that of static files."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def write_routes(app: Flask) -> set[str]:
    """Endpoints that take something else than GET."""
    return {rule.endpoint for rule in rules(app) if rule.methods & WRITING}


def address_of(app: Flask, rule, **values) -> str:
    """Return an address of a route, with 1 or x for variables that are not given."""
    filled = {name: 1 if "Integer" in type(kind).__name__ else "x" for name, kind in rule._converters.items()}
    known = {name: value for name, value in values.items() if name in filled}
    with app.test_request_context(base_url="https://localhost"):
        return app.url_for(rule.endpoint, **{**filled, **known})
