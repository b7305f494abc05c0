"""What every benchmark shares: a floor and a product measured in turns, medians, and one JSON object as the last line.

A benchmark is a module with `run() -> Report`. It builds its data, gives `Bench.measure` two callables that each
return one figure, and hands the medians to `Bench.report`. Ratios hold on any machine; absolute times do not.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from statistics import median

Measure = Callable[[], float]
"""One round: takes the measurement and returns the figure, in the benchmark's unit."""


@dataclass(frozen=True)
class Figures:
    """Medians of floor and product over the rounds, in the benchmark's unit."""

    floor: float
    ours: float
    load: float


@dataclass(frozen=True)
class Line:
    """The last line. `ratio` is ours/floor, of throughputs floor/ours: lower is better. `load`: average of a minute."""

    bench: str
    ratio: float
    target: float
    aim: float
    ours: float
    floor: float
    unit: str
    rounds: int
    load: float

    def json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class Report:
    """One benchmark's outcome: its last line, what to say before it, and what it missed besides the ratio."""

    line: Line
    remarks: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether every must is met."""
        return self.line.ratio <= self.line.target and not self.missed


@dataclass(frozen=True)
class Bench:
    """One job of the table of targets: `target` is its must, `aim` what the design should reach.

    `throughput`: figures are amounts per second, so that more is better.
    """

    name: str
    target: float
    aim: float
    unit: str = "s"
    rounds: int = 3
    throughput: bool = False

    def measure(self, floor: Measure, ours: Measure) -> Figures:
        """Floor and product in turns, each as often as there are rounds."""
        load = load_average()
        pairs = [(floor(), ours()) for _ in range(self.rounds)]
        return _medians(pairs, load)

    async def measure_async(
        self, floor: Callable[[], Awaitable[float]], ours: Callable[[], Awaitable[float]]
    ) -> Figures:
        """The same for a product that lives on the event loop."""
        load = load_average()
        pairs = [(await floor(), await ours()) for _ in range(self.rounds)]
        return _medians(pairs, load)

    def ratio(self, figures: Figures) -> float:
        return figures.floor / figures.ours if self.throughput else figures.ours / figures.floor

    def report(self, figures: Figures, remarks: tuple[str, ...] = (), missed: tuple[str, ...] = ()) -> Report:
        line = Line(
            bench=self.name,
            ratio=round(self.ratio(figures), 3),
            target=self.target,
            aim=self.aim,
            ours=_short(figures.ours),
            floor=_short(figures.floor),
            unit=self.unit,
            rounds=self.rounds,
            load=figures.load,
        )
        return Report(line, remarks, missed)


def seconds(job: Callable[[], object]) -> Measure:
    """A measure that runs the job once, garbage collected beforehand."""

    def measured() -> float:
        gc.collect()
        started = time.perf_counter()
        job()
        return time.perf_counter() - started

    return measured


def load_average() -> float:
    """Of the last minute, over all processes of the machine."""
    return round(os.getloadavg()[0], 2)


def peak_memory_mb() -> float:
    """The most this process has held so far, in MB of 10⁶ bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def show(report: Report) -> None:
    """Print remarks, machine and memory, then the one line that programs read."""
    line = report.line
    for remark in report.remarks:
        print(f"  {remark}")
    print(f"  load {line.load} before, {load_average()} after; peak memory {peak_memory_mb():.0f} MB")
    verdict = "reached" if report.reached else "MISSED"
    print(f"  {line.bench}: {line.ratio} × floor (must ≤ {line.target}, aim ≤ {line.aim}): {verdict}")
    for missed in report.missed:
        print(f"  MISSED: {missed}")
    print(line.json(), flush=True)


def _medians(pairs: list[tuple[float, float]], load: float) -> Figures:
    floors, ours = zip(*pairs, strict=True)
    return Figures(floor=median(floors), ours=median(ours), load=load)


def _short(figure: float) -> float:
    return float(f"{figure:.4g}")
