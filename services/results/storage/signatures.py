"""Where signatures are kept, in the order of signing; the name of the enterprise's signatory is sealed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.signatures import Decision, Role, Signature
from shared.runtime.sealed import seal_keys

_NAMES: Final = (
    "record_id, ordinal, revision, content_digest, role, decision, inspector_id, signatory, capacity, reason,"
    " signed_by, signed_at"
)
_VALUES: Final = ", ".join(f":{name.strip()}" for name in _NAMES.split(","))
_ADD: Final = text(
    f"INSERT INTO record_signatures (district, {_NAMES}) VALUES (current_setting('ssj.district'), {_VALUES})"  # noqa: S608
)
_OF: Final = text(f"SELECT {_NAMES} FROM record_signatures WHERE record_id = :id ORDER BY ordinal")  # noqa: S608


class SignatureStore:
    """Append-only; who adds holds the record's lock, so ordinals do not collide."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, signature: Signature) -> None:
        named = {name.strip(): getattr(signature, name.strip()) for name in _NAMES.split(",")}
        sealed = None if signature.signatory is None else seal_keys().seal(signature.signatory)
        await self._connection.execute(
            _ADD,
            named | {"role": signature.role.value, "decision": signature.decision.value, "signatory": sealed},
        )

    async def of(self, record_id: UUID) -> list[Signature]:
        return [_signature_of(row) for row in await self._connection.execute(_OF, {"id": record_id})]


def _signature_of(row: Row[Any]) -> Signature:
    got = dict(row._mapping)
    opened = None if row.signatory is None else seal_keys().open(bytes(row.signatory))
    return Signature(**got | {"role": Role(got["role"]), "decision": Decision(got["decision"]), "signatory": opened})
