"""When the names of the drawn open (名单公开时点, M2): a public term of the plan, with the paper (文号) it rests on.

`at_result`: the list of names is public with the result of the draw. `as_visited`: at the draw only salted commitments
are public, a name opens when its visit happens or the window ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.planning.domain.rules import Rules
from shared.values.errors import Invalid


class NamesOpen(StrEnum):
    AT_RESULT = "at_result"
    AS_VISITED = "as_visited"


OPENING_NAMES: Final[Mapping[NamesOpen, str]] = {
    NamesOpen.AT_RESULT: "随抽取结果公开",
    NamesOpen.AS_VISITED: "随检查进行逐户公开",
}


class NamesOpenUnknown(Invalid):
    message = "不认识的名单公开时点：{written}，可选 at_result（随抽取结果公开）、as_visited（随检查进行逐户公开）"


class NamesOpenWithoutBasis(Invalid):
    """What departs from the rule `names_open` states the paper it rests on (M2)."""

    message = "名单公开时点“{term}”与{rule}不同，必须写明依据的文号"


@dataclass(frozen=True, slots=True)
class Opening:
    """`basis`: 文号 of the term."""

    when: NamesOpen
    basis: str


UNRULED: Final = Opening(NamesOpen.AT_RESULT, "本区未另设名单公开时点，随抽取结果公开")
"""Where the district has no rule `names_open`."""


def opening_by_rule(rules: Rules) -> Opening:
    """What holds where a plan states nothing."""
    found = rules.names_open
    return Opening(NamesOpen(found.key), found.text) if found else UNRULED


def opening_of(when: str | None, basis: str | None, rules: Rules) -> Opening:
    """The term as stated, or the rule's. Raises NamesOpenUnknown or NamesOpenWithoutBasis."""
    ruled = opening_by_rule(rules)
    if when is not None and when not in set(NamesOpen):
        raise NamesOpenUnknown(written=when)
    wanted = NamesOpen(when) if when is not None else ruled.when
    stated = (basis or "").strip()
    if stated:
        return Opening(wanted, stated)
    if wanted is not ruled.when:
        raise NamesOpenWithoutBasis(term=OPENING_NAMES[wanted], rule=rules.cite("names_open"))
    return ruled
