"""Afterwards: what follows a committed fact."""


def init_app(app) -> None:
    """Have the listeners listen."""
    from app.listeners import broadcasts

    broadcasts.init_app(app)
