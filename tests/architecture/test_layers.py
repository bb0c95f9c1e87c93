"""Layers: imports go down only, operations alone write, entry points alone know the web."""

from tests.support import source

LAYERS = {
    "app.models": 1,
    "app.rules": 2,
    "app.queries": 3,
    "app.operations": 4,
    "app.listeners": 5,
    "app.mail_rendering": 5,
    "app.blueprints": 6,
    "app.realtime": 6,
    "app.cli": 6,
    "app.jobs": 6,
}
ENTRY_POINTS = tuple(name for name, layer in LAYERS.items() if layer == 6)

# Modules that every layer may use, with the modules of ours that each of them may import.
SHARED = {
    "app.errors": (),
    "app.config": (),
    "app.limits": ("app.errors",),
    "app.text": (),
    "app.assets": (),
    "app.background": (),
    "app.events": ("app.models",),
    "app.extensions": ("app.models",),
    "app.identity": ("app.models",),
    "app.i18n": ("app.extensions",),
    "app.htmx": ("app.i18n",),
    "app.templating": (),
    "app.channels": ("app.extensions",),
    "app.transaction": ("app.models", "app.errors", "app.events", "app.extensions"),
    "app.logs": ("app.identity",),
    "app.security": ("app.errors", "app.extensions", "app.identity"),
    "app.macros": (),
    "app.links": (),
    "app.encryption": (),
}

WEB = ("flask_login", "flask_wtf", "wtforms", "flask_socketio", "socketio", "engineio", "werkzeug")
WEB_NAMES = {"request", "session", "render_template", "redirect", "url_for", "make_response", "Blueprint"}
WRITES = {"add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects", "bulk_insert_mappings"}
WRITING_STATEMENTS = {"insert", "update", "delete"}

# The person who installs the server is signed in immediately.
SECTION_IMPORTS = {"app.blueprints.setup.views": {"sessions"}}

# The command that is the worker process.
STARTERS = {"app.cli.worker": "app.jobs.worker"}

# Signing in releases its connection while the password is compared.
COMMITS = {"app.transaction", "app.operations.sessions"}

MODULES = sorted(source.modules())


def package_of(module: str) -> str:
    """Return the first two levels of a module: app.rules for app.rules.rights.access."""
    return ".".join(module.split(".")[:2])


def layer_of(module: str) -> int | None:
    return LAYERS.get(package_of(module))


def own_imports(module: str) -> set[str]:
    """Return the modules of the application that a module imports."""
    own_modules = {name for name in source.imports(source.modules()[module]) if name.startswith("app.")}
    return own_modules - {module}


def _of(package: str) -> set[str]:
    return {name for name in MODULES if package_of(name) == package}


@source.each(module=MODULES)
def test_every_module_belongs_to_a_layer(module):
    packages = LAYERS.keys() | SHARED.keys() | {"app", "app.integrations"}
    assert package_of(module) in packages or module == "app", (
        f"{module} belongs to no layer: add it to a table above"
    )


@source.each(module=[name for name in MODULES if layer_of(name)])
def test_modules_import_only_lower_layers(module):
    own = layer_of(module)
    too_high = {name for name in own_imports(module) if (layer_of(name) or 0) > own}
    assert not too_high, f"{module} (layer {own}) imports from a higher layer: {sorted(too_high)}"


@source.each(module=[name for name in MODULES if package_of(name) == "app.models"])
def test_models_import_only_models_and_text(module):
    assert {package_of(name) for name in own_imports(module)} <= {"app.models", "app.text"}


@source.each(module=[name for name in MODULES if package_of(name) in ENTRY_POINTS])
def test_entry_points_do_not_import_each_other(module):
    others = {name for name in own_imports(module) if package_of(name) in ENTRY_POINTS} - _of(
        package_of(module)
    )
    others -= {STARTERS.get(module)}
    assert not others, f"{module} imports another entry point: {sorted(others)}"


@source.each(module=[name for name in MODULES if name.startswith("app.blueprints.")])
def test_sections_do_not_import_each_other(module):
    own = module.split(".")[2]
    sections = {
        name.split(".")[2]
        for name in MODULES
        if name.count(".") >= 3 and package_of(name) == "app.blueprints"
    }
    imported = {name.split(".")[2] for name in own_imports(module) if name.startswith("app.blueprints.")}
    others = (imported & sections) - {own} - SECTION_IMPORTS.get(module, set())
    assert not others, f"{module} imports another section: {sorted(others)}"


@source.each(module=[name for name in MODULES if package_of(name) == "app.integrations"])
def test_integrations_import_nothing_of_the_application(module):
    assert {package_of(name) for name in own_imports(module)} <= {"app.integrations"}


@source.each(module=[name for name in MODULES if package_of(name) in SHARED])
def test_shared_modules_import_only_what_is_listed(module):
    extra = {package_of(name) for name in own_imports(module)} - {package_of(module)}
    extra -= set(SHARED[package_of(module)])
    assert not extra, f"{module} may not know {sorted(extra)}"


@source.each(module=[name for name in MODULES if 1 <= (layer_of(name) or 9) <= 4])
def test_lower_layers_do_not_import_the_web(module):
    name = source.modules()[module]
    assert not {imported for imported in source.imports(name) if imported.split(".")[0] in WEB}
    assert not {word for home, word in source.imported_names(name) if home == "flask" and word in WEB_NAMES}


@source.each(module=[name for name in MODULES if package_of(name) == "app.listeners"])
def test_listeners_use_templates_but_no_request(module):
    name = source.modules()[module]
    assert not {word for home, word in source.imported_names(name) if (home, word) == ("flask", "request")}
    assert not {
        imported
        for imported in source.imports(name)
        if imported.split(".")[0] in ("flask_login", "flask_wtf", "wtforms")
    }


@source.each(module=[name for name in MODULES if layer_of(name) in (2, 3, 5, 6)])
def test_only_operations_write(module):
    name = source.modules()[module]
    called = {call for call, _ in source.calls(name)}
    assert not {
        call for call in called if call.startswith("db.session.") and call.rpartition(".")[2] in WRITES
    }
    statements = {word for home, word in source.imported_names(name) if home.startswith("sqlalchemy")}
    assert not statements & WRITING_STATEMENTS, f"{module} writes by itself"


@source.each(module=sorted(set(MODULES) - COMMITS))
def test_only_the_transaction_commits(module):
    called = {call for call, _ in source.calls(source.modules()[module])}
    assert not {call for call in called if call.endswith("session.commit")}


def test_exceptions_are_still_needed():
    for module in COMMITS:
        assert any(call.endswith("session.commit") for call, _ in source.calls(source.modules()[module])), (
            module
        )
    for module, started in STARTERS.items():
        assert started in own_imports(module), module
    for module, sections in SECTION_IMPORTS.items():
        imported = own_imports(module)
        assert all(
            any(name.startswith(f"app.blueprints.{section}.") for name in imported) for section in sections
        ), module


def test_no_modules_import_each_other_in_a_circle():
    graph = {module: own_imports(module) & set(MODULES) for module in MODULES}
    while leaves := {module for module, imports in graph.items() if not imports & graph.keys()}:
        graph = {module: imports for module, imports in graph.items() if module not in leaves}
    assert not graph, f"these modules, or some that they import, form a circle: {sorted(graph)}"
