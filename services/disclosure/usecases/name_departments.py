"""What departments are called, for filters and headings of pages."""

from __future__ import annotations

from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork


async def name_departments(uow: DisclosureUnitOfWork) -> dict[str, str]:
    """Code → name, of those that public facts name."""
    async with uow:
        return dict(await uow.lines.departments())
