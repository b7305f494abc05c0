"""Random ceremonies judged by the domain, the Python verifier and the JavaScript verifier: one verdict (D2, B4).

The three share no code. A stand-alone verifier reads all records in one run, as a folder of files.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.draw.domain.errors import Refusal
from services.draw.domain.verify import verify
from tests.builders.dice import Dice
from tests.builders.draw_ceremony import a_record
from tests.builders.draw_spoiling import a_spoiled_record
from tests.support.js_verifier import CLI, NODE, ROOT, VECTORS, needs_node

Record = dict[str, Any]
Due = dict[str, str]
Command = tuple[str, ...]
USUAL, MANY = 60, 1000
ROUNDS = [USUAL, pytest.param(MANY, marks=pytest.mark.slow)]
LIMIT = 280
BY_PYTHON = (sys.executable, str(ROOT / "verifier" / "verify.py"))
BY_JAVASCRIPT = (NODE or "node", str(CLI))
STAND_ALONE = [
    pytest.param(BY_PYTHON, id="python"),
    pytest.param(BY_JAVASCRIPT, id="javascript", marks=needs_node),
]


def verdict(record: Record) -> str:
    """The domain's: OK, or the refusal's code."""
    try:
        verify(record)
    except Refusal as refusal:
        return refusal.code
    return "OK"


def verdicts_of(command: Command, folder: Path) -> Due:
    """File name → first word printed, of one run over the folder."""
    run = subprocess.run(
        [*command, str(folder)], capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False
    )
    found = {name: word for word, name in (line.split(" ", 1) for line in run.stdout.splitlines())}
    assert run.returncode == (0 if set(found.values()) == {"OK"} else 1), run.stderr[-2000:]
    return found


def write(folder: Path, records: list[Record]) -> Due:
    """The records as files; file name → the domain's verdict."""
    folder.mkdir()
    due = {}
    for number, record in enumerate(records):
        name = f"{number:04}.json"
        (folder / name).write_text(json.dumps(record), encoding="utf-8")
        due[name] = verdict(record)
    return due


@cache
def sound(count: int) -> list[Record]:
    return [dict(a_record(seed)) for seed in range(count)]


def spoiled(count: int) -> list[Record]:
    """With one change each. Without `expected` if that only names the refusal due: they have to find it themselves."""
    records: list[Record] = [dict(a_spoiled_record(seed)) for seed in range(count)]
    for record in records:
        if "error" in record["expected"]:
            del record["expected"]
    return records


def flipped(count: int) -> list[Record]:
    """With one bit flipped somewhere in what commitment, log and published result bind."""
    return [flip(Dice(f"flip {number}"), record) for number, record in enumerate(sound(count))]


def flip(dice: Dice, record: Record) -> Record:
    changed: Record = json.loads(json.dumps(record))
    last = changed["log"].pop()  # nothing comes after it that would bind its text
    proofs = {name: changed["expected"].pop(name) for name in ("inclusion", "uniform_int")}  # a false one stays false
    places = {name: found for name in changed if (found := list(texts(changed, name)))}
    within, key = dice.pick(places[dice.pick(list(places))])
    text, at = within[key], dice.below(len(within[key]))
    within[key] = text[:at] + chr(ord(text[at]) ^ 1 << dice.below(7)) + text[at + 1 :]
    changed["log"].append(last)
    changed["expected"].update(proofs)
    return changed


def texts(within: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of every text that is not empty, from one member on."""
    value = within[key]
    if isinstance(value, str) and value:
        yield within, key
    elif isinstance(value, dict | list):
        for inner in value if isinstance(value, dict) else range(len(value)):
            yield from texts(value, inner)


KINDS: dict[str, Callable[[int], list[Record]]] = {"sound": sound, "spoiled": spoiled, "flipped": flipped}


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], tuple[Path, Due]]:
    """(kind, count) → a folder of that many records, and what the domain says of each; written once."""

    @cache
    def get(kind: str, count: int) -> tuple[Path, Due]:
        folder = tmp_path_factory.mktemp(kind) / str(count)
        return folder, write(folder, KINDS[kind](count))

    return get


Batches = Callable[[str, int], tuple[Path, Due]]


@pytest.mark.parametrize("count", ROUNDS)
@pytest.mark.parametrize("command", STAND_ALONE)
def test_every_sound_ceremony_is_ok_to_all(command: Command, count: int, batch: Batches) -> None:
    folder, due = batch("sound", count)
    assert set(due.values()) == {"OK"}
    assert verdicts_of(command, folder) == due


@pytest.mark.parametrize("count", ROUNDS)
@pytest.mark.parametrize("command", STAND_ALONE)
def test_every_spoiled_record_is_refused_under_one_name_by_all(command: Command, count: int, batch: Batches) -> None:
    folder, due = batch("spoiled", count)
    assert sum(word != "OK" for word in due.values()) > 0.8 * count
    assert verdicts_of(command, folder) == due


@pytest.mark.parametrize("count", ROUNDS)
@pytest.mark.parametrize("command", STAND_ALONE)
def test_one_flipped_bit_is_named_by_all(command: Command, count: int, batch: Batches) -> None:
    """SEC32, M3: wherever it is, and under the same name."""
    folder, due = batch("flipped", count)
    assert "OK" not in due.values()
    assert verdicts_of(command, folder) == due


@pytest.mark.parametrize("command", STAND_ALONE)
def test_every_public_vector_is_ok_to_all(command: Command) -> None:
    """A vector that is a counter-example is OK if it is refused under the name that it claims."""
    due = {}
    for file in sorted(VECTORS.glob("*.json")):
        record = json.loads(file.read_text("utf-8"))
        assert verdict(record) == record["expected"].get("error", "OK")
        due[file.name] = "OK"
    assert verdicts_of(command, VECTORS) == due


@pytest.mark.parametrize(("count", "least"), [(USUAL, 12), pytest.param(MANY, 200, marks=pytest.mark.slow)])
def test_the_ceremonies_are_of_every_kind(count: int, least: int) -> None:
    """Both suites, open slots (缺口), substitutions (递补), records with and without their private part."""
    seen: Counter[str] = Counter()
    for record in sound(count):
        seen.update(traits(record))
    rare = {name: seen[name] for name in TRAITS if seen[name] < least}
    assert rare == {}


TRAITS = ("SHA-256", "SM3", "open slots", "substitutions", "private")


def traits(record: Record) -> list[str]:
    lines = [line.split("\t") for line in record["expected"]["result_text"].splitlines()]
    found = [json.loads(record["commitment"])["suite"]]
    found += ["open slots"] * any(line[0] == "M" and line[-1] == "-" for line in lines)
    found += ["substitutions"] * bool(record["substitutions"])
    found += ["private"] * ("private" in record)
    return found
