"""Who reads a page: everybody. No sign-in, no cookie; the database holds nothing that is not public anyway."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request

from shared.runtime.http import caller
from shared.runtime.principal import Principal
from shared.runtime.service import Process

ANYBODY: Final = "anonymous"


async def public_reading(request: Request) -> Any:
    """A unit of work to read in, in nobody's name: of the district that the gateway's token names, else of this
    installation. Raises NotSignedIn where a token is given that is none."""
    process: Process = request.app.state.process
    district = process.settings.district
    if "authorization" in request.headers:
        district = (await caller(request)).district
    return process.open(Principal(subject=ANYBODY, district=district))


PublicReading = Annotated[Any, Depends(public_reading)]
