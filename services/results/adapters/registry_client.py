"""Registry as results asks it: who holds which certificate on a day, what an entity is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.results.domain.content import CertificateAnswer, EntityFacts
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal
from shared.values.errors import Invalid, NotFound


class OfficerNotInRegistry(Invalid):
    message = "名录库中没有检查人员 {inspector_id}"


class EntityNotInRegistry(Invalid):
    message = "名录库中没有检查对象 {entity_id}"


@dataclass(frozen=True, slots=True)
class OfficerCard:
    """Who an officer is, as he shows himself to the enterprise (亮证): no phone, no other number."""

    inspector_id: UUID
    name: str
    department: str
    certificate_no: str
    valid: bool


class Registry(Protocol):
    """What the use cases need of registry; tests pass their own."""

    async def certificate(self, inspector_id: UUID, on: date, act_for: Principal) -> CertificateAnswer:
        """The officer's certificate (执法证) on the day `on`. Raises OfficerNotInRegistry."""

    async def entity(self, entity_id: UUID, act_for: Principal) -> EntityFacts:
        """Raises EntityNotInRegistry."""

    async def card(self, inspector_id: UUID, on: date, act_for: Principal) -> OfficerCard:
        """Raises OfficerNotInRegistry."""

    async def department_name(self, code: str, act_for: Principal) -> str | None:
        """What a department (部门) is called; None where registry does not know it."""


class _Answer(BaseModel):
    """Members we do not know are ignored: registry may tell more."""

    model_config = ConfigDict(extra="ignore")


class _Certificate(_Answer):
    inspector_id: UUID
    department: str
    certificate_no: str
    valid_until: date | None
    status: str
    valid: bool


class _Card(_Answer):
    inspector_id: UUID
    name: str
    department: str
    certificate_no: str
    valid: bool


class _Department(_Answer):
    name: str


class _Entity(_Answer):
    entity_id: UUID
    name: str
    uscc: str | None
    kind: str


class RegistryClient:
    """`Registry` over HTTP. Raises PeerUnavailable (503) and PeerRefused as every peer does."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def _inspector(self, inspector_id: UUID, on: date, act_for: Principal) -> object:
        try:
            return await self._peer.get_json(
                f"/internal/v1/inspectors/{inspector_id}", act_for=act_for, on=on.isoformat()
            )
        except NotFound as error:
            raise OfficerNotInRegistry(inspector_id=inspector_id) from error

    async def certificate(self, inspector_id: UUID, on: date, act_for: Principal) -> CertificateAnswer:
        answer = await self._inspector(inspector_id, on, act_for)
        return CertificateAnswer(**_Certificate.model_validate(answer).model_dump())

    async def card(self, inspector_id: UUID, on: date, act_for: Principal) -> OfficerCard:
        return OfficerCard(**_Card.model_validate(await self._inspector(inspector_id, on, act_for)).model_dump())

    async def entity(self, entity_id: UUID, act_for: Principal) -> EntityFacts:
        try:
            answer = await self._peer.get_json(f"/internal/v1/entities/{entity_id}", act_for=act_for)
        except NotFound as error:
            raise EntityNotInRegistry(entity_id=entity_id) from error
        return EntityFacts(**_Entity.model_validate(answer).model_dump())

    async def department_name(self, code: str, act_for: Principal) -> str | None:
        try:
            answer = await self._peer.get_json(f"/internal/v1/departments/{code}", act_for=act_for)
        except NotFound:
            return None
        return _Department.model_validate(answer).name
