"""Units of work for pages: in nobody's name to read, in the service's own to keep what readers send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from services.disclosure.api.pages.reading import ANYBODY
from services.disclosure.usecases.units import DisclosureUnitOfWork
from shared.runtime.http import caller
from shared.runtime.principal import Principal, service_principal
from shared.runtime.service import Process


@dataclass(frozen=True, slots=True)
class Rooms:
    """Of one request, in the district it is for."""

    process: Process
    district: str

    def nobody(self) -> DisclosureUnitOfWork:
        """What readers see is public."""
        return self._open(Principal(subject=ANYBODY, district=self.district))

    def service(self) -> DisclosureUnitOfWork:
        """Tickets are a department's rows, and readers have no account."""
        return self._open(service_principal("disclosure", self.district))

    def _open(self, principal: Principal) -> DisclosureUnitOfWork:
        return cast(DisclosureUnitOfWork, self.process.open(principal))


async def rooms(request: Request) -> Rooms:
    """The district that the gateway's token names, else this installation's, as `public_reading` has it."""
    process: Process = request.app.state.process
    district = process.settings.district
    if "authorization" in request.headers:
        district = (await caller(request)).district
    return Rooms(process, district)


CurrentRooms = Annotated[Rooms, Depends(rooms)]
