"""The journal's form of inputs: whole, so that everything can be rebuilt from the journal alone (B7, REL7).

The kinds come from `fold.APPLIED_BY`. Activated rule versions stand in the journal too, under kinds of their own and
without an entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import orjson
from pydantic import TypeAdapter

from services.credit.domain.facts import Fact
from services.credit.domain.fold import APPLIED_BY
from services.credit.domain.step import Input

FACT: Final = Fact.KIND
INDICATORS_ACTIVATED: Final = "indicators.activated"
MEASURES_ACTIVATED: Final = "measures.activated"
_FORMS: Final[Mapping[str, TypeAdapter[Any]]] = {kind.KIND: TypeAdapter(kind) for kind in APPLIED_BY}


def input_text(one: Input) -> str:
    # The driver's UUIDs are a subclass that orjson does not know.
    return orjson.dumps(one, default=str).decode()


def input_of(kind: str, payload: str) -> Input:
    """The inverse of `input_text`. Raises KeyError for a kind this release does not know."""
    return cast(Input, _FORMS[kind].validate_json(payload))
