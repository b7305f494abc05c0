"""Every router of results."""

from typing import Final

from fastapi import APIRouter

from services.results.api import (
    acts,
    alerts,
    calendar,
    checks,
    code_tables,
    codes,
    contacts,
    discretion,
    duty_evidence,
    evidence,
    exemptions,
    follow_ups,
    imports,
    inspection,
    parts,
    recognitions,
    results,
    statements,
    visit_codes,
    visits,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    visits.router,
    results.router,
    acts.router,
    codes.router,
    inspection.router,
    discretion.router,
    evidence.router,
    visit_codes.router,
    contacts.router,
    checks.router,
    calendar.router,
    alerts.router,
    exemptions.router,
    recognitions.router,
    follow_ups.router,
    statements.router,
    statements.internal,
    parts.internal,
    visit_codes.internal,
    code_tables.router,
    duty_evidence.router,
    imports.router,
)
