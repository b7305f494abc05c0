"""How an answer to a restriction check reads: plain JSON values, no model per row (the read others wait for)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.restrictions import Asked, Findings, Key, Named, Raised, restricts
from shared.values.errors import InvalidValue

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """One call's answers: what was found, by which measures, as known when; `today` where no day is asked for."""

    found: Findings
    measures: MeasureCatalogue
    known_at: str
    today: str

    def of_batch(self, asked: Sequence[Asked], keys: Sequence[Key]) -> list[Shown]:
        """The answer to every question, in their order. Raises AreaUnknown."""
        named = self.found.named.get
        meant = {(area, on): self._meant(area, on) for area, on in {(area, on) for _, area, on in asked}}
        return [
            _unanswered(written) if (entity := named(key)) is None else self._answer(written, entity, meant[area, on])
            for (written, area, on), key in zip(asked, keys, strict=True)
        ]

    def of_one(self, asked: Asked, key: Key) -> Shown | None:
        """None where the entity is not known. Raises AreaUnknown."""
        written, area, on = asked
        meant, entity = self._meant(area, on), self.found.named.get(key)
        if entity is None:
            return None
        answer = self._answer(written, entity, meant)
        del answer["key"], answer["found"]
        return answer

    def _meant(self, area: str, on: date | None) -> tuple[str, str, str]:
        """Code and name of the area, the day. Raises AreaUnknown."""
        known = self.measures.area(area)
        return known.code, known.name, on.isoformat() if on else self.today

    def _answer(self, written: str, entity: Named, meant: tuple[str, str, str]) -> Shown:
        entity_id, uscc, name = entity
        area, area_name, day = meant
        raised = self.found.flags.get(entity_id)
        restrictions = [self._restriction(flag) for flag in raised if restricts(flag, area, day)] if raised else []
        return {
            "key": written,
            "found": True,
            "restricted": bool(restrictions),
            "entity_id": entity_id,
            "uscc": uscc,
            "name": name,
            "area": area,
            "area_name": area_name,
            "on": day,
            "known_at": self.known_at,
            "restrictions": restrictions,
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
