"""`ui` in every template: the macros of templates/ui, also inside a block that is rendered on its own."""

from flask import Flask
from jinja2 import Environment

MACRO_FILES = (
    "icon",
    "people",
    "buttons",
    "forms",
    "page",
    "lists",
    "menus",
    "dialogs",
    "selection",
    "list_page",
)


class Macros:
    """The macros of MACRO_FILES by name. Each is looked up once: a list of fifty rows uses about a hundred.

    In development they are looked up each time, so that an edited macro shows at once.
    """

    def __init__(self, environment: Environment):
        self._environment = environment

    def __getattr__(self, name: str):
        for file in MACRO_FILES:
            macro = getattr(self._environment.get_template(f"ui/{file}.html").module, name, None)
            if macro is not None:
                if not self._environment.auto_reload:
                    self.__dict__[name] = macro
                return macro
        raise AttributeError(f"No template of templates/ui has a macro called {name!r}.")


def init_app(app: Flask) -> None:
    """Make the macros available to templates without imports."""
    app.jinja_env.globals["ui"] = Macros(app.jinja_env)
