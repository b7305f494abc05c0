"""Each class shows what gave it, and who recomputes it from that alone comes to the same: K1."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from services.credit.api.record_shapes import CreditRecordOut
from services.credit.domain.rating import explain
from services.credit.domain.record import CreditRecord
from services.credit.domain.step import Input
from services.credit.usecases.apply_facts import fold_in
from services.credit.usecases.read_archive import RecordView
from tests.builders.credit import INSPECTED_ON, PUBLISHED_AT, a_decision, a_fact, a_mark, a_withdrawal, an_entity
from tests.builders.dice import Dice
from tests.builders.people import an_inspector
from tests.integration.credit.conftest import CreditDistrict

CODES = ("outcome:1", "outcome:6", "outcome:8", "outcome:B", "outcome:E", "R0304", "R0501", "unknown")
LISTS = ("abnormal_operations", "serious_violations", "judgment_defaulters", "major_tax_violations")
RECORDS = 1_000


def some_facts(entity_id: object, dice: Dice) -> list[Input]:
    made: list[Input] = []
    for number in range(1 + dice.below(3)):
        marks = [
            a_mark(dice.pick(CODES), level=dice.below(6), on=INSPECTED_ON - timedelta(days=dice.below(2000)))
            for _ in range(dice.below(4))
        ]
        decision = a_decision(dice.pick(LISTS)) if dice.chance(15) else None
        fact = a_fact(entity_id, *marks, key=f"r{number}", decision=decision, told_at=PUBLISHED_AT)  # type: ignore[arg-type]
        made += [fact, a_withdrawal(fact)] if dice.chance(10) else [fact]
    return made


async def test_a_thousand_scores_follow_from_their_explanations_alone(here: CreditDistrict, tmp_path: Path) -> None:
    """By a script that shares no code with the service."""
    dice = Dice("explanations")
    entities = [an_entity(number) for number in range(1, RECORDS + 1)]
    async with here.work() as work:
        await work.replicas.put(entities, work.now)
        facts = [fact for entity in entities for fact in some_facts(entity.entity_id, dice)]
        await fold_in(facts, work)
        await work.commit()
    officer, lines = an_inspector(district=here.district), []
    async with here.work() as work:
        rules = await work.rulebooks.current()
        for entity in entities:
            record = await work.archive.record(entity.entity_id) or CreditRecord(entity.entity_id)
            why = explain(record, rules.indicators)
            view = RecordView(entity, record, rules.indicators, why, [], rules.measures, [])
            lines.append(CreditRecordOut.of(view).model_dump_json())
    system = await here.get(officer, "/v1/indicator-systems/1")
    shown = await here.get(officer, f"/v1/entities/{entities[0].entity_id}/credit-record")
    assert shown.json() | {"entries": [], "flags": []} == json.loads(lines[0])
    assert {json.loads(line)["credit_class"] for line in lines} == {"U", "A", "B", "C", "D"}
    assert _recomputed(tmp_path, system.text, lines) == (0, f"{RECORDS} records follow from their explanations\n")
    lines[7] = lines[7].replace('"score":', '"score":1')
    assert _recomputed(tmp_path, system.text, lines)[0] == 1


def _recomputed(folder: Path, system: str, lines: list[str]) -> tuple[int, str]:
    (folder / "system.json").write_text(system, "utf-8")
    (folder / "records.jsonl").write_text("\n".join(lines), "utf-8")
    files = [str(folder / "system.json"), str(folder / "records.jsonl")]
    command = [sys.executable, "-m", "tests.support.recompute_scores", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout
