"""The frame of the benchmarks: turns, medians, verdicts and the one line that programs read. No timing is asserted."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.bench import frame
from tests.bench.__main__ import BENCHES, main
from tests.bench.frame import Bench, Report

MEMBERS = ["bench", "ratio", "target", "aim", "ours", "floor", "unit", "rounds", "load"]
TRIVIAL = Bench("trivial", target=2, aim=1.5, unit="ms")


def report(ours: list[float], bench: Bench = TRIVIAL, missed: tuple[str, ...] = ()) -> Report:
    """Of a floor that is always 2, and these figures."""
    rounds = iter(ours)
    return bench.report(bench.measure(lambda: 2.0, lambda: next(rounds)), ("a remark",), missed)


def run(capsys: pytest.CaptureFixture[str], made: Report) -> tuple[int, list[str]]:
    """Exit code and printed lines of a benchmark that reports this."""
    code = main(["trivial"], {"trivial": lambda: made})
    return code, capsys.readouterr().out.splitlines()


def test_the_last_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run(capsys, report([3.0, 9.0, 1.0]))
    last = json.loads(lines[-1])
    assert list(last) == MEMBERS
    assert (last["bench"], last["unit"], last["rounds"]) == ("trivial", "ms", 3)
    assert (last["ours"], last["floor"], last["ratio"]) == (3.0, 2.0, 1.5)
    assert (last["target"], last["aim"]) == (2, 1.5)
    assert last["load"] >= 0
    assert code == 0
    assert "a remark" in lines[0]
    assert any("peak memory" in line for line in lines[:-1])


def test_a_must_that_is_missed_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, report([4.0] * 3))[0] == 0
    code, lines = run(capsys, report([4.1] * 3))
    assert code == 1
    assert "MISSED" in lines[-2]
    code, lines = run(capsys, report([2.0] * 3, missed=("memory",)))
    assert code == 1
    assert json.loads(lines[-1])["ratio"] == 1


def test_floor_and_product_take_turns() -> None:
    turns: list[str] = []

    def taking(name: str) -> frame.Measure:
        def measured() -> float:
            turns.append(name)
            return float(len(turns))

        return measured

    figures = TRIVIAL.measure(taking("floor"), taking("ours"))
    assert len(turns) == 2 * TRIVIAL.rounds
    assert all(a != b for a, b in pairwise(turns))
    assert (figures.floor, figures.ours) == (3.0, 4.0)


async def test_what_lives_on_the_event_loop_is_measured_alike() -> None:
    rounds = iter([5.0, 1.0, 3.0])

    async def floor() -> float:
        return 1.0

    async def ours() -> float:
        return next(rounds)

    assert (await TRIVIAL.measure_async(floor, ours)).ours == 3.0


def test_of_throughputs_more_is_better() -> None:
    assert report([8.0] * 3).line.ratio == 4
    assert report([8.0] * 3, replace(TRIVIAL, throughput=True)).line.ratio == 0.25


def test_an_unknown_name_is_told_which_there_are() -> None:
    command = [sys.executable, "-m", "tests.bench", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert all(name in done.stderr for name in BENCHES)
