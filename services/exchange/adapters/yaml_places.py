"""A YAML document whose every value knows its line: what a map file is read through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml


class MapFault(ValueError):
    """A field map or code table that must not be used. The text is `file:line: what is wrong`, in Chinese."""

    def __init__(self, file: str, line: int, text: str) -> None:
        super().__init__(f"{file}:{line}: {text}")
        self.file, self.line, self.text = file, line, text


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the document."""

    file: str
    node: yaml.Node

    def fault(self, text: str) -> MapFault:
        return MapFault(self.file, self.node.start_mark.line + 1, text)

    def members(self) -> Iterator[tuple[str, Place]]:
        """Names and values of a mapping, in order. Raises MapFault where it is none or a name stands twice."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.fault("这里应为“名称: 值”")
        met = set()
        for key, value in self.node.value:
            place = Place(self.file, value)
            name = Place(self.file, key).text()
            if name in met:
                raise Place(self.file, key).fault(f"{name} 重复")
            met.add(name)
            yield name, place

    def has(self, name: str) -> bool:
        return any(name == found for found, _ in self.members())

    def at(self, name: str) -> Place:
        """Raises MapFault where it is missing."""
        for found, place in self.members():
            if found == name:
                return place
        raise self.fault(f"缺少 {name}")

    def only(self, *names: str) -> None:
        for found, place in self.members():
            if found not in names:
                raise place.fault(f"不认识的项目 {found}")

    def parts(self) -> list[Place]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.fault("这里应为清单")
        return [Place(self.file, part) for part in self.node.value]

    def text(self) -> str:
        """A scalar as it is written: `1` and `"1"` are the same code."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.value == "":
            raise self.fault("这里应为一个值")
        return str(self.node.value)

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.fault(f"{self.text()} 不是日期（应为 2026-01-01 的形式）") from error

    def number(self) -> int:
        if not self.text().isdecimal():
            raise self.fault(f"{self.text()} 不是整数")
        return int(self.text())

    def flag(self) -> bool:
        if self.text() not in ("true", "false"):
            raise self.fault("这里应为 true 或 false")
        return self.text() == "true"


def read_place(path: Path) -> Place:
    """The document of a file. Raises MapFault for one that is empty or no YAML."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MapFault(path.name, mark.line + 1 if mark else 1, "不是有效的 YAML") from error
    if node is None:
        raise MapFault(path.name, 1, "文件是空的")
    return Place(path.name, node)
