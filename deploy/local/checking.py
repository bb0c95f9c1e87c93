"""bin/check: static checks of Python, scripts, style sheets, templates and catalogues."""

import subprocess
import sys
import time

from deploy.local import checkout, programs
from deploy.local.paths import PYTHON, ROOT, VENV
from deploy.local.steps import Stopped, fault

RUFF = str(VENV / "bin/ruff")
NODE = str(programs.find("node") or VENV / "bin/node")
BIOME = [NODE, "node_modules/@biomejs/biome/bin/biome", "check", "--config-path=deploy/biome.jsonc"]
SCRIPTS = ["app/static/js", "app/static/css", "tests/client"]
LOOKING = {
    "format": [RUFF, "format", "--check", "--quiet", "--output-format=concise", "."],
    "code": [RUFF, "check", "--quiet", "--output-format=concise", "."],
    "scripts": [*BIOME, "--error-on-warnings", "--colors=off", *SCRIPTS],
    "types of scripts": [NODE, "node_modules/typescript/bin/tsc", "--project", "app/static/js/jsconfig.json"],
    "templates": [str(PYTHON), "-m", "djlint", "app/templates", "--lint", "--quiet"],
    "catalogues": [str(PYTHON), "bin/catalogues", "--check"],
}
MENDING = {
    "code": [RUFF, "check", "--quiet", "--fix", "."],
    "format": [RUFF, "format", "--quiet", "."],
    "scripts": [*BIOME, "--write", "--log-level=none", *SCRIPTS],
    "catalogues": [str(PYTHON), "bin/catalogues"],
}


def main(arguments: list[str]) -> int:
    """Check, or mend first with --fix. Gives the exit code."""
    if arguments not in ([], ["--fix"]):
        print("bin/check takes nothing, or --fix.", file=sys.stderr)
        return 2
    try:
        checkout.prepare_to_check()
    except Stopped as stopped:
        return _say(str(stopped))
    except OSError as error:
        return _say(fault(error))
    if arguments:
        for command in MENDING.values():
            subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    return 0 if check() else 1


def check() -> bool:
    """Look at everything, and show what is not in order."""
    verdicts = [_look(what, command) for what, command in LOOKING.items()]
    return all(verdicts)


def _look(what: str, command: list[str]) -> bool:
    began = time.monotonic()
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    verdict = "not in order" if ended.returncode else "in order"
    print(f"  {what}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
    if ended.returncode:
        print(ended.stdout, flush=True)
    return ended.returncode == 0


def _say(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr)
    return 1
