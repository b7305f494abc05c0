"""Observation periods (观察期) of new business forms: 包容审慎监管 (K4).

《优化营商环境条例》第五十五条: 对新技术、新产业、新业态、新模式等实行包容审慎监管. Which industries count as
new forms, for how long and how light a finding must be is data of the indicator system. A light finding made inside the
period weighs nothing, then or later; lists and grave findings weigh as always.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.credit.domain.days import add_months, day_of
from services.credit.domain.facts import Subject
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.periods import ObservationPeriod
from services.credit.domain.record import CreditRecord, Rules
from services.credit.domain.step import Step, rated


@dataclass(frozen=True, slots=True)
class ObservationOpened:
    """Registry told of an entity of a new form: its period runs from its registration on."""

    KIND: ClassVar[str] = "observation.opened"

    entity_id: UUID
    told_at: datetime
    form: str
    starts_on: date
    ends_before: date

    @property
    def source(self) -> str:
        return self.KIND

    @property
    def key(self) -> str:
        return self.form

    @property
    def version(self) -> int:
        return 0

    @property
    def subject(self) -> Subject | None:
        return None

    @property
    def event_id(self) -> UUID | None:
        return None


def period_of(industry: str | None, registered_on: date | None, system: IndicatorSystem) -> ObservationPeriod | None:
    """The period of an entity by its industry and day of registration; None: no new form."""
    if industry is None or registered_on is None:
        return None
    for form in system.new_forms:
        if industry.startswith(form.industries):
            return ObservationPeriod(form.code, registered_on, add_months(registered_on, form.months))
    return None


def open_observation(record: CreditRecord, opened: ObservationOpened, rules: Rules) -> Step | None:
    """Rates anew with the period; None when the record has this very one."""
    period = ObservationPeriod(opened.form, opened.starts_on, opened.ends_before)
    if record.observation == period:
        return None
    after = rated(record, record.facts, rules, day_of(opened.told_at), period)
    return Step.between(record, after, opened, rules)
