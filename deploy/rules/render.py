"""Overlays rendered by `kubectl kustomize`, and which file declares what."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from deploy.rules.model import Json, Object

MANIFESTS: Final = Path(__file__).resolve().parents[1] / "k8s"
OVERLAYS: Final = tuple(sorted(path.parent.name for path in MANIFESTS.glob("overlays/*/kustomization.yaml")))


class RenderFailed(Exception):
    """kubectl could not render an overlay, or is not there."""


def kubectl() -> str:
    """The program beside this Python (from the wheel), else on the PATH. Raises `RenderFailed`."""
    beside = Path(sys.executable).with_name("kubectl")
    found = str(beside) if beside.is_file() else shutil.which("kubectl")
    if found is None:
        raise RenderFailed("kubectl not found: install requirements/dev.txt")
    return found


@cache
def render_text(overlay: str) -> str:
    """The YAML that would be applied, rendered once a process. Raises `RenderFailed` with kubectl's own words."""
    done = subprocess.run(
        (kubectl(), "kustomize", str(MANIFESTS / "overlays" / overlay)), capture_output=True, text=True, timeout=60
    )
    if done.returncode != 0:
        raise RenderFailed(f"{overlay}: {done.stderr.strip()}")
    return done.stdout


@cache
def render(overlay: str) -> tuple[Object, ...]:
    """Every object of an overlay, in kubectl's order."""
    return tuple(Object(body) for body in yaml.load_all(render_text(overlay), yaml.CSafeLoader) if body)


@cache
def declaring_files() -> dict[tuple[str, str], str]:
    """(kind, name) → the file under `deploy/k8s` that declares it; generated ConfigMaps by their name without hash."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(MANIFESTS.rglob("*.yaml")):
        place = str(path.relative_to(MANIFESTS))
        if place.startswith("base/shape/") or (place.startswith("overlays/") and path.stem != "kustomization"):
            continue
        for body in yaml.load_all(path.read_text("utf-8"), yaml.CSafeLoader):
            found |= {named: place for named in _declared(body)}
    return found


def _declared(body: Json | list[Json] | None) -> Iterator[tuple[str, str]]:
    if not isinstance(body, dict):
        return
    for one in body.get("items", ()) if body.get("kind") == "List" else (body,):
        if one.get("metadata"):
            yield one["kind"], one["metadata"]["name"]
        for generated in one.get("configMapGenerator", ()):
            yield "ConfigMap", generated["name"]
