"""Experts (专家): people and institutions of special fields (L4). They advise and never count as inspectors (B2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class ExpertKind(StrEnum):
    PERSON = "person"
    INSTITUTION = "institution"


EXPERT_KIND_LABELS: Final = {ExpertKind.PERSON: "个人", ExpertKind.INSTITUTION: "机构"}


@dataclass(frozen=True, slots=True)
class ExpertContent:
    """What a row of a file sets. `valid_until` is the term of the qualification; None: without term."""

    expert_no: str
    name: str
    kind: str
    organisation: str | None
    fields: tuple[str, ...]
    title: str | None
    qualification: str | None
    valid_until: date | None
    phone: str | None
    status: str
