"""Reveal the beacon (揭示公共随机源): values that exist now and nobody controls, with where they were read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.beacon_files import choose
from services.draw.domain.ceremony import Ceremony, Stage, Step
from services.draw.domain.commitment import Terms
from services.draw.domain.documents import Beacons, BeaconValue
from services.draw.domain.protocol_time import protocol_time
from services.draw.domain.published import Provenance
from services.draw.domain.refused import BeaconNotBorn
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.acting import locked, the_operator
from services.draw.usecases.publishing import logged_draw, publish_next


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value and where it was read, e.g. the page of the lottery's issue."""

    id: str
    value: str
    provenance: str


@dataclass(frozen=True, slots=True)
class RevealBeacon:
    """`values` None: as the files of the watched folder give them, those of the committed sources and issues."""

    draw_id: UUID
    values: tuple[ReadValue, ...] | None


async def reveal_beacon(command: RevealBeacon, uow: DrawUnitOfWork) -> Ceremony:
    """Raises DrawUnknown, NotTheOperator, NotAtStage, BeaconNotBorn, ProtocolRefused (other ids, odd values); from
    files also BeaconFileMissing, BeaconFilesDisagree, BeaconSeenTooEarly."""
    async with uow:
        draw = await locked(uow, command.draw_id)
        by = the_operator(uow, draw.owner_department)
        draw.require("揭示公共随机源", Stage.SEALED)
        terms = (await logged_draw(uow, draw)).terms
        _check_born(terms, protocol_time(uow.now))
        read_values = command.values if command.values is not None else await _from_files(terms, uow)
        values = Beacons(tuple(BeaconValue(read.id, read.value) for read in read_values))
        published = await publish_next(uow, draw, lambda _, __: values)
        revealed = draw.followed(published.logged.state)
        await uow.draws.save(revealed)
        kept = [Provenance(read.id, read.value, read.provenance, by, uow.now) for read in read_values]
        await uow.parties.keep_beacons(draw.id, kept)
        await uow.draws.note(revealed, Step.REVEAL_BEACON, by, uow.now)
        await uow.commit(revealed)
    return revealed


async def _from_files(terms: Terms, uow: DrawUnitOfWork) -> tuple[ReadValue, ...]:
    files = await uow.beacon_files.of_refs({beacon.ref for beacon in terms.beacons})
    chosen = [(beacon, choose(beacon, files)) for beacon in terms.beacons]
    return tuple(ReadValue(beacon.id, file.reading.value, file.provenance()) for beacon, file in chosen if file.reading)


def _check_born(terms: Terms, at: str) -> None:
    for beacon in terms.beacons:
        if at < beacon.not_before:
            raise BeaconNotBorn(beacon=beacon.id, not_before=beacon.not_before)
