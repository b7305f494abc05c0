"""Issue visit codes (签发检查码): with the assignment, so that a code exists before anybody sets out (B3)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from services.results.domain.visit_codes import ALPHABET, RANDOM_SIGNS, code_of
from services.results.storage.unit_of_work import ResultsUnitOfWork


async def issue_codes(uow: ResultsUnitOfWork, visit_ids: Sequence[UUID]) -> None:
    """A visit that has a code keeps it."""
    await uow.inspection.codes.issue({visit_id: _new_code() for visit_id in visit_ids}, uow.now)


def _new_code() -> str:
    return code_of("".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS)))
