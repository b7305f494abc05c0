"""What of ours can be sent: the fields each kind of record has, and the codes they hold.

A field map that names anything else is refused when it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

Value: TypeAlias = "str | int | list[dict[str, str | int | None]] | None"
Record: TypeAlias = Mapping[str, Value]
"""One record of ours, flat but for lists of parts; dates are ISO texts."""

RESULT, RESULT_ITEM, DRAWN_OBJECT = "result", "result_item", "drawn_object"
PLAN, TASK, FLAG = "plan", "task", "flag"

ITEM_FIELDS: Final = frozenset({"item_id", "item_code", "item_name", "item_outcome", "item_outcomes"})
_RESULT_FIELDS: Final = frozenset(
    {
        "result_id",
        "result_version",
        "entity_id",
        "entity_name",
        "uscc",
        "department",
        "task_id",
        "task_no",
        "task_title",
        "plan_id",
        "plan_no",
        "plan_title",
        "visit_id",
        "concluded_on",
        "published_on",
        "method",
        "outcome",
        "main_outcome",
        "origin",
        "region",
        "finding_text",
        "items",
    }
)
FIELDS: Final[Mapping[str, frozenset[str]]] = {
    RESULT: _RESULT_FIELDS,
    RESULT_ITEM: (_RESULT_FIELDS - {"items"}) | ITEM_FIELDS | {"action_code"},
    DRAWN_OBJECT: frozenset({"plan_id", "plan_no", "entity_id", "entity_name", "uscc", "department", "region"}),
    PLAN: frozenset(
        {
            "plan_id",
            "plan_no",
            "plan_title",
            "plan_version",
            "year",
            "department",
            "participants",
            "ratio_ppm",
            "window_start",
            "window_end",
            "published_on",
            "method",
            "region",
            "items",
        }
    ),
    TASK: frozenset(
        {
            "task_id",
            "task_no",
            "task_title",
            "plan_id",
            "plan_no",
            "plan_title",
            "department",
            "window_start",
            "window_end",
            "issued_on",
            "method",
            "region",
        }
    ),
    FLAG: frozenset(
        {
            "flag_id",
            "entity_id",
            "uscc",
            "area",
            "measure_code",
            "ground",
            "starts_on",
            "ends_on",
            "region",
        }
    ),
}
"""Kind of record → its fields."""
LISTS: Final = frozenset({"items"})
"""Fields that hold parts; the parts have `ITEM_FIELDS`."""
IDENTITY: Final = frozenset({"result_id", "result_version", "plan_id", "task_id", "flag_id", "entity_id", "visit_id"})
"""What a correction never touches: it would be another record."""

_OUTCOMES: Final = "1 A 2 B C 6 D 3 4 5 G E F 7 8 9 10 11 12"
VOCABULARIES: Final[Mapping[str, frozenset[str] | None]] = {
    "outcome": frozenset(_OUTCOMES.split()),
    "method": frozenset({"on_site", "written", "network", "testing", "relied_on", "commissioned", ""}),
    "origin": frozenset({"draw", "lead", "reinspection"}),
    "visit_outcome": frozenset({"done", "remote", "closed", "moved", "not_found", "refused"}),
    "department": None,
    "item": None,
    "region": None,
    "area": None,
}
"""Our code lists; None: its members are data of the district, so any code may stand in a table."""
