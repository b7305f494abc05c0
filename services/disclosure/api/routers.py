"""Every router of disclosure: a new one is a line here. JSON first, then pages (one with a free path segment last)."""

from typing import Final

from fastapi import APIRouter

from services.disclosure.api import open_files, public_reads, public_search, ticket_desk
from services.disclosure.api.pages.routers import PAGES

ROUTERS: Final[tuple[APIRouter, ...]] = (
    public_search.router,
    public_reads.router,
    open_files.router,
    open_files.plain,
    ticket_desk.router,
    *PAGES,
)
