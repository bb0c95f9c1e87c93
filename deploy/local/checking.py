"""Static checks of Python, scripts, style sheets, templates and catalogues."""

import subprocess
import sys
import time

from deploy.local import checkout, programs
from deploy.local.paths import PYTHON, ROOT, VENV
from deploy.local.steps import CommandError, report

RUFF = str(VENV / "bin/ruff")
NODE = str(programs.find("node") or VENV / "bin/node")
BIOME = [NODE, "node_modules/@biomejs/biome/bin/biome", "check", "--config-path=deploy/biome.jsonc"]
SCRIPTS = ["app/static/js", "app/static/css", "tests/client"]
CHECKS = {
    "format": [RUFF, "format", "--check", "--quiet", "--output-format=concise", "."],
    "code": [RUFF, "check", "--quiet", "--output-format=concise", "."],
    "types": [str(PYTHON), "-m", "mypy", "app", "--cache-dir=var/mypy"],
    "scripts": [*BIOME, "--error-on-warnings", "--colors=off", *SCRIPTS],
    "types of scripts": [NODE, "node_modules/typescript/bin/tsc", "--project", "app/static/js/jsconfig.json"],
    "templates": [str(PYTHON), "-m", "djlint", "app/templates", "--lint", "--quiet"],
    "catalogues": [str(PYTHON), "bin/catalogues", "--check"],
}
FIXES = {
    "code": [RUFF, "check", "--quiet", "--fix", "."],
    "format": [RUFF, "format", "--quiet", "."],
    "scripts": [*BIOME, "--write", "--log-level=none", *SCRIPTS],
    "catalogues": [str(PYTHON), "bin/catalogues"],
}


def main(arguments: list[str]) -> int:
    """Run the checks, after the fixes with --fix. Return the exit code."""
    if arguments not in ([], ["--fix"]):
        print("bin/check takes nothing, or --fix.", file=sys.stderr)
        return 2
    try:
        checkout.prepare_to_check()
    except (CommandError, OSError) as error:
        return report(error)
    if arguments:
        for command in FIXES.values():
            subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    return 0 if check() else 1


def check() -> bool:
    """Run all checks and print what is not in order. Return whether all passed."""
    results = [_run_check(name, command) for name, command in CHECKS.items()]
    return all(results)


def _run_check(name: str, command: list[str]) -> bool:
    start = time.monotonic()
    process = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    verdict = "not in order" if process.returncode else "in order"
    print(f"  {name}: {verdict} ({time.monotonic() - start:.1f} s)", flush=True)
    if process.returncode:
        print(process.stdout, flush=True)
    return process.returncode == 0
