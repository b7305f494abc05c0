"""Every router of pages; a new one is a line here."""

from typing import Final

from fastapi import APIRouter

from services.disclosure.api import draw_files, draw_stream, draws, statements, tickets, verifier
from services.disclosure.api.pages import (
    assets,
    codes,
    entities,
    help,
    home,
    open_data,
    plans,
    results,
    search,
    statistics,
)

PAGES: Final[tuple[APIRouter, ...]] = (
    home.router,
    search.router,
    entities.router,
    plans.router,
    results.router,
    statistics.router,
    open_data.router,
    draws.router,
    draw_files.router,
    draw_stream.router,
    verifier.router,
    verifier.files,
    tickets.router,
    statements.router,
    codes.router,
    help.router,
    assets.router,
)
