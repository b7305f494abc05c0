"""Every router of the exchange."""

from typing import Final

from fastapi import APIRouter

from services.exchange.api import batches, inbound, outbound, reconciliations, webhooks

ROUTERS: Final[tuple[APIRouter, ...]] = (
    outbound.router,
    batches.router,
    inbound.router,
    inbound.internal,
    reconciliations.router,
    webhooks.router,
)
