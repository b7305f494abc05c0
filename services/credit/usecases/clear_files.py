"""What enterprises sent and no application names goes after a term: an act of the worker, audited (C6, SEC6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.credit.storage.unit_of_work import CreditUnitOfWork

TERM: Final = timedelta(days=30)
CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class ClearFiles:
    """The audit row names how long files were kept, and which went: digests say nothing of anybody."""

    kept_days: int
    digests: tuple[str, ...]


async def clear_files(uow: CreditUnitOfWork, size: int = CHUNK) -> int:
    """Returns how many went: 0 when nothing is left to do. The rows go with the commit, the files after it: a kill in
    between leaves a sealed file that nothing names."""
    async with uow:
        await uow.repair_tokens.sweep(uow.now - TERM)
        gone = await uow.repair_tokens.unused(uow.now - TERM, size)
        if gone:
            uow.acting("clear_files", ClearFiles(TERM.days, tuple(gone)))
            await uow.repair_tokens.forget(gone)
            await uow.commit()
    for digest in gone:
        uow.files.remove(digest)
    return len(gone)
