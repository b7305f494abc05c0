"""How the mock province judges a row: by what it knows of the row, and by the faults it was told to have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ACCEPTED, REJECTED, DUPLICATE = "accepted", "rejected", "duplicate"
PPM = 1_000_000


class Faults(BaseModel):
    """How it misbehaves. Shares are parts per million, times are seconds. `reject_ppm` refuses first versions only, so
    that a correction passes; `twice_ppm` stores a row twice; `deaf_ppm` takes a batch and breaks off before answering;
    `refuse_ppm` answers 503 and takes nothing; `schemas`: dataset → the only form it takes."""

    model_config = ConfigDict(extra="forbid")

    reject_ppm: int = 0
    twice_ppm: int = 0
    deaf_ppm: int = 0
    refuse_ppm: int = 0
    stall_seconds: float = 0
    late_seconds: float = 0
    schemas: dict[str, str] = Field(default_factory=dict)
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A row as it arrived, whichever way."""

    row_key: str
    version: int
    op: str
    org_code: str
    digest: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    row: Sent
    outcome: str
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What was received before under this key: version → digest."""

    digests: Mapping[int, str]


def judge(row: Sent, dataset: str, schema: str, known: Known, faults: Faults) -> Verdict:
    if row.version in known.digests:
        same = known.digests[row.version] == row.digest
        return Verdict(row, DUPLICATE) if same else Verdict(row, REJECTED, "conflict", "同一版本内容不同")
    if known.digests and row.version < max(known.digests):
        return Verdict(row, REJECTED, "stale", "版本早于已接收的版本")
    if faults.schemas.get(dataset, schema) != schema:
        return Verdict(row, REJECTED, "schema", f"格式版本应为 {faults.schemas[dataset]}")
    if digest_of(row.body) != row.digest:
        return Verdict(row, REJECTED, "digest", "摘要不符")
    if row.version == 1 and dice(f"{faults.salt}/{row.row_key}", faults.reject_ppm):
        return Verdict(row, REJECTED, "inconsistent", "与登记信息不一致，请核对后重新报送")
    return Verdict(row, ACCEPTED)


def dice(text: str, ppm: int) -> bool:
    """The same for the same text, over texts a share of `ppm`."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % PPM < ppm


def digest_of(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_rows(rows: Sequence[Mapping[str, Any]]) -> list[Sent]:
    names = Sent.__slots__
    return [Sent(**{name: row[name] for name in names}) for row in rows]
