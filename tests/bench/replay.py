"""Job 7: credit rebuilt from a journal of 200,000 events.

Product: the operator's `rebuild` over the owner's connection, fsync on: writers kept out, every input read and folded
in the order applied, all five tables made, indexed, protected and swapped in; without the comparison with what was
there, which is made once at the end. Floor: one server-side statement that reads the same journal and sets the same
entries, reversals, listings, flags and records into keyed tables; it knows no history of classes, no windows, no
direct rules and no snapshot. Both must agree on counts and on the sum of scores.

Results are as one district found them (常州·天宁 2017: of 97 inspected 78 normal, 10 not published, 3 unreachable, 6
corrected), four an entity; one in a hundred is corrected later, one in two hundred withdrawn.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import asyncpg
import uvloop

from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.provision_postgres import database_name, dsn_of
from services.credit.domain.facts import Fact
from services.credit.messaging.facts_of_results import fact_of_result
from services.credit.storage.journal import INDICATORS_ACTIVATED, MEASURES_ACTIVATED, input_text
from services.credit.storage.rulebooks import indicator_body, shipped_rules
from services.credit.usecases.rebuild import rebuild
from shared.events.envelope import Event
from tests.bench.frame import Bench, Report
from tests.builders.credit import (
    LISTED,
    PUBLISHED_AT,
    SHIPPED_MEASURES,
    a_finding,
    a_result,
    an_entity,
    corrected,
    heard,
    published,
    withdrawn,
)
from tests.builders.dice import Dice

BENCH = Bench("replay", target=4.0, aim=1.4)
EVENTS: Final = 200_000
PER_ENTITY: Final = 4
DISTRICT: Final = "bench"
_FLOOR_TABLES: Final = ("credit_entries", "listings", "flags", "credit_records")
_JOURNAL: Final = ("district", "kind", "entity_id", "event_id", "payload", "known_from")
_FLOOR: Final = """
WITH told AS MATERIALIZED (
    SELECT seq, entity_id, known_from, payload::jsonb AS p FROM public.credit_journal
    WHERE district = $1 AND kind = 'fact'
), facts AS MATERIALIZED (
    SELECT t.*, (p ->> 'version')::integer AS version, (p ->> 'standing')::boolean AS standing, p ->> 'key' AS key,
        lead(p) OVER (PARTITION BY entity_id, p ->> 'key' ORDER BY seq) AS later
    FROM told AS t
), weighed AS MATERIALIZED (
    SELECT f.*, o.place, o.one -> 'mark' AS mark, o.one ->> 'title' AS title, i.code AS indicator,
        coalesce(i.points[1 + (o.one -> 'mark' ->> 'level')::integer], 0) AS points, gen_random_uuid() AS id
    FROM facts AS f CROSS JOIN LATERAL jsonb_array_elements(f.p -> 'observations') WITH ORDINALITY AS o (one, place)
    LEFT JOIN floor.weights AS i ON i.mark = o.one -> 'mark' ->> 'code'
), entries AS (
    INSERT INTO floor.credit_entries (district, entity_id, id, source, fact_key, fact_version, kind, code,
        indicator_code, level, points, occurred_on, recorded_at, title, origin, indicator_version, reverses, known_from)
    SELECT $1, entity_id, e.id, 'results', key, e.version, e.kind, mark ->> 'code', indicator,
        (mark ->> 'level')::integer, e.points, (mark ->> 'occurred_on')::date, e.at, e.title, e.p ->> 'origin', 1,
        e.reverses, known_from
    FROM weighed AS w CROSS JOIN LATERAL (
        VALUES (w.id, w.version, 'fact', w.points, (w.p ->> 'told_at')::timestamptz, w.title, w.p, NULL::uuid),
            (gen_random_uuid(), (w.later ->> 'version')::integer, 'reversal', -w.points,
             (w.later ->> 'told_at')::timestamptz, '冲销', w.later, w.id)
    ) AS e (id, version, kind, points, at, title, p, reverses) WHERE e.p IS NOT NULL
), decisions AS MATERIALIZED (
    SELECT f.*, gen_random_uuid() AS id, p -> 'decision' AS d FROM facts AS f
    WHERE jsonb_typeof(p -> 'decision') = 'object'
), listed AS (
    INSERT INTO floor.listings (district, id, version, entity_id, list_code, ground, document_no, authority, decided_on,
        state, in_force_from, recorded_at, known_from)
    SELECT $1, id, 1, entity_id, d ->> 'list_code', d ->> 'ground', d ->> 'document_no', d ->> 'authority',
        (d ->> 'decided_on')::date, 'entered', (d ->> 'decided_on')::date, (p ->> 'told_at')::timestamptz, known_from
    FROM decisions
), list_entries AS (
    INSERT INTO floor.credit_entries (district, entity_id, id, source, fact_key, fact_version, kind, code,
        indicator_code, level, points, occurred_on, recorded_at, title, origin, indicator_version, known_from)
    SELECT $1, entity_id, gen_random_uuid(), 'results', key, version, 'listing', 'list:' || (d ->> 'list_code'), i.code,
        0, i.points[1], (d ->> 'decided_on')::date, (p ->> 'told_at')::timestamptz, d ->> 'ground', p ->> 'origin', 1,
        known_from
    FROM decisions LEFT JOIN floor.weights AS i ON i.mark = 'list:' || (d ->> 'list_code')
), raised AS (
    INSERT INTO floor.flags (district, entity_id, area, id, version, listing_id, measure_code, list_code, ground,
        document_no, authority, legal_basis, starts_on, state, in_force_from, recorded_at, known_from)
    SELECT $1, entity_id, m.area, gen_random_uuid(), 1, d.id, m.code, d ->> 'list_code', d ->> 'ground',
        d ->> 'document_no', d ->> 'authority', m.legal_basis, (d ->> 'decided_on')::date, 'raised',
        (d ->> 'decided_on')::date, (p ->> 'told_at')::timestamptz, known_from
    FROM decisions AS d CROSS JOIN floor.measures AS m
), standing AS (
    SELECT f.entity_id, f.p, f.known_from, coalesce(w.points, 0) AS points, coalesce(i.points[1], 0) AS listed,
        f.standing AND f.later IS NULL AS counts
    FROM facts AS f LEFT JOIN floor.weights AS i ON i.mark = 'list:' || (f.p -> 'decision' ->> 'list_code')
    LEFT JOIN (SELECT seq, sum(points) AS points FROM weighed GROUP BY seq) AS w ON w.seq = f.seq
), scored AS (
    SELECT entity_id, count(*) AS version,
        max(((p ->> 'told_at')::timestamptz AT TIME ZONE 'Asia/Shanghai')::date) AS day,
        least(1000, coalesce(sum(points + listed) FILTER (WHERE counts), 0)) AS score, max(known_from) AS known_from,
        bool_or(counts) AS rated
    FROM standing GROUP BY entity_id
)
INSERT INTO floor.credit_records (district, entity_id, version, based_on, as_of, score, credit_class, indicator_version,
    snapshot, known_from)
SELECT $1, entity_id, version, version - 1, day, score,
    CASE WHEN NOT rated THEN 'U' WHEN score < 200 THEN 'A' WHEN score < 500 THEN 'B' WHEN score < 750 THEN 'C'
        ELSE 'D' END, 1, '[]', known_from FROM scored
"""
_FIGURES: Final = """
SELECT (SELECT count(*) FROM {0}.credit_entries WHERE district = $1 AND kind <> 'reversal') AS entries,
    (SELECT sum(points) FROM {0}.credit_entries WHERE district = $1 AND kind = 'fact') AS points,
    (SELECT count(*) FROM {0}.credit_records WHERE district = $1) AS records,
    (SELECT sum(score) FROM {0}.credit_records WHERE district = $1) AS score,
    (SELECT count(*) FROM {0}.flags WHERE district = $1 AND version = 1) AS flags,
    (SELECT string_agg(n, ' ' ORDER BY n) FROM (SELECT credit_class || count(*) AS n FROM {0}.credit_records
        WHERE district = $1 GROUP BY credit_class) AS c) AS classes
"""


class Wrong(AssertionError):
    """Floor and product do not agree: their speeds mean nothing."""


def some_facts(count: int) -> Iterator[Fact]:
    """In the order told."""
    dice, entities = Dice("replay"), [an_entity(number) for number in range(1, count // PER_ENTITY + 1)]
    for number in range(count):
        at = PUBLISHED_AT + timedelta(seconds=number)
        for event in _events(dice, entities[dice.below(len(entities))], at):
            yield fact_of_result(heard(event, district=DISTRICT)[0])


def _events(dice: Dice, firm: Any, at: Any) -> Iterator[Event]:
    draw = dice.below(97)
    codes, findings, listing = ["1"], [], None
    if draw >= 91:
        codes, findings = ["E"], [a_finding("E", 1 + dice.below(3))]
    elif draw >= 81:
        codes, findings = ["B"], [a_finding("B", 1 + dice.below(5))]
    elif draw >= 78:
        codes, listing = ["6"], LISTED
    result = a_result(firm, outcome_codes=codes, findings=findings, listing=listing, published_at=at)
    yield published(result)
    if dice.below(100) == 0 and listing is None:
        again = a_result(firm, result_id=result.result_id, version=2, published_at=at + timedelta(minutes=1))
        yield corrected(again)
    elif dice.below(200) == 0 and listing is None:
        yield withdrawn(result)


async def seed(admin: asyncpg.Connection[Any], count: int) -> int:
    """A journal of about so many events, and weights and measures for the floor. Returns how many exactly."""
    rules, known_from = shipped_rules(), PUBLISHED_AT
    made: list[tuple[Any, ...]] = [
        (DISTRICT, INDICATORS_ACTIVATED, None, None, indicator_body(rules.indicators), known_from),
        (DISTRICT, MEASURES_ACTIVATED, None, None, SHIPPED_MEASURES, known_from),
    ]
    for fact in some_facts(count):
        made.append((DISTRICT, Fact.KIND, fact.entity_id, fact.event_id, input_text(fact), fact.told_at))
        if len(made) > count + 1:
            break
    await admin.copy_records_to_table("credit_journal", columns=_JOURNAL, records=made)
    await admin.execute(
        "CREATE SCHEMA floor; CREATE TABLE floor.weights (mark text PRIMARY KEY, code text, points integer[])"
    )
    await admin.execute("CREATE TABLE floor.measures (area text, code text, legal_basis text)")
    system = rules.indicators
    weights = [(mark, code, list(system.indicators[code].points)) for mark, code in system.codes.items()]
    await admin.copy_records_to_table("weights", schema_name="floor", records=weights)
    measures = [(one.area, one.code, one.legal_basis) for one in rules.measures.triggered_by("abnormal_operations")]
    await admin.copy_records_to_table("measures", schema_name="floor", records=measures)
    for table in _FLOOR_TABLES:
        await admin.execute(f"CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING DEFAULTS INCLUDING INDEXES)")
    await admin.execute("VACUUM ANALYZE credit_journal")
    await admin.execute("ANALYZE")
    return len(made) - 2


async def floor(admin: asyncpg.Connection[Any]) -> float:
    for table in _FLOOR_TABLES:
        await admin.execute(f"TRUNCATE floor.{table}")
    started = time.perf_counter()
    await admin.execute(_FLOOR, DISTRICT)
    return time.perf_counter() - started


async def ours(owner: asyncpg.Connection[Any], count: int) -> float:
    started = time.perf_counter()
    done = await rebuild(owner, compare=False)
    took = time.perf_counter() - started
    if done.inputs < count or not done.swapped:
        raise Wrong(done)
    return took


async def measure(platform: EmbeddedPlatform, count: int, bench: Bench) -> Report:
    admin = await asyncpg.connect(dsn_of(platform.admin_dsn, database_name("credit")))
    owner = await asyncpg.connect(platform.database_url("credit", "owner"))
    made = await seed(admin, count)
    await floor(admin)  # the first pays for pages and files that later ones find
    figures = await bench.measure_async(lambda: floor(admin), lambda: ours(owner, made))
    least = await admin.fetchrow(_FIGURES.format("floor"), DISTRICT)
    most = await admin.fetchrow(_FIGURES.format("public"), DISTRICT)
    if dict(least) != dict(most):
        raise Wrong(f"{dict(least)} {dict(most)}")
    if not (checked := await rebuild(owner, swap=False)).is_same:
        raise Wrong(checked.told())
    await admin.execute("DROP SCHEMA floor CASCADE")
    await owner.close()
    await admin.close()
    rate = f"{made / figures.ours:.0f} events/s, the floor {made / figures.floor:.0f}"
    return bench.report(figures, (rate, f"entries {most['entries']}, records {most['records']}: {most['classes']}"))


def run(count: int = EVENTS, bench: Bench = BENCH) -> Report:
    options = PlatformOptions(services=("credit",), gateway=False)
    with embedded_platform(options=options) as platform:
        platform.stop_process("credit")
        return uvloop.run(measure(platform, count, bench))
