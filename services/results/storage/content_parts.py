"""Between rows and the smaller parts of a content: remote checks, third parties, what the sheet said of the items,
findings with what was chosen at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.results.domain.content import (
    Discretion,
    Finding,
    RemoteCheck,
    SheetItem,
    ThirdParty,
    ThirdPartyReport,
)

_REMOTE = ("mismatch", "notified_on", "corrected_on", "rechecked_on")


def remote_values(remote: RemoteCheck | None) -> dict[str, Any]:
    return {f"remote_{name}": None if remote is None else getattr(remote, name) for name in _REMOTE}


def read_remote(row: Row[Any]) -> RemoteCheck | None:
    if row.remote_mismatch is None:
        return None
    return RemoteCheck(row.remote_mismatch, row.remote_notified_on, row.remote_corrected_on, row.remote_rechecked_on)


def finding_row(item_id: UUID, found: Finding) -> dict[str, Any]:
    chosen = found.discretion
    return {
        "item_id": item_id,
        "outcome_code": found.outcome_code,
        "text": found.text,
        "severity": found.severity,
        "discretion_code": None if chosen is None else chosen.code,
        "discretion_reason": None if chosen is None else chosen.reason,
    }


def read_finding(part: dict[str, Any]) -> Finding:
    code = part["discretion_code"]
    chosen = None if code is None else Discretion(code, part["discretion_reason"])
    return Finding(part["outcome_code"], part["text"], part["severity"], chosen)


def third_party_row(party: ThirdParty) -> dict[str, Any]:
    report = party.report
    return {
        "name": party.name,
        "qualification": party.qualification,
        "scope": party.scope,
        "cost_fen": party.cost_fen,
        "payer": party.payer,
        "report_title": "" if report is None else report.title,
        "report_no": "" if report is None else report.document_no,
        "report_received_on": None if report is None else report.received_on,
        "report_digest": None if report is None else report.digest,
    }


def read_third_party(found: dict[str, Any]) -> ThirdParty:
    received_on = found["report_received_on"]
    report = None
    if received_on is not None:
        report = ThirdPartyReport(
            found["report_title"], found["report_no"], date.fromisoformat(received_on), found["report_digest"]
        )
    return ThirdParty(found["name"], found["qualification"], found["scope"], found["cost_fen"], found["payer"], report)


def read_sheet(items: Iterable[dict[str, Any]]) -> tuple[SheetItem, ...]:
    return tuple(
        SheetItem(UUID(item["item_id"]), item["item_name"], item["item_code"], item["list_version"])
        for item in items
        if item["item_code"] is not None
    )
