"""Every router of credit, the one that is asked most first."""

from typing import Final

from fastapi import APIRouter

from services.credit.api import (
    fact_imports,
    feedbacks,
    firm_repairs,
    indicators,
    list_decisions,
    listings,
    measures,
    records,
    repairs,
    restrictions,
    warnings,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    restrictions.single,
    restrictions.batch,
    restrictions.router,
    records.router,
    listings.router,
    list_decisions.router,
    measures.router,
    feedbacks.router,
    repairs.router,
    firm_repairs.router,
    fact_imports.router,
    indicators.router,
    warnings.router,
)
