"""Records of `ssj-draw/1` with one thing wrong, for verifiers to disagree on if they can.

`a_spoiled_record(seed)` takes a valid record and changes one place: in the texts, the lists, the reveal, the private
part, the substitutions, or a log that is chained again afterwards, so that the deeper rows are reached too. What is due
(`expected`) is what the domain's own verifier says: use it to compare verifiers, not to test that one.
"""

import json
from typing import Any

from services.draw.domain.errors import Refusal
from services.draw.domain.primitives import SUITES
from services.draw.domain.verify import verify
from tests.builders.dice import Dice
from tests.builders.draw_ceremony import Json, a_record

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2**32, 1.5, -1, "", "-", "x", "e\u0301", "\ud800", "0" * 64, "A" * 64, [], {}, [None],
    "2026-02-31T09:00:00+08:00", "2026-01-01", "SM3", "SHA-256", "expert", "a\tb", "*", "9" * 65,
)  # fmt: skip


def a_spoiled_record(seed: int) -> Json:
    """A record with one change, `expected` holding the error due, or its results if the change does not matter."""
    dice = Dice(f"spoil {seed}")
    record: dict[str, Any] = dict(a_record(dice.below(10_000)))
    spoil = dice.pick((_spoil_lists, _spoil_lists, _spoil_text, _spoil_commitment, _spoil_log, _spoil_log, _spoil_log))
    spoil(dice, record)
    try:
        outcome = verify({**record, "expected": None}).outcome
    except Refusal as refusal:
        return {**record, "expected": {"error": refusal.code}}
    commit_hash = _hash(json.loads(record["commitment"]), record["commitment"])
    computed = {"seed": outcome.seed.hex(), "result_text": outcome.text, "result_hash": outcome.result_hash.hex()}
    return {**record, "expected": {"commit_hash": commit_hash, **computed, "inclusion": []}}


def _spoil_lists(dice: Dice, record: dict[str, Any]) -> None:
    part = dice.pick([name for name in ("reveal", "public", "private", "substitutions") if name in record])
    record[part] = json.loads(json.dumps(record[part]))
    mutate(dice, record[part])


def _spoil_text(dice: Dice, record: dict[str, Any]) -> None:
    text = record["commitment"]
    at = dice.below(len(text))
    junk = dice.pick(("", " ", "\ufeff", "e\u0301", "\ud800", "0", '"', ",", "{", "1e3", "\\u0301", "Z"))
    record["commitment"] = text[:at] + junk + text[at + dice.below(2) :]


def _spoil_commitment(dice: Dice, record: dict[str, Any]) -> None:
    """Change the commitment and its place in the log alike."""
    log = [json.loads(text) for text in record["log"]]
    at = record["log"].index(record["commitment"])
    mutate(dice, log[at])
    rechain(record, log, log[at])


def _spoil_log(dice: Dice, record: dict[str, Any]) -> None:
    log = [json.loads(text) for text in record["log"]]
    own = log[record["log"].index(record["commitment"])]
    at = dice.below(len(log))
    match dice.below(6):
        case 0 if log[at] is not own:
            del log[at]
        case 1:
            log.insert(dice.below(len(log)), json.loads(json.dumps(log[at])))
        case 2:
            log[at - 1], log[at] = log[at], log[at - 1]
        case 3:
            name = dice.pick(("published_at", "version", "late", "replaces", "draw_id", "suite", "reveal_deadline"))
            other = dice.pick(log)
            log[at][name] = other.get(name, dice.pick((True, 1, "x")))
        case _:
            mutate(dice, log[at])
    rechain(record, log, own) if dice.chance(90) else record.update(log=[_dump(item) for item in log])


def rechain(record: dict[str, Any], log: list[dict[str, Any]], own: dict[str, Any]) -> None:
    """Write the log again with right numbers and hashes; the record's commitment is `own` as it is then written."""
    texts: list[str] = []
    hashes: dict[str, str] = {}
    for seq, item in enumerate(log, 1):
        item["log_seq"] = seq
        item["log_prev"] = _hash(item, texts[-1]) if texts else "0" * 64
        if "commit_hash" in item and str(item.get("draw_id")) in hashes:
            item["commit_hash"] = hashes[str(item.get("draw_id"))]
        texts.append(_dump(item))
        if item.get("kind") == "commitment":
            hashes.setdefault(str(item.get("draw_id")), _hash(item, texts[-1]))
        if item is own:
            record["commitment"] = texts[-1]
    record["log"] = texts


def _hash(item: dict[str, Any], text: str) -> str:
    suite = SUITES.get(str(item.get("suite")))
    return suite.h(text.encode("utf-8", "replace")).hex() if suite else "0" * 64


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def mutate(dice: Dice, value: Any) -> None:
    """One change somewhere below a JSON container."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            _add(dice, value)
            return
        key = dice.pick(keys)
        if isinstance(value[key], dict | list) and dice.chance(85):
            value = value[key]
            continue
        _change(dice, value, key)
        return


def _add(dice: Dice, value: Any) -> None:
    if isinstance(value, dict):
        value["extra"] = dice.pick(ODD_VALUES)
    else:
        value.append(dice.pick(ODD_VALUES))


def _change(dice: Dice, value: Any, key: Any) -> None:
    match dice.below(6):
        case 0:
            del value[key]
        case 1:
            value[key] = dice.pick(ODD_VALUES)
        case 2:
            _add(dice, value)
        case 3 if isinstance(value, list):
            other = dice.below(len(value))
            value[key], value[other] = value[other], value[key]
        case 4 if isinstance(value, list):
            value.insert(dice.below(len(value) + 1), value[key])
        case _:
            value[key] = _tweak(dice, value[key])


def _tweak(dice: Dice, value: Any) -> Any:
    if isinstance(value, str) and value:
        at = dice.below(len(value))
        return value[:at] + dice.pick(("", "0", "f", "9", "\t", ",", "食")) + value[at + 1 :]
    if isinstance(value, int) and not isinstance(value, bool):
        return value + dice.pick((-1, 1, 100))
    return dice.pick(ODD_VALUES)
