"""Which images an installation needs: derived from the rendered manifests and from compose, never listed by hand."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from deploy.docker.pick import OPERATIONS
from deploy.rules.model import WORKLOADS, pod_of
from deploy.rules.render import OVERLAYS, render
from deploy.topology import PRODUCERS

COMPOSE: Final = Path(__file__).resolve().parents[1] / "compose.yaml"
ARCHITECTURES: Final = ("amd64", "arm64")
"""Both: an image for amd64 alone is the commonest failure on 鲲鹏 machines."""
UPSTREAM: Final = {
    "ssj/nats": "nats, the project's own image",
    "ssj/postgres": "postgres, the official image (compose only)",
    "ssj/postgresql": "CloudNativePG's operand image",
}
"""What is not built here but mirrored under the one prefix, and where it comes from."""


@dataclass(frozen=True, order=True)
class Image:
    """`reference` is `ssj/name:tag`; `built_here` tells whether `deploy/docker/Dockerfile` makes it."""

    reference: str
    built_here: bool

    @property
    def name(self) -> str:
        return self.reference.rpartition(":")[0]

    @property
    def file(self) -> str:
        """The archive's name in the bundle."""
        return self.reference.replace("/", "_").replace(":", "_") + ".tar"


@cache
def needed_images() -> tuple[Image, ...]:
    """Every image of every overlay and of compose, sorted."""
    found = {
        str(one["image"])
        for overlay in OVERLAYS
        for owner in render(overlay)
        if owner.kind in WORKLOADS
        for one in pod_of(owner).containers
    }
    found |= {
        str(one.get("spec.imageName")) for overlay in OVERLAYS for one in render(overlay) if one.kind == "Cluster"
    }
    found |= {str(one["image"]) for one in yaml.safe_load(COMPOSE.read_text("utf-8"))["services"].values()}
    return tuple(sorted(Image(reference, _built_here(reference)) for reference in found))


def _built_here(reference: str) -> bool:
    return reference.rpartition(":")[0].removeprefix("ssj/") in (*PRODUCERS, OPERATIONS)
