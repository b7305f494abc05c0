"""Publish a result (公示)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.publication import VersionKind
from services.results.domain.records import InspectionRecord, ResultUnknown
from services.results.domain.states import Act
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.telling import NoConclusion, public_version, published_result
from shared.events.results import ResultPublishedV1
from shared.runtime.settings import crash_point


@dataclass(frozen=True, slots=True)
class PublishResult:
    result_id: UUID


async def publish_result(command: PublishResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """One of those who inspected publishes (R1). Credit learns of it from `results.result.published.v1` (C1).

    The hot path of the platform: one read with the row's lock, one write, the commit.
    Raises ResultUnknown, DidNotInspect, CannotPublish, RoleMissing.
    """
    crash_point("pub.before_tx")
    by = the_inspector(uow)
    async with uow:
        found = await uow.records.find_publishable(command.result_id)
        if found is None:
            raise ResultUnknown
        record, content = found
        published = record.published(uow.now, by)
        if content is None:
            raise NoConclusion(str(record.id))
        body = published_result(published, content, uow.now)
        version = public_version(published, VersionKind.PUBLISHED, "", body, by.subject)
        await uow.records.save(published, Step(Act.PUBLISH, by.subject, uow.now), version)
        uow.emit(ResultPublishedV1(aggregate_version=published.version, result_id=published.id, result=body))
        await uow.commit(published)
    return published
