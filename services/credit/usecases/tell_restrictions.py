"""How an answer to a restriction check reads: plain JSON values, no model per row (the read others wait for)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.restrictions import Findings, Named, Question, Raised
from shared.values.errors import InvalidValue

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """One call's answers: what was found, by which measures, as known when; `today` where no day is asked for."""

    found: Findings
    measures: MeasureCatalogue
    known_at: str
    today: str

    def of_batch(self, key: str, question: Question) -> Shown:
        """Raises AreaUnknown."""
        entity = self.found.named(question)
        answer = self.answer(entity, question)
        return _unanswered(key) if entity is None else {"key": key, "found": True, **answer}

    def answer(self, entity: Named | None, question: Question) -> Shown:
        """Empty where the entity is not known. Raises AreaUnknown."""
        area = self.measures.area(question.area)
        if entity is None:
            return {}
        day = question.on.isoformat() if question.on else self.today
        flags = self.found.restricting(entity, area.code, day)
        return {
            "restricted": bool(flags),
            "entity_id": entity.entity_id,
            "uscc": entity.uscc,
            "name": entity.name,
            "area": area.code,
            "area_name": area.name,
            "on": day,
            "known_at": self.known_at,
            "restrictions": [self._restriction(flag) for flag in flags],
        }

    def _restriction(self, flag: Raised) -> Shown:
        return {
            "flag_id": flag["flag_id"],
            "flag_version": flag["flag_version"],
            "measure_code": flag["measure_code"],
            "measure_name": self.measures.measure_name(flag["measure_code"]),
            "list_code": flag["list_code"],
            "list_name": self.measures.list_name(flag["list_code"]),
            "ground": flag["ground"],
            "document_no": flag["document_no"],
            "authority": flag["authority"],
            "legal_basis": flag["legal_basis"],
            "starts_on": flag["starts_on"],
            "ends_on": flag["ends_on"],
        }


def _unanswered(key: str) -> Shown:
    """Why there is no answer: the key cannot be read, or nobody is known by it."""
    try:
        parse_key(key)
    except InvalidValue as error:
        code, message = error.code, error.message
    else:
        unknown = EntityUnknown(key=key)
        code, message = unknown.code, unknown.detail
    return {"key": key, "found": False, "restricted": None, "problem": {"code": code, "message": message}}
