"""`ui` in every template: the macros of templates/ui, also inside a block that is rendered on its own."""

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
    """The macros by name, each looked for once: a list of fifty rows asks for a hundred of them.

    While developing they are looked up each time, so that editing one shows at once.
    """

    def __init__(self, environment):
        self._environment = environment

    def __getattr__(self, name: str):
        for shelf in MACRO_FILES:
            macro = getattr(self._environment.get_template(f"ui/{shelf}.html").module, name, None)
            if macro is not None:
                if not self._environment.auto_reload:
                    self.__dict__[name] = macro
                return macro
        raise AttributeError(f"The kit has no macro called {name!r}.")


def init_app(app) -> None:
    """Give templates the kit without their having to import it."""
    app.jinja_env.globals["ui"] = Macros(app.jinja_env)
