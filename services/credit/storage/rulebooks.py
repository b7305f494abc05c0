"""Indicator systems (指标体系) and measure catalogues (惩戒措施清单) by version.

The shipped ones are version 1 of a district until it activates its own; versions never change, so those once read are
kept in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.credit.domain.indicators import Band, DirectRule, Indicator, IndicatorSystem, NewForm, WarningRule
from services.credit.domain.measures import Area, BaseItem, BaseList, ListKind, Measure, MeasureCatalogue, RepairTerms
from services.credit.domain.record import Rules
from services.credit.storage.journal import INDICATORS_ACTIVATED, MEASURES_ACTIVATED
from shared.values.credit_class import CreditClass

_SHIPPED: Final = Path(__file__).parent / "rulebooks"
_CURRENT = text(
    "SELECT (SELECT max(version) FROM indicator_systems WHERE district = :district),"
    " (SELECT max(version) FROM measure_catalogues WHERE district = :district)"
)
_ACTIVATION = text(
    "SELECT version, activated_at FROM indicator_systems WHERE district = :district ORDER BY version DESC LIMIT 1"
)
_ACTIVATE = text(
    "WITH activated AS (INSERT INTO indicator_systems (district, version, body, activated_at)"
    " VALUES (:district, :version, CAST(:body AS text), :now) RETURNING body)"
    " INSERT INTO credit_journal (district, kind, payload, indicator_version, known_from)"
    " SELECT :district, :kind, body, :version, :now FROM activated"
)

_ACTIVATE_MEASURES = text(
    "WITH activated AS (INSERT INTO measure_catalogues (district, version, body, activated_at)"
    " VALUES (:district, :version, CAST(:body AS text), :now) RETURNING body)"
    " INSERT INTO credit_journal (district, kind, payload, measure_version, known_from)"
    " SELECT :district, :kind, body, :version, :now FROM activated"
)


@dataclass
class RuleShelf:
    """Versions read so far, by district; one per process."""

    indicators: dict[tuple[str, int], IndicatorSystem] = field(default_factory=dict)
    measures: dict[tuple[str, int], MeasureCatalogue] = field(default_factory=dict)


class RulebookStore:
    def __init__(self, connection: AsyncConnection, district: str, shelf: RuleShelf) -> None:
        self._connection, self._district, self._shelf = connection, district, shelf

    async def current(self) -> Rules:
        """The rules in force, to read; those shipped where the district has activated none."""
        indicators, measures = (await self._connection.execute(_CURRENT, {"district": self._district})).one()
        return Rules(await self.indicators(indicators), await self.measures(measures))

    async def activated(self, indicators: int | None, measures: int | None, now: datetime) -> Rules:
        """These versions, to apply facts by; None: the shipped one, activated now as version 1."""
        if indicators is None:
            indicators = await self._activate_shipped("indicator_systems", "indicators_henan_2022.json", now)
        if measures is None:
            measures = await self._activate_shipped("measure_catalogues", "measures_base.json", now)
        return Rules(await self.indicators(indicators), await self.measures(measures))

    async def activation(self) -> tuple[int, datetime] | None:
        """Version in force of the indicator system and when it was activated; None: none yet."""
        row = (await self._connection.execute(_ACTIVATION, {"district": self._district})).one_or_none()
        return None if row is None else (row.version, row.activated_at)

    async def activate_indicators(self, version: int, body: str, now: datetime) -> None:
        """Puts a version in force and into the journal. Raises IntegrityError when it has been activated already."""
        await self._connection.execute(
            _ACTIVATE,
            {"district": self._district, "version": version, "body": body, "kind": INDICATORS_ACTIVATED, "now": now},
        )

    async def ensure_activated(self, now: datetime) -> None:
        """What is shipped becomes version 1 of a district that has activated none."""
        indicators, measures = (await self._connection.execute(_CURRENT, {"district": self._district})).one()
        await self.activated(indicators, measures, now)

    async def activate_measures(self, version: int, body: str, now: datetime) -> None:
        """Puts a version in force and into the journal. Raises IntegrityError when it has been activated already."""
        await self._connection.execute(
            _ACTIVATE_MEASURES,
            {"district": self._district, "version": version, "body": body, "kind": MEASURES_ACTIVATED, "now": now},
        )

    async def indicators(self, version: int | None) -> IndicatorSystem:
        """One version; None: the shipped one."""
        if version is None:
            return shipped_rules().indicators
        key = (self._district, version)
        if key not in self._shelf.indicators:
            self._shelf.indicators[key] = indicators_of(await self._body("indicator_systems", version), version)
        return self._shelf.indicators[key]

    async def measures(self, version: int | None) -> MeasureCatalogue:
        """One version; None: the shipped one."""
        if version is None:
            return shipped_rules().measures
        key = (self._district, version)
        if key not in self._shelf.measures:
            self._shelf.measures[key] = measures_of(await self._body("measure_catalogues", version), version)
        return self._shelf.measures[key]

    async def _body(self, table: str, version: int) -> Mapping[str, Any]:
        found = await self._connection.execute(
            text(f"SELECT body FROM {table} WHERE district = :district AND version = :version"),  # noqa: S608
            {"district": self._district, "version": version},
        )
        body: Mapping[str, Any] = orjson.loads(found.scalar_one())
        return body

    async def _activate_shipped(self, table: str, file: str, now: datetime) -> int:
        kind = INDICATORS_ACTIVATED if table == "indicator_systems" else MEASURES_ACTIVATED
        await self._connection.execute(
            text(
                f"WITH activated AS (INSERT INTO {table} (district, version, body, activated_at)"  # noqa: S608
                " VALUES (:district, 1, CAST(:body AS text), :now) ON CONFLICT DO NOTHING RETURNING body)"
                " INSERT INTO credit_journal (district, kind, payload, known_from)"
                " SELECT :district, :kind, body, :now FROM activated"
            ),
            {"district": self._district, "body": (_SHIPPED / file).read_text("utf-8"), "kind": kind, "now": now},
        )
        return 1


def indicators_of(body: Mapping[str, Any], version: int) -> IndicatorSystem:
    """An indicator system from its stored form. Raises IndicatorSystemInvalid."""
    indicators = [
        Indicator(one["code"], one["name"], one["group"], tuple(one["points"]), one["window_months"])
        for one in body["indicators"]
    ]
    return IndicatorSystem(
        code=body["code"],
        version=version,
        title=body["title"],
        legal_basis=body["legal_basis"],
        highest=body["highest"],
        bands=tuple(Band(CreditClass(one["credit_class"]), one["starts_at"]) for one in body["bands"]),
        indicators={indicator.code: indicator for indicator in indicators},
        codes=body["codes"],
        direct_rules=tuple(
            DirectRule(one["list"], CreditClass(one["credit_class"]), one["basis"]) for one in body["direct_rules"]
        ),
        new_forms=tuple(NewForm(**one | {"industries": tuple(one["industries"])}) for one in body.get("new_forms", ())),
        warnings=WarningRule(**body.get("warnings", {})),
    ).checked()


def indicator_body(system: IndicatorSystem) -> str:
    """The stored form of a system; `system_of` is its inverse."""
    body = {
        "code": system.code,
        "title": system.title,
        "legal_basis": system.legal_basis,
        "highest": system.highest,
        "bands": system.bands,
        "indicators": list(system.indicators.values()),
        "codes": dict(system.codes),
        "direct_rules": [
            {"list": rule.list_code, "credit_class": rule.credit_class, "basis": rule.basis}
            for rule in system.direct_rules
        ],
        "new_forms": system.new_forms,
        "warnings": system.warnings,
    }
    return orjson.dumps(body).decode()


def catalogue_body(catalogue: MeasureCatalogue) -> str:
    """The stored form of a catalogue; `catalogue_of` is its inverse."""
    body = {
        "title": catalogue.title,
        "areas": catalogue.areas,
        "lists": catalogue.lists,
        "measures": [asdict(one) | {"lists": sorted(one.lists)} for one in catalogue.measures],
        "base": catalogue.base,
        "repair": catalogue.repair,
    }
    return orjson.dumps(body).decode()


def catalogue_of(body: str, version: int) -> MeasureCatalogue:
    """Raises MeasureCatalogueInvalid."""
    return measures_of(orjson.loads(body), version)


def measure_body() -> str:
    """The stored form of the measures shipped."""
    return (_SHIPPED / "measures_base.json").read_text("utf-8")


def system_of(body: str, version: int) -> IndicatorSystem:
    """Raises IndicatorSystemInvalid."""
    return indicators_of(orjson.loads(body), version)


def measures_of(body: Mapping[str, Any], version: int) -> MeasureCatalogue:
    """A measure catalogue from its stored form. Raises MeasureCatalogueInvalid."""
    measures = [Measure(**one | {"lists": frozenset(one["lists"])}) for one in body["measures"]]
    return MeasureCatalogue(
        version=version,
        title=body["title"],
        areas=tuple(Area(**one) for one in body["areas"]),
        lists=tuple(ListKind(**one) for one in body["lists"]),
        measures=tuple(measures),
        base=_base(body.get("base")),
        repair=RepairTerms(**body.get("repair", {})),
    ).checked()


def _base(body: Mapping[str, Any] | None) -> BaseList:
    """Catalogues from before named no base list."""
    return BaseList() if body is None else BaseList(body["title"], tuple(BaseItem(**one) for one in body["items"]))


@cache
def shipped_rules() -> Rules:
    """The rules as shipped, version 1 of each."""
    indicators, measures = (
        orjson.loads((_SHIPPED / file).read_bytes()) for file in ("indicators_henan_2022.json", "measures_base.json")
    )
    return Rules(indicators_of(indicators, 1), measures_of(measures, 1))
