"""The history of a fault run, and the check of it that needs no platform: what was promised, what stands at the end.

A history is a JSONL file: a line for every client call as the client saw it, a line for what the databases hold of each
result afterwards. `python -m tests.faults.history FILE` judges one again and exits 1 if a promise was broken.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

IN_FLIGHT = "request.request_in_flight"
"""The one refusal that promises nothing: the call before it is still being worked on."""


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt to publish. `status` is None where no answer came: the outcome is then unknown to the client."""

    seed: int
    at: float
    """Seconds since the history began."""
    key: str
    """The Idempotency-Key, the same for all attempts."""
    result_id: str
    attempt: int
    status: int | None
    code: str = ""
    """The stable code of a refusal."""
    digest: str = ""
    """SHA-256 of the body answered."""

    @property
    def acknowledged(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        return self.status is not None and 400 <= self.status < 500 and self.code != IN_FLIGHT


@dataclass(frozen=True, slots=True)
class Final:
    """What stands of one result at the end: how often each of its traces is found."""

    seed: int
    result_id: str
    published: int
    """Public versions."""
    told: int
    """Events in the producer's log."""
    audited: int
    credited: int
    """Facts in credit's journal that came from its events."""
    entries: int
    """Credit entries of those facts."""
    told_at: int | None = None
    """Number of its event in the producer's log."""
    credited_at: int | None = None
    """Place of its fact in credit's journal."""


FaultKind = Literal["lost", "duplicated", "torn", "contradicted", "refused", "reordered", "unseen"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken promise."""

    kind: FaultKind
    result_id: str
    detail: str


class History:
    """Written line by line as things happen, so that a run that is killed leaves what it saw."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, line: Call | Final) -> None:
        kind = "call" if isinstance(line, Call) else "final"
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"kind": kind, **asdict(line)}, ensure_ascii=False) + "\n")

    def read(self) -> tuple[list[Call], list[Final]]:
        """All calls and, of each result, what was found last."""
        calls: list[Call] = []
        finals: dict[str, Final] = {}
        for line in self.path.read_text("utf-8").splitlines():
            found = json.loads(line)
            if found.pop("kind") == "call":
                calls.append(Call(**found))
            else:
                finals[found["result_id"]] = Final(**found)
        return calls, list(finals.values())

    def faults(self) -> list[Fault]:
        return check(*self.read())


def check(calls: Sequence[Call], finals: Sequence[Final]) -> list[Fault]:
    """Every promise broken: lost, done twice, half done, answered in two ways, out of order, or never looked at."""
    found = {final.result_id: final for final in finals}
    asked = {call.result_id for call in calls}
    faults = [Fault("unseen", result_id, "nobody looked what became of it") for result_id in sorted(asked - {*found})]
    faults += [fault for final in finals for fault in _of_final(final, _acknowledged(final, calls))]
    faults += [Fault("refused", call.result_id, f"{call.status} {call.code}") for call in calls if call.refused]
    return [*faults, *_contradictions(calls), *_out_of_order(finals)]


def _acknowledged(final: Final, calls: Iterable[Call]) -> bool:
    return any(call.acknowledged for call in calls if call.result_id == final.result_id)


def _of_final(final: Final, acknowledged: bool) -> list[Fault]:
    """An act that nobody was told of may be done or not, but wholly."""
    traces = {name: getattr(final, name) for name in ("published", "told", "audited", "credited", "entries")}
    twice = [name for name, count in traces.items() if count > 1]
    missing = [name for name, count in traces.items() if count == 0]
    faults = [Fault("duplicated", final.result_id, f"{name} {traces[name]} times") for name in twice]
    if missing and acknowledged:
        faults.append(Fault("lost", final.result_id, f"acknowledged, not {', '.join(missing)}"))
    elif missing and len(missing) < len(traces):
        faults.append(Fault("torn", final.result_id, f"half done: not {', '.join(missing)}"))
    return faults


def _contradictions(calls: Sequence[Call]) -> list[Fault]:
    """One key, one answer (REL19)."""
    answers: dict[tuple[str, str], set[tuple[int | None, str]]] = {}
    for call in calls:
        if call.acknowledged:
            answers.setdefault((call.result_id, call.key), set()).add((call.status, call.digest))
    return [
        Fault("contradicted", result_id, f"key {key} had {len(given)} different answers")
        for (result_id, key), given in answers.items()
        if len(given) > 1
    ]


def _out_of_order(finals: Sequence[Final]) -> list[Fault]:
    """Credit learns in the order of the producer's log."""
    told = sorted(
        (final.told_at, final.credited_at, final.result_id)
        for final in finals
        if final.told_at is not None and final.credited_at is not None
    )
    return [
        Fault("reordered", result_id, f"told as number {told_at}, credited before number {before}")
        for (before, earlier, _), (told_at, later, result_id) in pairwise(told)
        if later < earlier
    ]


def main(path: Path) -> int:
    faults = History(path).faults()
    for fault in faults:
        print(f"{fault.kind}\t{fault.result_id}\t{fault.detail}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
