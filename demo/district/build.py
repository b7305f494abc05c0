"""Puts the demo district together: the same seed and scale give the same district, on every machine."""

from random import Random
from typing import Final

from demo.district import source
from demo.district.bad_rows import FRESH, import_rows
from demo.district.credit import credit_facts
from demo.district.entities import Register, businesses
from demo.district.model import COOP, FIRM, SHOP, District, Entity, ImportRow, Town
from demo.district.people import AS_OF, experts, inspectors
from demo.district.things import products, projects, sites

#: Objects at scale 1, by kind.
BUSINESSES: Final = {FIRM: 9_500, SHOP: 8_200, COOP: 1_250}
PRODUCTS, PROJECTS, SITES = 1_050, 450, 380


def generate(seed: int, scale: float = 1.0) -> District:
    """The district of a seed. `scale` > 0 multiplies objects, inspectors and experts; lists stay whole.

    At scale 1: 20,830 objects, 600 inspectors, 40 experts; 0.05 is enough for a test.
    Raises ValueError when `scale` is not above 0 and at most 10: there are not names enough for more.
    """
    if not 0 < scale <= 10:
        raise ValueError(f"scale must be above 0 and at most 10: {scale}")
    departments, towns, duties = source.departments(), source.towns(), source.duties()
    register = Register(duties)
    entities = _entities(seed, scale, register, towns)
    return District(
        seed=seed,
        scale=scale,
        as_of=AS_OF,
        departments=departments,
        towns=towns,
        duties=duties,
        items=source.items(),
        entities=entities,
        inspectors=inspectors(_stream(seed, "inspectors"), departments, towns, scale),
        experts=experts(_stream(seed, "experts"), scale),
        credit_facts=credit_facts(_stream(seed, "credit"), entities),
        import_rows=_import_rows(seed, register, towns),
    )


def _entities(seed: int, scale: float, register: Register, towns: tuple[Town, ...]) -> tuple[Entity, ...]:
    trades = source.trades()
    rng = _stream(seed, "entities")
    makers = [
        business
        for kind, count in BUSINESSES.items()
        for business in businesses(rng, register, kind, _scaled(count, scale), (trades, towns))
    ]
    things = [
        *products(rng, register, makers, _scaled(PRODUCTS, scale)),
        *projects(rng, register, towns, _scaled(PROJECTS, scale)),
        *sites(rng, register, towns, _scaled(SITES, scale)),
    ]
    return (*(maker.entity for maker in makers), *things)


def _import_rows(seed: int, register: Register, towns: tuple[Town, ...]) -> tuple[ImportRow, ...]:
    names = {department.code: department.name for department in source.departments()}
    fresh = businesses(_stream(seed, "import"), register, FIRM, FRESH, (source.trades(), towns))
    return import_rows([business.entity for business in fresh], names)


def _scaled(count: int, scale: float) -> int:
    return max(1, round(count * scale))


def _stream(seed: int, part: str) -> Random:
    """An own generator per part, so that a change in one part leaves the others as they were."""
    return Random(f"ssj-demo/{seed}/{part}")
