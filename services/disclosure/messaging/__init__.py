"""What disclosure hears: the table producer → event → handler. A new module of handlers is a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.disclosure.messaging.credit import FROM_CREDIT
from services.disclosure.messaging.draws import FROM_DRAW
from services.disclosure.messaging.planning import FROM_PLANNING
from services.disclosure.messaging.registry import FROM_REGISTRY
from services.disclosure.messaging.results import FROM_RESULTS
from services.disclosure.messaging.seals import SEALS_OF
from services.disclosure.messaging.statements import STATEMENTS_OF_RESULTS
from shared.runtime.inbox import Handlers

HEARS: Final[Mapping[str, Handlers]] = {
    "registry": {**FROM_REGISTRY, **SEALS_OF["registry"]},
    "planning": {**FROM_PLANNING, **SEALS_OF["planning"]},
    "draw": {**FROM_DRAW, **SEALS_OF["draw"]},
    "results": {**FROM_RESULTS, **STATEMENTS_OF_RESULTS, **SEALS_OF["results"]},
    "credit": {**FROM_CREDIT, **SEALS_OF["credit"]},
}
