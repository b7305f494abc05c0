"""Our public facts as records (数据) that field maps read: flat, dates as ISO texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.exchange.domain.sources import ITEM_FIELDS, Record

_TEXT_LIMIT: Final = 2000


def with_items(result: Record) -> Mapping[str, Record]:
    """A result as one record per item (行政检查行为 is reported item by item): row key → record."""
    parts = result["items"]
    head = {name: value for name, value in result.items() if name != "items"}
    found = {}
    for part in parts if isinstance(parts, list) else ():
        key = f"{result['result_id']}/{part['item_id']}"
        found[key] = {**head, **{name: part.get(name) for name in sorted(ITEM_FIELDS)}, "action_code": key}
    return found


def finding_text(texts: Sequence[str]) -> str:
    return "；".join(texts)[:_TEXT_LIMIT]
