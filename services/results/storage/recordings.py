"""Where the contents of records are kept: revision by revision, multi-valued parts as rows, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.content import (
    CertificateAnswer,
    Content,
    EntityFacts,
    ItemResult,
    ListingDecision,
    Outcome,
    Recording,
    Reference,
)
from services.results.domain.publication import PublicContent
from services.results.storage.content_parts import (
    finding_row,
    read_finding,
    read_remote,
    read_sheet,
    read_third_party,
    remote_values,
    third_party_row,
)
from services.results.storage.public_contents import write_public_content

_PARTS: Final = {
    "officers": ("inspector_id uuid, department text, certificate_no text, valid_until date, status text,"
                 " is_valid boolean"),
    "items": "item_id uuid, item_name text, item_code text, list_version integer",
    "outcomes": "item_id uuid, outcome_code text",
    "findings": ('item_id uuid, outcome_code text, "text" text, severity integer, discretion_code text,'
                 " discretion_reason text"),
    "references": "issuer text, title text, document_no text, dated_on date",
    "third_parties": ("name text, qualification text, scope text, cost_fen bigint, payer text, report_title text,"
                      " report_no text, report_received_on date, report_digest text"),
}  # fmt: skip
_HEAD: Final = (
    "record_id, revision, method, place, started_at, ended_at, concluded_on, outcome, note, list_code,"
    " list_ground, list_document_no, list_authority, list_decided_on, list_ends_on, entity_id, entity_name,"
    " entity_uscc, entity_kind, vocabulary_version, public_content, recorded_by, recorded_at, remote_mismatch,"
    " remote_notified_on, remote_corrected_on, remote_rechecked_on, discretion_version"
)


def _insert_part(part: str) -> str:
    names = ", ".join(column.strip().rsplit(" ", 1)[0] for column in _PARTS[part].split(","))
    return (
        f"{part}_kept AS (INSERT INTO recording_{part} (district, record_id, revision, ordinal, {names})"  # noqa: S608
        f" SELECT current_setting('ssj.district'), :record_id, :revision, ordinal, {names}"
        f" FROM jsonb_to_recordset(CAST(:{part} AS jsonb)) AS part (ordinal integer, {_PARTS[part]}))"
    )


def _select_part(part: str) -> str:
    return (
        f"(SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.ordinal), '[]') FROM recording_{part} p"  # noqa: S608
        f' WHERE p.district = c.district AND p.record_id = c.record_id AND p.revision = c.revision) AS "{part}"'
    )


_ADD: Final = text(
    f"WITH {', '.join(_insert_part(part) for part in _PARTS)} INSERT INTO recordings (district, {_HEAD})"  # noqa: S608
    f" VALUES (current_setting('ssj.district'), {', '.join(':' + name.strip() for name in _HEAD.split(','))})"
)
_GET: Final = text(
    f"SELECT c.*, {', '.join(_select_part(part) for part in _PARTS)} FROM recordings c"  # noqa: S608
    " WHERE c.record_id = :record_id AND c.revision = :revision"
)


class RecordingStore:
    """A revision is written once and read whole."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, recording: Recording, public: PublicContent | None) -> None:
        await self._connection.execute(
            _ADD,
            {
                "record_id": recording.record_id,
                "revision": recording.revision,
                "vocabulary_version": recording.vocabulary_version,
                "public_content": write_public_content(public),
                "discretion_version": recording.discretion_version,
                "recorded_by": recording.recorded_by,
                "recorded_at": recording.recorded_at,
                **_head_values(recording.content),
                **{f"entity_{name}": getattr(recording.entity, name) for name in ("name", "uscc", "kind")},
                "entity_id": recording.entity.entity_id,
                **{name: _json(rows) for name, rows in _part_rows(recording).items()},
            },
        )

    async def find(self, record_id: UUID, revision: int) -> Recording | None:
        row = (await self._connection.execute(_GET, {"record_id": record_id, "revision": revision})).one_or_none()
        return None if row is None else _recording_of(row)


def _head_values(content: Content) -> dict[str, Any]:
    names = ("code", "ground", "document_no", "authority", "decided_on", "ends_on")
    listing: dict[str, Any] = dict.fromkeys(f"list_{name}" for name in names)
    if content.listing is not None:
        found = asdict(content.listing)
        listing = {f"list_{name}": found["list_code" if name == "code" else name] for name in names}
    plain = ("method", "place", "started_at", "ended_at", "concluded_on", "note")
    values = {name: getattr(content, name) for name in plain} | {"outcome": content.outcome.value} | listing
    return values | remote_values(content.remote)


def _part_rows(recording: Recording) -> dict[str, list[dict[str, Any]]]:
    content = recording.content
    officers = [asdict(answer) | {"is_valid": answer.valid} for answer in recording.certificates]
    worded = {item.item_id: (item.code, item.list_version) for item in recording.sheet}
    items = [
        {"item_id": item.item_id, "item_name": item.item_name}
        | dict(zip(("item_code", "list_version"), worded.get(item.item_id, (None, None)), strict=True))
        for item in content.items
    ]
    outcomes = [
        {"item_id": item.item_id, "outcome_code": code} for item in content.items for code in item.outcome_codes
    ]
    findings = [finding_row(item.item_id, found) for item in content.items for found in item.findings]
    references = [asdict(reference) for reference in content.references]
    return {
        "officers": officers,
        "items": items,
        "outcomes": outcomes,
        "findings": findings,
        "references": references,
        "third_parties": [third_party_row(party) for party in content.third_parties],
    }


def _json(rows: Iterable[dict[str, Any]]) -> str:
    return orjson.dumps([row | {"ordinal": ordinal} for ordinal, row in enumerate(rows, start=1)]).decode()


def _recording_of(row: Row[Any]) -> Recording:
    certificates = tuple(_certificate(found) for found in row.officers)
    listing = None
    if row.list_code is not None:
        listing = ListingDecision(
            row.list_code,
            row.list_ground,
            row.list_document_no,
            row.list_authority,
            row.list_decided_on,
            row.list_ends_on,
        )
    content = Content(
        method=row.method,
        place=row.place,
        started_at=row.started_at,
        ended_at=row.ended_at,
        concluded_on=row.concluded_on,
        officers_present=tuple(answer.inspector_id for answer in certificates),
        outcome=Outcome(row.outcome),
        note=row.note,
        items=_items(row),
        references=tuple(_reference(found) for found in row.references),
        listing=listing,
        remote=read_remote(row),
        third_parties=tuple(read_third_party(found) for found in row.third_parties),
    )
    return Recording(
        record_id=row.record_id,
        revision=row.revision,
        content=content,
        entity=EntityFacts(row.entity_id, row.entity_name, row.entity_uscc, row.entity_kind),
        certificates=certificates,
        vocabulary_version=row.vocabulary_version,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        sheet=read_sheet(row.items),
        discretion_version=row.discretion_version,
    )


def _items(row: Row[Any]) -> tuple[ItemResult, ...]:
    def of(found: list[dict[str, Any]], item_id: str) -> list[dict[str, Any]]:
        return [part for part in found if part["item_id"] == item_id]

    return tuple(
        ItemResult(
            UUID(item["item_id"]),
            item["item_name"],
            tuple(part["outcome_code"] for part in of(row.outcomes, item["item_id"])),
            tuple(read_finding(part) for part in of(row.findings, item["item_id"])),
        )
        for item in row.items
    )


def _certificate(found: dict[str, Any]) -> CertificateAnswer:
    valid_until = found["valid_until"]
    return CertificateAnswer(
        inspector_id=UUID(found["inspector_id"]),
        department=found["department"],
        certificate_no=found["certificate_no"],
        valid_until=None if valid_until is None else date.fromisoformat(valid_until),
        status=found["status"],
        valid=found["is_valid"],
    )


def _reference(found: dict[str, Any]) -> Reference:
    return Reference(found["issuer"], found["title"], found["document_no"], date.fromisoformat(found["dated_on"]))
