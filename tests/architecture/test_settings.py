"""The environment is read in one place, and every variable says what it is for."""

import re

from tests.support import source

CONFIG = "app/config.py"
READS = re.compile(r"os\.environ|os\.getenv|getenv\(")
NAME = re.compile(r"""(?:environ\.get\(|environ\[|_flag\(|_number\()\s*["']([A-Z_]+)["']""")


def text_of(name: str) -> str:
    return (source.ROOT / name).read_text(encoding="utf-8")


@source.each(name=sorted({*source.python_files("app/", "migrations/", "wsgi.py")} - {CONFIG}))
def test_only_configuration_reads_environment(name):
    assert not READS.search(text_of(name)), f"{name}: make it a setting of {CONFIG}"


def test_every_variable_is_explained():
    text = text_of(CONFIG)
    explained = set(re.findall(r"[A-Z][A-Z_]+", " ".join(re.findall(r"(?:#|\"\"\").*", text))))
    read = set(NAME.findall(text))
    assert len(read) > 15
    assert not read - explained, f"say what these are for: {sorted(read - explained)}"
