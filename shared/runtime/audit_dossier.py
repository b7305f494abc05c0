"""Dossier of duty done (尽职卷宗, G2): all that one service's trail knows of an object or an inspector, signed.

“尽职照单免责，失职照单问责”: every act and event that names the id, each with its proof under the last checkpoint. Who
reads it needs no access to the platform: signature, proofs and checkpoint are in the file (`ssj verify-audit
--dossier`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.audit_checkpoints import ALGORITHM
from shared.runtime.audit_files import as_json
from shared.runtime.audit_rows import AUDIT, AUDIT_COLUMNS, EVENT, canonical, shown
from shared.runtime.audit_store import KeptCheckpoint, last_checkpoint, read_nodes
from shared.runtime.audit_tree import Node, inclusion_path, nodes_of, root_of
from shared.runtime.database import Driver
from shared.runtime.outbox import COLUMNS as EVENT_COLUMNS
from shared.runtime.principal import AUDITOR, SUPERVISION
from shared.runtime.unit_of_work import UnitOfWork

FORMAT: Final = "ssj-dossier-1"
AT_MOST: Final = 2000
"""Rows of a kind; with more the dossier says that it is not whole."""
_PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"
_ACTS: Final = (
    f"SELECT {AUDIT_COLUMNS} FROM audits WHERE district = $1"  # noqa: S608 - constants only
    " AND (position($2 IN command::text) > 0 OR event_ids && $3::uuid[]) ORDER BY id LIMIT $4"
)
_EVENTS: Final = (
    f"SELECT {EVENT_COLUMNS} FROM outboxes WHERE district = $1"  # noqa: S608 - constants only
    " AND (aggregate_id = $2 OR position($2 IN payload) > 0) ORDER BY producer_seq, id LIMIT $3"
)
_PLACES: Final = "SELECT row_id, seq FROM audit_places WHERE row_id = ANY ($1::uuid[])"
_NEVER_KNOWN: Final = (
    "只含本服务的留痕与事件；其他服务须分别调取",
    "批量变更只记变更批次编号，不逐一列出对象",
    "个人信息、被拒绝操作的文字内容不进留痕",
)


@dataclass(frozen=True, slots=True)
class Dossier:
    """`body` is the signed text (JSON)."""

    body: str
    signature: bytes
    algorithm: str = ALGORITHM


async def make_dossier(work: UnitOfWork, service: str, key: Ed25519PrivateKey, subject_id: UUID) -> Dossier:
    """Inside an open unit of work. Raises RoleMissing: auditor and supervision organ only, because a trail is of all
    departments."""
    work.principal.require(AUDITOR, SUPERVISION)
    driver, named = work.driver, str(subject_id)
    await driver.execute(_PATIENCE)
    events = await driver.fetch(_EVENTS, work.district, named, AT_MOST)
    acts = await driver.fetch(_ACTS, work.district, named, [row["event_id"] for row in events], AT_MOST)
    rows = [(row["event_id"], shown(EVENT, row)) for row in events] + [(row["id"], shown(AUDIT, row)) for row in acts]
    checkpoint = await last_checkpoint(driver)
    proofs = {} if checkpoint is None else await _proofs(driver, [row_id for row_id, _ in rows], checkpoint)
    body = canonical(
        {
            "format": FORMAT,
            "service": service,
            "district": work.district,
            "subject_id": named,
            "made_for": work.principal.subject,
            "made_at": work.now.astimezone(UTC).isoformat(timespec="microseconds"),
            "checkpoint": None if checkpoint is None else as_json(checkpoint),
            "rows": [{"row": row, "proof": proofs.get(row_id)} for row_id, row in rows],
            "missing": _missing(len(events), len(acts), len(rows) - len(proofs)),
        }
    )
    return Dossier(body.decode(), key.sign(body))


def _missing(events: int, acts: int, unproven: int) -> list[str]:
    found = list(_NEVER_KNOWN)
    if AT_MOST in (events, acts):
        found.append(f"超过 {AT_MOST} 条，只列最早的部分")
    if unproven:
        found.append(f"{unproven} 条在最近的检查点之后，尚无证明")
    return found


async def _proofs(driver: Driver, row_ids: Sequence[UUID], under: KeptCheckpoint) -> Mapping[UUID, dict[str, Any]]:
    """Inclusion proofs of the rows that the checkpoint covers; all their hashes are read at once."""
    places = {row["row_id"]: row["seq"] - 1 for row in await driver.fetch(_PLACES, list(row_ids))}
    paths = {row_id: inclusion_path(at, under.size) for row_id, at in places.items() if at < under.size}
    wanted: set[Node] = {node for path in paths.values() for span in path for node in nodes_of(span)}
    kept = await read_nodes(driver, sorted(wanted))
    return {
        row_id: {"index": places[row_id], "path": [root_of(span, kept.__getitem__).hex() for span in path]}
        for row_id, path in paths.items()
    }
