"""Results as a peer where readers have something to say: statements by visit code, and who had part in a result."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from services.disclosure.domain.statements import StatementStatus
from shared.runtime.peers import Peer, PeerRefused
from shared.values.errors import NotFound, Refused


class StatementRefused(Refused):
    """Results' own words."""

    message = "陈述申辩没有收下：{detail}"


class ResultsDesk:
    """Asks results `/v1/visit-codes/{code}/statements` and `/internal/v1/results/{id}/part`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def state(self, code: str, result_id: UUID, text: str, form_key: str) -> StatementStatus:
        """A statement of the firm that holds the code; a form sent twice makes one.

        Raises NotFound for a code or result that is not there, StatementRefused, PeerUnavailable."""
        body = {"result_id": str(result_id), "text": text}
        key = hashlib.sha256(f"{form_key} {code} {result_id} {text}".encode()).hexdigest()
        try:
            return _status(await self._peer.post_json(f"{_of(code)}/statements", body, key))
        except PeerRefused as refused:
            raise StatementRefused(detail=str(refused.params["detail"])) from refused

    async def statements(self, code: str) -> list[StatementStatus]:
        """Raises NotFound, StatementRefused, PeerUnavailable."""
        try:
            found = await self._peer.get_json(f"{_of(code)}/statements")
        except PeerRefused as refused:
            raise StatementRefused(detail=str(refused.params["detail"])) from refused
        return [_status(one) for one in found["items"]]

    async def took_part(self, result_id: UUID, subject: str, inspector_id: UUID | None) -> bool:
        """Whether this officer recorded, inspected or reviewed. Raises PeerRefused, PeerUnavailable."""
        asked = {} if inspector_id is None else {"inspector": str(inspector_id)}
        try:
            found = await self._peer.get_json(f"/internal/v1/results/{result_id}/part", None, subject=subject, **asked)
        except NotFound:
            return False
        return bool(found["took_part"])


def _of(code: str) -> str:
    return f"/v1/visit-codes/{quote(code, safe='')}"


def _status(one: Mapping[str, Any]) -> StatementStatus:
    return StatementStatus(
        statement_id=one["statement_id"],
        result_id=one["result_id"],
        state=one["state"],
        reason=one["reason"],
        submitted_at=datetime.fromisoformat(one["submitted_at"]),
    )
