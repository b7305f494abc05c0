"""Batches and receipts as they travel: the same words in HTTP bodies and in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from services.exchange.domain.batches import Batch, DeliveryFailed, Outcome, Receipt
from services.exchange.domain.rows import OutboundRow


def row_on_wire(row: OutboundRow) -> dict[str, Any]:
    return {
        "row_key": row.row_key,
        "version": row.version,
        "op": row.op,
        "org_code": row.owner_department,
        "digest": row.digest,
        "body": orjson.loads(row.body or "{}"),
    }


def batch_on_wire(batch: Batch, rows: Sequence[OutboundRow], sender: str) -> bytes:
    """The same bytes for the same batch, whenever."""
    return orjson.dumps(
        {
            "sender": sender,
            "number": batch.number,
            "dataset": batch.dataset,
            "schema": batch.schema,
            "count": batch.row_count,
            "digest": batch.digest,
            "rows": [row_on_wire(row) for row in rows],
        },
        option=orjson.OPT_SORT_KEYS,
    )


def receipts_of(content: bytes, number: str) -> Sequence[Receipt]:
    """Raises DeliveryFailed for what is no answer to this batch."""
    try:
        told: dict[str, Any] = orjson.loads(content)
        if told["number"] != number:
            raise DeliveryFailed(detail="回执的批次号不符")
        return [_receipt(one) for one in told["receipts"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryFailed(detail="回执无法识别") from error


def _receipt(one: Mapping[str, Any]) -> Receipt:
    texts = (_text(one.get("receipt_no")), _text(one.get("code")), _text(one.get("message")))
    return Receipt(str(one["row_key"]), int(one["version"]), Outcome(one["outcome"]), *texts)


def _text(value: object) -> str | None:
    return None if value is None else str(value)[:500]
