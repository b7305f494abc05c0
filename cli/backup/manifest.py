"""The manifest (清单) of a backup: what it holds, with digests; written last, so that half a backup has none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from cli.ops.answer import CouldNot

FORMAT: Final = "ssj-backup-1"
NAME: Final = "manifest.json"
KEYS: Final = "keys.wrapped"
FILES: Final = "files"


def dump_of(service: str) -> str:
    """Where the dump of a service stands in a backup."""
    return f"databases/{service}.dump"


def end_of(service: str) -> str:
    """Where the end of a service's log stands: events numbered after its dump began, while others were dumped."""
    return f"ends/{service}.jsonl"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`services`: service → when its dump began and how far its log was numbered then. `contents`: path → SHA-256."""

    begun_at: str
    finished_at: str
    district: str
    profile: str
    postgres: int
    marks: list[str]
    services: dict[str, dict[str, Any]]
    contents: dict[str, str]
    format: str = FORMAT


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def contents_of(folder: Path) -> dict[str, str]:
    """Every file below, but the manifest itself."""
    return {str(path.relative_to(folder)): digest_of(path) for path in _below(folder) if path.name != NAME}


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def write(folder: Path, manifest: Manifest) -> None:
    text = orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / NAME).write_bytes(text + b"\n")


def read(folder: Path) -> Manifest:
    """Raises CouldNot for a folder that is no backup, or an unfinished one."""
    path = folder / NAME
    if not path.is_file():
        raise CouldNot("ssj.no_backup", f"{folder} 中没有完整的备份（缺少 {NAME}）")
    found = orjson.loads(path.read_bytes())
    if found.get("format") != FORMAT:
        raise CouldNot("ssj.backup_unknown", f"{folder} 的备份格式 {found.get('format')} 不认识")
    return Manifest(**found)


def check(folder: Path, manifest: Manifest, only: tuple[str, ...] | None = None) -> None:
    """Every file (or only those) is there and as it was written. Raises CouldNot naming the first that is not."""
    for name, digest in manifest.contents.items():
        if only is not None and name not in only:
            continue
        path = folder / name
        if not path.is_file() or digest_of(path) != digest:
            raise CouldNot("ssj.backup_damaged", f"备份已损坏：{name} 缺失或与清单不符")
