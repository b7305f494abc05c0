"""A year of draws as they are stored, honest or with a bias planted in one place (B9).

Straight into the tables: a hundred ceremonies would take minutes. What the report reads of a draw is all that is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from services.draw.domain.drawing_plan import Task, stratum_of
from services.draw.storage.tasks import task_json
from shared.values.credit_class import CreditClass
from shared.values.ids import new_id
from tests.builders.dice import Dice
from tests.builders.draw import TOWNS, a_kept_task

FROZEN_AT = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
RATIOS = {"A": 100_000, "B": 150_000, "C": 300_000, "D": 500_000}
INDUSTRIES = ("62", "52", "34", "13")
DEPARTMENTS = ("scjg", "yjj")
OBJECTS, OFFICERS = 240, 8
OFFICERS_OF = {name: [new_id() for _ in range(OFFICERS)] for name in DEPARTMENTS}


@dataclass
class StoredObject:
    entity_id: UUID
    token: bytes
    credit_class: str
    region: str
    industry: str

    @property
    def stratum(self) -> str:
        return stratum_of(self.credit_class, None)


@dataclass
class StoredDraw:
    """One draw: who was in, who was drawn, the team of each department at each object drawn."""

    dice: Dice
    id: UUID = field(default_factory=new_id)
    objects: list[StoredObject] = field(default_factory=list)
    drawn: list[StoredObject] = field(default_factory=list)
    teams: dict[tuple[bytes, str], list[UUID]] = field(default_factory=dict)
    substituted: list[tuple[StoredObject, str | None]] = field(default_factory=list)
    """Object, and the department whose first officer was replaced there; None: the object itself was."""

    def result_text(self) -> str:
        lines = [f"D\tjoint\t1\t{one.stratum}\t{one.token.hex()}" for one in self.drawn]
        for (token, department), team in sorted(self.teams.items()):
            lines += [
                f"M\t{token.hex()}\t{department}\t{idx}\t{token_of(self.id, officer).hex()}"
                for idx, officer in enumerate(team)
            ]
        return "".join(line + "\n" for line in lines)


Bias = Callable[[StoredDraw], None]


def token_of(draw_id: UUID, thing: UUID) -> bytes:
    return hashlib.sha256(f"{draw_id}{thing}".encode()).digest()


def an_honest_draw(number: int) -> StoredDraw:
    dice = Dice(f"year {number}")
    draw = StoredDraw(dice)
    for n in range(OBJECTS):
        entity_id = new_id()
        one = StoredObject(
            entity_id, token_of(draw.id, entity_id), "AAAABBCCD"[n % 9], dice.pick(TOWNS), dice.pick(INDUSTRIES)
        )
        draw.objects.append(one)
    for credit_class in CreditClass:
        stratum = [one for one in draw.objects if one.credit_class == credit_class.value]
        exact = len(stratum) * RATIOS.get(credit_class.value, 0)
        n, part = divmod(exact, 10**6)
        draw.drawn += dice.sample(stratum, n + (dice.below(10**6) < part))
    for one in draw.drawn:
        for department in DEPARTMENTS:
            draw.teams[one.token, department] = dice.sample(OFFICERS_OF[department], 2)
    draw.substituted = [(one, dice.pick((None, *DEPARTMENTS))) for one in draw.drawn if dice.chance(15)]
    return draw


def a_year(draws: int, bias: Bias | None = None) -> list[StoredDraw]:
    year = [an_honest_draw(number) for number in range(draws)]
    for draw in year if bias else ():
        assert bias is not None
        bias(draw)
    return year


async def store(work: Any, year: list[StoredDraw], frozen_at: datetime = FROZEN_AT, stage: str = "PUBLISHED") -> None:
    """Inside an open unit of work of the service itself."""
    for draw in year:
        task = a_kept_task(departments=DEPARTMENTS, window_end=date(2026, 4, 30))
        task = Task(**{name: getattr(task, name) for name in Task.__slots__} | {"ratios": RATIOS})
        await _store(work.connection, draw, task, frozen_at, stage)


async def _store(connection: Any, draw: StoredDraw, task: Task, frozen_at: datetime, stage: str) -> None:
    shared = {"draw": draw.id, "owner": "scjg", "participants": list(DEPARTMENTS)}
    here = "current_setting('ssj.district')"
    await connection.execute(
        text(
            "INSERT INTO draws (id, district, owner_department, participants, task_id, task_no, stage, version, suite,"
            f" plan, note, frozen_by, frozen_at) VALUES (:draw, {here}, :owner, :participants, :task, '1', :stage, 5,"
            " 'SHA-256', '{}', '', 'officer:a', :at)"
        ),
        shared | {"task": task.id, "stage": stage, "at": frozen_at},
    )
    await connection.execute(
        text(
            "INSERT INTO pools (draw_id, district, owner_department, participants, blind_key, task, feed,"
            f" snapshot_digest, roster_hash, recusal_hash) VALUES (:draw, {here}, :owner, :participants, '',"
            " CAST(:task AS jsonb), '{}', '', '', '')"
        ),
        shared | {"task": orjson.dumps(task_json(task)).decode()},
    )
    await _store_pool(connection, draw, shared, here)
    await connection.execute(
        text(
            "INSERT INTO draw_results (district, draw_id, version, seed, result_hash, text, drawn, visits, open_slots,"
            f" explanation) VALUES ({here}, :draw, 0, '', '', :text, 0, 0, 0, '{{}}')"
        ),
        {"draw": draw.id, "text": draw.result_text()},
    )
    await _store_visits(connection, draw, task, shared, here)


async def _store_pool(connection: Any, draw: StoredDraw, shared: dict[str, Any], here: str) -> None:
    objects = draw.objects
    await connection.execute(
        text(
            "INSERT INTO pool_objects (district, draw_id, owner_department, token, entity_id, stratum, region, record,"
            f" credit_class, industry) SELECT {here}, :draw, :owner, o.* FROM unnest(CAST(:tokens AS bytea[]),"
            " CAST(:ids AS uuid[]), CAST(:strata AS text[]), CAST(:regions AS text[]), CAST(:ids AS text[]),"
            " CAST(:classes AS text[]), CAST(:industries AS text[])) AS o"
        ),
        {
            "draw": draw.id,
            "owner": "scjg",
            "tokens": [one.token for one in objects],
            "ids": [str(one.entity_id) for one in objects],
            "strata": [one.stratum for one in objects],
            "regions": [one.region for one in objects],
            "classes": [one.credit_class for one in objects],
            "industries": [one.industry for one in objects],
        },
    )
    people = [(department, officer) for department in DEPARTMENTS for officer in OFFICERS_OF[department]]
    await connection.execute(
        text(
            "INSERT INTO pool_inspectors (district, draw_id, owner_department, inspector_id, department, status,"
            f" valid_until, token, record, roster_row) VALUES ({here}, :draw, :owner, :id, :department, 'active',"
            " '2028-01-01', :token, '', :row)"
        ),
        [
            {
                "draw": draw.id,
                "owner": "scjg",
                "id": officer,
                "department": department,
                "token": token_of(draw.id, officer),
                "row": f"{token_of(draw.id, officer).hex()}\t{department}\t410308\t食品\t2028-01-01\t99\t{n}",
            }
            for n, (department, officer) in enumerate(people)
        ],
    )


async def _store_visits(connection: Any, draw: StoredDraw, task: Task, shared: dict[str, Any], here: str) -> None:
    visits = {one.token: new_id() for one in draw.drawn}
    await connection.execute(
        text(
            "INSERT INTO visits (id, district, owner_department, participants, draw_id, task_id, entity_id,"
            f" object_token, batch, state, window_start, window_end, assigned_at) VALUES (:id, {here}, :owner,"
            " :participants, :draw, :task, :entity, :token, 1, 'assigned', '2026-03-02', '2026-04-30', :at)"
        ),
        [
            shared | {"id": visits[one.token], "task": task.id, "entity": one.entity_id, "token": one.token,
                      "at": FROZEN_AT}
            for one in draw.drawn
        ],
    )  # fmt: skip
    await connection.execute(
        text(
            "INSERT INTO assignments (district, owner_department, participants, visit_id, department, idx, is_expert,"
            f" tags, inspector_id, assigned_at) VALUES ({here}, :owner, :participants, :visit, :department, :idx,"
            " false, '{}', :officer, :at)"
        ),
        [
            {
                "owner": "scjg",
                "participants": list(DEPARTMENTS),
                "visit": visits[token],
                "department": department,
                "idx": idx,
                "officer": officer,
                "at": FROZEN_AT,
            }
            for (token, department), team in draw.teams.items()
            for idx, officer in enumerate(team)
        ],
    )
    if draw.substituted:
        await _store_substitutions(connection, draw, visits, here)


async def _store_substitutions(connection: Any, draw: StoredDraw, visits: dict[bytes, UUID], here: str) -> None:
    rows = [
        {
            "id": new_id(),
            "draw": draw.id,
            "owner": department or "scjg",
            "participants": list(DEPARTMENTS),
            "visit": visits[one.token],
            "token": one.token,
            "officer": draw.teams[one.token, department][0] if department else None,
            "reason": "inspector_on_leave" if department else "object_closed",
            "at": FROZEN_AT,
        }
        for one, department in draw.substituted
    ]
    await connection.execute(
        text(
            "INSERT INTO substitutions (id, district, owner_department, participants, draw_id, visit_id, object_token,"
            " inspector_id, reason_code, reason, evidence, requested_by, requested_at, state, version, opinion)"
            f" VALUES (:id, {here}, :owner, :participants, :draw, :visit, :token, :officer, :reason, '', '',"
            " 'officer:a', :at, 'applied', 3, '')"
        ),
        rows,
    )
