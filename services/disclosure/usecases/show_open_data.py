"""The open-data page and its files."""

from __future__ import annotations

from services.disclosure.domain.gone import FileNotShown, FileTakenDown
from services.disclosure.domain.open_data import COLUMNS
from services.disclosure.domain.views import OpenDataPage, OpenFileView
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork


async def show_open_data(uow: DisclosureUnitOfWork) -> OpenDataPage:
    async with uow:
        day = await uow.open_files.newest_day()
        files = [] if day is None else await uow.open_files.of_day(day)
        past = await uow.open_files.past()
    return OpenDataPage(day, tuple(files), tuple(past), tuple(COLUMNS.items()))


async def find_open_file(name: str, uow: DisclosureUnitOfWork) -> OpenFileView:
    """Raises FileNotShown (404), FileTakenDown (410) of a file that a later day's has replaced."""
    async with uow:
        found = await uow.open_files.by_name(name)
    if found is None:
        raise FileNotShown
    if found.superseded_on is not None:
        raise FileTakenDown(superseded_on=found.superseded_on.isoformat())
    return found
