"""Recusal (回避) as an officer or his department declares it, before any draw (SEC33).

The ground is never public; a draw shows the pair only as tokens, and only after the visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, Refused


class RecusalWithoutGround(Invalid):
    message = "回避应写明事由"


class RecusalKnown(Refused):
    message = "该人员与该对象的回避已经登记"


class NotOwnRecusal(Forbidden):
    message = "执法检查人员只能为本人登记回避"


@dataclass(frozen=True, slots=True)
class DeclaredRecusal:
    """`owner_department` is the department that declared it; it and the joint office read the ground."""

    id: UUID
    owner_department: str
    inspector_id: UUID
    entity_id: UUID
    ground: str
    declared_by: str
    declared_at: datetime
