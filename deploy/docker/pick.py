"""`python deploy/docker/pick.py SERVICE INTO`: the files of one image, none of another service."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = "operations"
START = '''\
"""Starts what this image is for; arguments are passed on."""

import runpy
import sys

runpy.run_module({module}, run_name="__main__", alter_sys=True)
'''
FIRST_ARGUMENT = "sys.argv.pop(1)"
"""The operations image runs the module that its first argument names."""


def parts_of(service: str) -> tuple[tuple[str, ...], str]:
    """What of the tree goes into the image, and the module it starts (a Python expression). Raises ValueError."""
    if service == "gateway":
        return ("shared", "gateway", "docs/errors.md"), '"gateway.main"'
    if service == OPERATIONS:
        return ("shared", "cli", "verifier", "deploy"), FIRST_ARGUMENT
    if not (ROOT / "services" / service / "main.py").is_file():
        raise ValueError(f"no service {service}")
    return ("shared", "services/__init__.py", f"services/{service}"), f'"services.{service}.main"'


def pick(service: str, into: Path) -> None:
    """Copies the parts and writes `start.py`."""
    parts, module = parts_of(service)
    for part in parts:
        source, target = ROOT / part, into / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    (into / "start.py").write_text(START.format(module=module), encoding="utf-8")


if __name__ == "__main__":
    pick(sys.argv[1], Path(sys.argv[2]))
