"""Businesses of the district: enterprises, individual businesses, farmers' cooperatives."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from demo.district.codes import registrant_uscc, registration_region
from demo.district.model import COOP, ENTITY_STATES, FIRM, SHOP, Duty, Entity, Town, Trade
from demo.district.naming import NameBook, address, business_name, phone

LAST_REGISTRATION: Final = date(2026, 6, 30)

_FIRST_REGISTRATION: Final = {FIRM: date(1992, 1, 1), SHOP: date(2001, 1, 1), COOP: date(2007, 7, 1)}
_BUSIEST: Final = date(2023, 6, 1)
_PREFIX: Final = {SHOP: "92", COOP: "93"}
_NEW_FORM: Final = "新业态"
_NEW_FORM_SINCE: Final = date(2016, 1, 1)
_STATE_WEIGHTS: Final = (940, 35, 15, 10)
# Some stalls registered before the unified code never had one: they only have an old registration number.
_WITHOUT_CODE: Final = 0.25
_EXTRA_TAGS: Final = {
    FIRM: (("四上单位", 0.05), ("用工单位", 0.12), ("网络交易", 0.04), ("特种设备", 0.03)),
    SHOP: (("网络交易", 0.03),),
    COOP: (("网络交易", 0.02), ("农产品", 0.2)),
}


@dataclass(frozen=True, slots=True)
class Business:
    """An entity together with its line of business, which later makes products."""

    entity: Entity
    trade: Trade


class Register:
    """Numbers, names and codes given out so far; a registrar never gives one twice."""

    def __init__(self, duties: tuple[Duty, ...]) -> None:
        self.names = NameBook()
        self._duties = duties
        self._codes: set[str] = set()
        self._last = 0

    def number(self) -> str:
        self._last += 1
        return f"MJ{self._last:07d}"

    def phone(self) -> str:
        """A number derived from the last external number given out."""
        return phone(100_000 + self._last)

    def uscc(self, rng: Random, prefix: str, registered_on: date, town: str) -> str:
        while True:
            code = registrant_uscc(rng, prefix, registration_region(rng, registered_on, town), registered_on)
            if code not in self._codes:
                self._codes.add(code)
                return code

    def departments(self, kind: str, tags: tuple[str, ...]) -> tuple[str, ...]:
        """Codes of those who answer for such an object by the duty map, each once, in the map's order."""
        return tuple(dict.fromkeys(duty.department for duty in self._duties if duty.covers(kind, tags)))


def businesses(
    rng: Random, register: Register, kind: str, count: int, source: tuple[tuple[Trade, ...], tuple[Town, ...]]
) -> list[Business]:
    """`count` businesses of one kind over the trades by weight and over all towns."""
    trades, towns = source
    weights = [trade.weights[kind] for trade in trades]
    chosen = rng.choices(trades, weights=weights, k=count)
    return [Business(_business(rng, register, kind, trade, rng.choice(towns)), trade) for trade in chosen]


def _business(rng: Random, register: Register, kind: str, trade: Trade, town: Town) -> Entity:
    registered_on = _registered_on(rng, kind, trade)
    tags = _tags(rng, kind, trade)
    number = register.number()
    prefix = _PREFIX.get(kind, trade.prefix)
    return Entity(
        external_no=number,
        name=register.names.take(lambda: business_name(rng, kind, trade, town, registered_on)),
        uscc=None if _has_no_code(rng, kind) else register.uscc(rng, prefix, registered_on, town.code),
        kind=kind,
        state=rng.choices(ENTITY_STATES, weights=_STATE_WEIGHTS)[0],
        registered_on=registered_on,
        town=town.code,
        address=address(rng, town),
        industry=trade.industry,
        departments=register.departments(kind, tags),
        tags=tags,
        producer_no=None,
        phone=register.phone(),
    )


def _has_no_code(rng: Random, kind: str) -> bool:
    return kind == SHOP and rng.random() < _WITHOUT_CODE


def _registered_on(rng: Random, kind: str, trade: Trade) -> date:
    first = _FIRST_REGISTRATION[kind]
    if _NEW_FORM in trade.tags:
        first = max(first, _NEW_FORM_SINCE)
    days = rng.triangular(0, (LAST_REGISTRATION - first).days, (_BUSIEST - first).days)
    return first + timedelta(days=int(days))


def _tags(rng: Random, kind: str, trade: Trade) -> tuple[str, ...]:
    extra = (tag for tag, chance in _EXTRA_TAGS[kind] if rng.random() < chance)
    return tuple(dict.fromkeys((*trade.tags, *extra)))
