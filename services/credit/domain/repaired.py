"""What a repair does to a fact (信用修复, C6): it stays in the archive and weighs nothing from that day on.

A later correction of the fact by its source weighs anew: it says something else, on which no repair was decided yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.credit.domain.days import day_of
from services.credit.domain.facts import Fact, Subject
from services.credit.domain.posting import taken_back
from services.credit.domain.record import CreditRecord, Rules
from services.credit.domain.step import Made, Step


@dataclass(frozen=True, slots=True)
class FactRepaired:
    """A repair of a fact was granted: `fact_source` and `fact_key` name it."""

    KIND: ClassVar[str] = "fact.repaired"

    entity_id: UUID
    repair_id: UUID
    fact_source: str
    fact_key: str
    told_at: datetime
    on: date
    document_no: str
    authority: str

    @property
    def source(self) -> str:
        return self.KIND

    @property
    def key(self) -> str:
        return str(self.repair_id)

    @property
    def version(self) -> int:
        return 0

    @property
    def subject(self) -> Subject | None:
        return None

    @property
    def event_id(self) -> UUID | None:
        return None


def repair_fact(record: CreditRecord, repaired: FactRepaired, rules: Rules) -> Step | None:
    """Takes the fact's points back; None where it is not held, or weighs nothing already."""
    name = (repaired.fact_source, repaired.fact_key)
    held = record.facts.get(name)
    if held is None or not held.marks:
        return None
    reason = f"信用修复（{repaired.document_no}）"
    cause = Fact(*name, held.version, record.entity_id, repaired.told_at, repaired.authority, reason=reason)
    back = tuple(taken_back(held, cause, rules.indicators))
    facts = {**record.facts, name: replace(held, marks=(), entered=())}
    return Step.of(record, repaired, facts, rules, day_of(repaired.told_at), Made(back))
