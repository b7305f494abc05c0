"""A public value as a file brings it (公共随机源文件): what may stand in one, and which value a draw may take from it.

A file is JSON of one object: `format` is `ssj-beacon/1`, `ref` names source and issue as the commitment does, `value`
is the value word for word, `source` says where and when it was read. It is taken as it is or not at all; the platform
never makes a value itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.draw.domain.commitment import Beacon
from services.draw.domain.errors import Refusal
from services.draw.domain.protocol_time import protocol_time
from services.draw.domain.strict_json import parse_object
from shared.values.errors import Refused

FORMAT: Final = "ssj-beacon/1"
MEMBERS: Final = ("format", "ref", "value", "source")
LARGEST: Final = 64 * 1024
LONGEST_LINE: Final = 2000


class BeaconFileBad(Refused):
    """What is wrong with a file; the file stays where it is."""

    message = "随机源文件不能使用"


class BeaconFileTooLarge(BeaconFileBad):
    message = "随机源文件超过 64 KiB"


class BeaconFileNotText(BeaconFileBad):
    message = "随机源文件不是 UTF-8 文本，或不是一个严格的 JSON 对象"


class BeaconFileMembers(BeaconFileBad):
    message = "随机源文件应恰有 format、ref、value、source 四项，均为 1 至 2000 字的单行文本"


class BeaconFileFormat(BeaconFileBad):
    message = "随机源文件的 format 应为 ssj-beacon/1"


class BeaconDropClosed(Refused):
    message = "本单位没有设置随机源文件夹，请录入取值"


class BeaconFileMissing(Refused):
    message = "随机源文件夹中没有“{ref}”的取值（{beacon}）"


class BeaconFilesDisagree(Refused):
    """Two files name one issue and different values: somebody has to look, nobody has to choose."""

    message = "随机源文件夹中“{ref}”的取值不一致：{files}"


class BeaconSeenTooEarly(Refused):
    """A value known before its moment is no beacon (draw-protocol section 2)."""

    message = "“{ref}”的文件 {file} 在 {seen_at} 已经出现，早于承诺的产生时刻 {not_before}，不能使用"


@dataclass(frozen=True, slots=True)
class BeaconReading:
    """The content of a good file."""

    ref: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class BeaconFile:
    """A file as it was first seen: `sha256` hex of its bytes. `reading` None: it is bad, for the problem named."""

    id: UUID
    name: str
    sha256: str
    seen_at: datetime
    reading: BeaconReading | None
    problem_code: str | None = None
    problem: str | None = None

    def provenance(self) -> str:
        """For everybody to follow: the file, its digest, when it was first seen, and what it says of its source."""
        source = self.reading.source if self.reading else ""
        return f"文件 {self.name}，SHA-256 {self.sha256}，见到于 {protocol_time(self.seen_at)}；来源：{source}"


def read_beacon_file(content: bytes) -> BeaconReading:
    """Raises BeaconFileTooLarge, BeaconFileNotText, BeaconFileMembers, BeaconFileFormat."""
    if len(content) > LARGEST:
        raise BeaconFileTooLarge
    try:
        found = parse_object(content.decode())
    except (UnicodeDecodeError, Refusal, json.JSONDecodeError) as error:
        raise BeaconFileNotText from error
    lines = {name: value for name, value in found.items() if isinstance(value, str) and _is_line(value)}
    if set(found) != set(MEMBERS) or set(lines) != set(MEMBERS):
        raise BeaconFileMembers
    if lines["format"] != FORMAT:
        raise BeaconFileFormat
    return BeaconReading(lines["ref"], lines["value"], lines["source"])


def _is_line(text: str) -> bool:
    return 0 < len(text) <= LONGEST_LINE and text.isprintable()


def choose(beacon: Beacon, files: Iterable[BeaconFile]) -> BeaconFile:
    """The earliest file of the beacon's source and issue; all files of it must agree.

    Raises BeaconFileMissing, BeaconFilesDisagree, BeaconSeenTooEarly.
    """
    named = sorted((file for file in files if _names(file, beacon)), key=lambda file: (file.seen_at, file.name))
    if not named:
        raise BeaconFileMissing(ref=beacon.ref, beacon=beacon.id)
    _check_agreement(beacon, named)
    first = named[0]
    seen_at = protocol_time(first.seen_at)
    if seen_at < beacon.not_before:
        raise BeaconSeenTooEarly(ref=beacon.ref, file=first.name, seen_at=seen_at, not_before=beacon.not_before)
    return first


def _names(file: BeaconFile, beacon: Beacon) -> bool:
    return file.reading is not None and file.reading.ref == beacon.ref


def _check_agreement(beacon: Beacon, named: Sequence[BeaconFile]) -> None:
    if len({file.reading.value for file in named if file.reading}) > 1:
        raise BeaconFilesDisagree(ref=beacon.ref, files="、".join(file.name for file in named))
