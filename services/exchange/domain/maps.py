"""Field maps (字段映射) and code tables (代码对照表), each in versions with effective dates.

Built by `adapters/map_files.py` from YAML, where file and line of every fault are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.values.errors import Refused


class MapNotInForce(Refused):
    message = "数据集“{dataset}”在 {on} 没有有效的字段映射"


@dataclass(frozen=True, slots=True)
class Term:
    """Days on which a version holds: from `since`, to `until` (that day included) or without end."""

    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)

    def meets(self, other: Term) -> bool:
        """Whether some day belongs to both."""
        return (self.until is None or other.since <= self.until) and (other.until is None or self.since <= other.until)


@dataclass(frozen=True, slots=True)
class CodeTable:
    """Our code → the peer's, by term."""

    name: str
    title: str
    vocabulary: str
    versions: Sequence[tuple[Term, Mapping[str, str]]]

    def look_up(self, code: str, on: date) -> str | None:
        for term, codes in self.versions:
            if term.holds(on):
                return codes.get(code)
        return None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field of the peer's is filled: from a field of ours (through a code table, in a form) or a constant.

    `form`: `text`, `date` (YYYY-MM-DD), `ratio` (parts per million → decimal of 0–1), `integer`, `parts`. `max_length`
    counts characters.
    """

    to: str
    title: str
    source: str | None = None
    constant: str | None = None
    table: CodeTable | None = None
    form: str = "text"
    required: bool = False
    max_length: int | None = None
    pattern: str | None = None
    parts: Sequence[FieldRule] = ()


@dataclass(frozen=True, slots=True)
class MapVersion:
    """One version of a field map. `schema`: what the peer calls its form of the data."""

    term: Term
    schema: str
    fields: Sequence[FieldRule]


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The map of one dataset (数据集) of one peer. `source`: the kind of our records it takes."""

    dataset: str
    title: str
    peer: str
    peer_title: str
    source: str
    versions: Sequence[MapVersion] = field(default_factory=tuple)

    def in_force(self, on: date) -> MapVersion:
        """Raises MapNotInForce."""
        for version in self.versions:
            if version.term.holds(on):
                return version
        raise MapNotInForce(dataset=self.title, on=on.isoformat())


@dataclass(frozen=True, slots=True)
class MapBook:
    """Every map that was loaded, by dataset."""

    maps: Mapping[str, FieldMap]

    def of_source(self, kind: str) -> Sequence[FieldMap]:
        return [one for one in self.maps.values() if one.source == kind]
