"""What is heard from credit, as far as law lets it be public: entries of the lists that are published by law, and
granted repairs. Not kept: classes and scores (分类结果只作配置监管资源的依据, 国市监信发〔2022〕6号), flags,
warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.facts import ListingEntered, ListingRemoved, Repair
from services.disclosure.domain.privacy import public_name, scrubbed
from services.disclosure.domain.words import PUBLIC_LISTS
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_credit import keep_credit_facts
from shared.events.credit import ListingEnteredV1, ListingRemovedV1, RepairDecidedV1
from shared.events.envelope import Heard
from shared.runtime.inbox import Handlers

_RESULTS: Final = "results"
"""Source under which credit knows facts that came from published results; their key is the result's number."""


async def on_credit_facts(heard: Sequence[Heard[Any]], uow: DisclosureUnitOfWork) -> None:
    facts = [_fact(one.event) for one in heard]
    await keep_credit_facts([fact for fact in facts if fact is not None], uow)


def _fact(event: Any) -> ListingEntered | ListingRemoved | Repair | None:
    if isinstance(event, RepairDecidedV1):
        return _repair(event) if event.granted else None
    if event.list_code not in PUBLIC_LISTS:
        return None
    if isinstance(event, ListingRemovedV1):
        return ListingRemoved(
            event.listing_id, event.entity_id, event.list_code, scrubbed(event.reason), event.removed_on
        )
    return _entered(event)


def _entered(event: ListingEnteredV1) -> ListingEntered:
    return ListingEntered(
        listing_id=event.listing_id,
        entity_id=event.entity_id,
        entity_name=public_name(event.entity_name, event.uscc),
        uscc=event.uscc,
        list_code=event.list_code,
        ground=scrubbed(event.ground),
        document_no=event.document_no,
        authority=event.authority,
        entered_on=event.entered_on,
        ends_on=event.ends_on,
    )


def _repair(event: RepairDecidedV1) -> Repair:
    """A repair that ends publicity names no object: it would keep alive what it takes down."""
    is_result = event.fact_source == _RESULTS and event.fact_key is not None
    return Repair(
        repair_id=event.repair_id,
        entity_id=None if event.stops_publicity else event.entity_id,
        kind=event.kind,
        listing_id=event.listing_id,
        result_id=UUID(event.fact_key) if is_result else None,
        document_no=event.document_no,
        department=event.department,
        effective_on=event.effective_on,
        stops_publicity=event.stops_publicity,
    )


FROM_CREDIT: Final[Handlers] = {
    ListingEnteredV1: on_credit_facts,
    ListingRemovedV1: on_credit_facts,
    RepairDecidedV1: on_credit_facts,
}
