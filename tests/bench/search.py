"""Job 6: a name looked for among 1,000,000; the first twenty, p95 of every class of query; the worst class counts.

Floor: one pass over all names in memory, one `bytes.find` for what is not there. Product: the use case behind the
search page and the interface, over its real database: transaction, route by length, objects named, the count. Left
out: HTTP and the drawing of the page. Names are of a small vocabulary, which is the hard case: every pair of signs is
in thousands.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import Any, Final
from uuid import UUID

import asyncpg

from deploy.embedded.platform import embedded_platform
from deploy.embedded.provision_postgres import database_name
from services.disclosure.adapters.pinyin import initials_of
from services.disclosure.domain.names import pairs_of
from services.disclosure.domain.views import SearchQuery
from services.disclosure.usecases.search_public import AskSearch, search_public
from shared.runtime.principal import Principal
from tests.bench.check import log_to_nowhere
from tests.bench.frame import Bench, Figures, Report, load_average
from tests.support.served import Served, serve

BENCH = Bench("search", target=1.0, aim=0.25, unit="ms")
NAMES: Final = 1_000_000
QUERIES: Final = 120
DISTRICT: Final = "bench"
_BLOCK: Final = 50_000
_FIRST: Final = "宏达盛泰恒昌鑫瑞祥和兴隆永安康佳华富源丰顺利通明德信诚义嘉美新天润泽海龙金凯"
_PLACES: Final = ("洛阳", "孟津", "偃师", "新安", "宜阳", "伊川", "洛宁", "栾川", "嵩县", "汝阳", "瀍河", "涧西")
_TRADES: Final = (
    "商贸",
    "食品",
    "机械",
    "建材",
    "物流",
    "化工",
    "电子",
    "农业",
    "餐饮",
    "医药",
    "汽车",
    "服饰",
    "装饰",
)
_FORMS: Final = ("有限公司", "经营部", "商行", "合作社", "加工厂", "超市", "有限责任公司")


@dataclass(frozen=True)
class Vocabulary:
    """A word and its initials, looked up once."""

    words: Mapping[str, str]

    @classmethod
    def made(cls) -> Vocabulary:
        return cls({word: initials_of(word) for word in chain(_FIRST, _PLACES, _TRADES, _FORMS)})

    def name(self, dice: random.Random) -> tuple[str, ...]:
        letters = dice.choices(_FIRST, k=dice.randint(2, 3))
        return (dice.choice(_PLACES), *letters, dice.choice(_TRADES), dice.choice(_FORMS))

    def initials(self, parts: Sequence[str]) -> str:
        return "".join(self.words[part] for part in parts)


def classes(names: Sequence[str], initials: Sequence[str], dice: random.Random) -> dict[str, list[str]]:
    """Queries of every class, `QUERIES` each, from names that are there, but for the absent ones."""

    def cut(length: int) -> list[str]:
        found = []
        for name in dice.choices(names, k=QUERIES):
            at = dice.randrange(max(1, len(name) - length))
            found.append(name[at : at + length])
        return found

    rare = [chr(0x9000 + dice.randrange(4000)) + chr(0x9000 + dice.randrange(4000)) for _ in range(QUERIES)]
    return {
        "2 characters": cut(2),
        "2 characters, absent": rare,
        "3 characters": cut(3),
        "4 characters": cut(4),
        "6 characters": cut(6),
        "whole name": dice.choices(names, k=QUERIES),
        "prefix of 4": [name[:4] for name in dice.choices(names, k=QUERIES)],
        "2 initials": [text[:2] for text in dice.choices(initials, k=QUERIES)],
        "4 initials": [text[1:5] for text in dice.choices(initials, k=QUERIES)],
        "USCC": [_code(dice.randrange(len(names))) for _ in range(QUERIES)],
    }


def _code(number: int) -> str:
    return f"91410308MA{number:07d}X"


class Rig:
    """Disclosure with so many objects in it."""

    def __init__(self, served: Served, names: list[str], initials: list[str]) -> None:
        self.served = served
        self.joined = "\n".join(names).encode()
        self.queries = classes(names, initials, random.Random(6))

    async def search(self, text: str) -> None:
        work = self.served.work(Principal(subject="anonymous", district=DISTRICT))
        await search_public(AskSearch(SearchQuery(text=text)), work)

    async def p95(self, queries: Sequence[str]) -> float:
        took: list[float] = []
        for text in queries:
            started = time.perf_counter()
            await self.search(text)
            took.append((time.perf_counter() - started) * 1000)
        return percentile(took, 95)

    def floor(self) -> float:
        started = time.perf_counter()
        assert self.joined.find("瀍瀍瀍".encode()) == -1
        return (time.perf_counter() - started) * 1000


def percentile(values: Sequence[float], share: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


async def fill(dsn: str, size: int) -> tuple[list[str], list[str]]:
    """Objects and their names by COPY, indexes made afterwards."""
    words, dice = Vocabulary.made(), random.Random(1)
    connection = await asyncpg.connect(dsn)
    indexes = await connection.fetch("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'search_names'")
    later = [row for row in indexes if not row["indexname"].startswith("pk_")]
    for row in later:
        await connection.execute(f"DROP INDEX {row['indexname']}")
    names: list[str] = []
    initials: list[str] = []
    for start in range(0, size, _BLOCK):
        parts = [words.name(dice) for _ in range(min(_BLOCK, size - start))]
        block = ["".join(one) for one in parts]
        sounds = [words.initials(one) for one in parts]
        await _copy(connection, start, block, sounds)
        names += block
        initials += sounds
    await connection.execute("SET maintenance_work_mem = '512MB'")
    for row in later:
        await connection.execute(row["indexdef"])
    await connection.execute("VACUUM ANALYZE search_names, entities")
    await connection.close()
    return names, initials


async def _copy(connection: Any, start: int, names: Sequence[str], initials: Sequence[str]) -> None:
    ids = [UUID(int=start + at + 1) for at in range(len(names))]
    rows = [
        (DISTRICT, one, name, _code(start + at), 0, None) for at, (one, name) in enumerate(zip(ids, names, strict=True))
    ]
    await connection.copy_records_to_table("entities", records=rows)
    searched = [
        (DISTRICT, one, name, sound, pairs_of(name)) for one, name, sound in zip(ids, names, initials, strict=True)
    ]
    await connection.copy_records_to_table("search_names", records=searched)


async def _measure(size: int, bench: Bench) -> Report:
    log_to_nowhere()
    with embedded_platform(None, []) as platform:
        served = await serve(platform, "disclosure")
        dsn = f"{platform.site.admin_dsn.rpartition('/')[0]}/{database_name('disclosure')}"
        rig = Rig(served, *await fill(dsn, size))
        load = load_average()
        floors: list[float] = []
        figures: dict[str, list[float]] = {name: [] for name in rig.queries}
        for number in range(bench.rounds + 1):
            floors.append(median(rig.floor() for _ in range(5)))
            for name, queries in rig.queries.items():
                found = await rig.p95(queries)
                if number:  # the first round reads pages that later ones find
                    figures[name].append(found)
        await served.close()
    return _report(bench, median(floors), {name: median(found) for name, found in figures.items()}, load)


def _report(bench: Bench, floor: float, figures: Mapping[str, float], load: float) -> Report:
    worst = max(figures, key=lambda name: figures[name])
    remarks = [f"{name}: p95 {found:.2f} ms, {found / floor:.2f} × floor" for name, found in figures.items()]
    missed = tuple(f"{name}: {found / floor:.2f}" for name, found in figures.items() if found > floor * bench.target)
    return bench.report(Figures(floor, figures[worst], load), (*remarks, f"worst: {worst}"), missed)


def run(size: int = NAMES, bench: Bench = BENCH) -> Report:
    return asyncio.run(_measure(size, bench))
