"""Bill of materials (物料清单) in CycloneDX 1.5 JSON, from the lock and the image list; standard library only."""

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, Final

from deploy.bundle.images import Image

PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One pinned package with the digests of all its files."""

    name: str
    version: str
    digests: tuple[str, ...]


def read_lock(path: Path) -> Iterator[Locked]:
    """Every package of a hashed requirements file."""
    for block in path.read_text("utf-8").replace("\\\n", " ").splitlines():
        if pinned := PIN.match(block):
            yield Locked(pinned[1], pinned[2], tuple(HASH.findall(block)))


def bill_of(packages: Iterable[Locked], images: Iterable[Image], version: str) -> dict[str, Any]:
    """The document. The same lock and images give the same document: its serial number is made from its content."""
    components = [_package(one) for one in packages] + [_image(one) for one in images]
    digest = hashlib.sha256(repr(components).encode()).digest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "ssj", "name": "ssj", "version": version}},
        "components": components,
    }


def _package(one: Locked) -> dict[str, Any]:
    name = re.sub(r"[-_.]+", "-", one.name).lower()
    purl = f"pkg:pypi/{name}@{one.version}"
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": one.version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.digests],
    }
    return found | ({"licenses": [{"license": {"name": licence}}]} if (licence := _licence(one.name)) else {})


def _licence(name: str) -> str | None:
    """As the installed package says; None where it is not installed or says nothing short."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    licence = next((str(said[field]) for field in ("License-Expression", "License") if field in said), "")
    return licence if 0 < len(licence) < 80 and "\n" not in licence else None


def _image(one: Image) -> dict[str, Any]:
    tag = one.reference.rpartition(":")[2]
    return {"type": "container", "bom-ref": one.reference, "name": one.name, "version": tag}
