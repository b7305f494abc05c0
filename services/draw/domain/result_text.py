"""Result text (结果文本), section 5.8: lines end with LF, fields are parted by TAB, tokens and tickets are hex."""

from collections.abc import Iterable, Sequence

from services.draw.domain.department_matching import Shortage
from services.draw.domain.matching import Assignment, Replacement
from services.draw.domain.primitives import Bytes32, Suite, tagged
from services.draw.domain.selection import ScopeSelection, Selection
from services.draw.domain.substitution import Exchange


def result_text(
    selection: Selection,
    events: Sequence[Exchange | Replacement],
    assignments: Iterable[Assignment],
    shortages: Iterable[Shortage],
) -> str:
    """S and D lines by scope, X and R lines as written, M lines by token, U lines by department."""
    lines = [line for chosen in selection.scopes for line in _scope_lines(chosen)]
    lines += map(_event_line, events)
    lines += map(_assignment_line, assignments)
    lines += map(_shortage_line, shortages)
    return "".join(lines)


def result_hash(suite: Suite, commit_hash: Bytes32, seed: Bytes32, text: str) -> Bytes32:
    """T("ssj1/result", commit_hash, seed, result text)."""
    return tagged(suite, "ssj1/result", commit_hash, seed, text)


def _line(*fields: str | int) -> str:
    return "\t".join(map(str, fields)) + "\n"


def _hex(token: Bytes32 | None) -> str:
    return "-" if token is None else token.hex()


def _scope_lines(chosen: ScopeSelection) -> Iterable[str]:
    for drawing in chosen.drawings:
        yield _line("S", drawing.scope, drawing.stratum, drawing.size, drawing.n, _hex(drawing.cut))
    for item in chosen.merged:
        yield _line("D", chosen.scope.id, item.batch, item.stratum, _hex(item.token))


def _event_line(event: Exchange | Replacement) -> str:
    if isinstance(event, Exchange):
        return _line("X", event.scope, event.stratum, _hex(event.dropped), _hex(event.substitute))
    return _line("R", _hex(event.token), event.department, event.idx, _hex(event.old), _hex(event.new))


def _assignment_line(assignment: Assignment) -> str:
    return _line("M", _hex(assignment.token), assignment.department, assignment.idx, _hex(assignment.inspector))


def _shortage_line(shortage: Shortage) -> str:
    return _line("U", shortage.department, shortage.open_slots, shortage.slots_seen, shortage.inspectors_seen)
