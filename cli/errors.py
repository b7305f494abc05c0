"""The catalogue of errors (错误目录) as a page: every code that an officer or a client may meet, from the classes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deploy import topology
from services.draw.domain.errors import Refusal
from services.draw.domain.refused import ProtocolRefused
from shared.runtime.problems import status_of
from shared.values.errors import DomainError

PAGE = Path(__file__).resolve().parents[1] / "docs" / "errors.md"
TITLES = {
    "request": "各服务共有",
    "registry": "名录库服务",
    "planning": "清单与计划服务",
    "draw": "抽取服务",
    "results": "检查结果服务",
    "credit": "信用服务",
    "disclosure": "公示服务",
    "exchange": "数据交换服务",
    "gateway": "网关",
}
_PACKAGES = ("shared.runtime", *(f"services.{name}" for name in topology.SERVICES), "gateway")
_PLACES = ("shared.", "services.", "gateway.")
T = TypeVar("T")
_HEAD = """# Errors (错误目录)

Written by `make snapshots` from the error classes; a test compares. An error answers as RFC 9457
`application/problem+json`: `code` is stable, `detail` is the message below with `{…}` filled from `params`, `type` is
`/problems/<code>`. Errors of single fields stand in `errors`, each with a JSON pointer. What a message leaves open, the
officer finds in `params`; every answer carries the `request_id` to ask with.
"""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One line of the catalogue; `message` is a template that `params` fill."""

    code: str
    status: int
    message: str


def entries() -> list[Entry]:
    """Every error that can be raised, by code. Roots without a message of their own are none."""
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    ours = (cls for cls in _below(DomainError) if cls.__module__.startswith(_PLACES))
    raised = (cls for cls in ours if "message" in vars(cls) or not cls.__subclasses__())
    return sorted({entry for cls in raised for entry in _entries_of(cls)})


def _entries_of(cls: type[DomainError]) -> list[Entry]:
    if cls is ProtocolRefused:
        made = [ProtocolRefused(row()) for row in _below(Refusal) if row.code]
        return [Entry(error.code, status_of(error), error.detail) for error in made]
    bare = cls.__new__(cls)
    return [Entry(bare.code, status_of(bare), cls.message)]


def _below(root: type[T]) -> Iterator[type[T]]:
    for cls in root.__subclasses__():
        yield cls
        yield from _below(cls)


def error_catalogue() -> str:
    """The page: a table per service with code, HTTP status and Chinese message."""
    lines: list[str] = [_HEAD]
    listed = entries()
    for service, title in TITLES.items():
        lines += [f"## {title} `{service}`", "", "| Code | Status | Message |", "|---|---|---|"]
        rows = (entry for entry in listed if entry.code.startswith(f"{service}."))
        lines += [f"| `{entry.code}` | {entry.status} | {_cell(entry.message)} |" for entry in rows]
        lines.append("")
    return "\n".join(lines)


def _cell(message: str) -> str:
    return message.replace("|", "\\|").replace("\n", " ")


def write_errors() -> Path:
    """Writes the page; returns where."""
    PAGE.write_text(error_catalogue(), encoding="utf-8")
    return PAGE
