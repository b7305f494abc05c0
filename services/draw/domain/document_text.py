"""Document to text: the JSON the operator publishes. The text, once published, is what is hashed, never re-made."""

import json

from services.draw.domain.commitment import Beacon, DepartmentTeam, Entry, Scope, Slot, Terms
from services.draw.domain.documents import (
    KINDS,
    SPEC,
    Beacons,
    Body,
    Disclosure,
    Document,
    Result,
    Shares,
    Substitution,
    Void,
)

Json = dict[str, object]


def document_text(document: Document) -> str:
    """The canonical text: members in the order of the specification, one a line, no ASCII escapes.

    `parse_document` reads it back to an equal Document.
    """
    head = document.head
    members: Json = {
        "spec": SPEC,
        "kind": KINDS[type(document.body)],
        "suite": head.suite.name,
        "draw_id": head.draw_id,
        "commit_hash": _hex(head.commit_hash),
        "log_seq": head.log_seq,
        "log_prev": head.log_prev.hex(),
        "published_at": head.published_at,
        **body_members(document.body),
    }
    return json.dumps(_present(members), ensure_ascii=False, indent=1)


def body_members(body: Body) -> Json:
    """The members of a body as decoded JSON."""
    match body:
        case Terms():
            return _terms(body)
        case Shares():
            return {"shares": [{"party": share.party, "value": share.value.hex()} for share in body.shares]}
        case Beacons():
            return {"beacons": [{"id": beacon.id, "value": beacon.value} for beacon in body.beacons]}
        case Result():
            return {"seed": body.seed.hex(), "version": body.version, "result_hash": body.result_hash.hex()}
        case Substitution():
            return _present({"drop": body.drop.hex(), "inspector": _hex(body.inspector), "reason": body.reason})
        case Disclosure():
            return {"openings_hash": body.openings_hash.hex()}
        case Void():
            return _present({"reason": body.reason, "late": body.late or None})


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def _present(members: Json) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def _terms(terms: Terms) -> Json:
    return _present(
        {
            "task_id": terms.task_id,
            "replaces": terms.replaces,
            "note": terms.note,
            "columns": list(terms.columns),
            "blind_key_commit": terms.blind_key_commit.hex(),
            "strata": [{"id": s.id, "size": s.size, "root": s.root.hex()} for s in terms.strata],
            "roster_hash": terms.roster_hash.hex(),
            "recusal_hash": terms.recusal_hash.hex(),
            "scopes": [_scope(scope) for scope in terms.scopes],
            "match": {"balance": terms.balance},
            "window_end": terms.window_end,
            "parties": [{"id": party.id, "commit": party.commit.hex()} for party in terms.parties],
            "min_shares": terms.min_shares,
            "reveal_deadline": terms.reveal_deadline,
            "beacons": [_beacon(beacon) for beacon in terms.beacons],
            "no_beacon_profile": terms.no_beacon_profile or None,
        }
    )


def _beacon(beacon: Beacon) -> Json:
    return {
        "id": beacon.id,
        "ref": beacon.ref,
        "not_before": beacon.not_before,
        "pattern": beacon.pattern.text,
    }


def _scope(scope: Scope) -> Json:
    return _present(
        {
            "id": scope.id,
            "group": scope.group,
            "order": scope.order,
            "batches": scope.batches,
            "total": scope.total,
            "strata": [_entry(entry) for entry in scope.strata],
            "departments": [_department(department) for department in scope.departments],
        }
    )


def _entry(entry: Entry) -> Json:
    return _present(
        {
            "stratum": entry.stratum,
            "weight": entry.weight,
            "mode": entry.mode,
            "n": entry.n,
            "ppm": entry.ppm,
            "round": entry.round,
            "min": entry.min,
            "max": entry.max,
        }
    )


def _department(department: DepartmentTeam) -> Json:
    return {"id": department.id, "team": [_slot(slot) for slot in department.team]}


def _slot(slot: Slot) -> Json:
    return {"role": slot.role, "tags": list(slot.tags)}
