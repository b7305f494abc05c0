"""Entries of public lists and granted repairs are kept; a repair that ends publicity takes a result down."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.disclosure.adapters.pinyin import search_name
from services.disclosure.domain.facts import ListingEntered, ListingRemoved, Repair
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_results import refresh_results


async def keep_credit_facts(
    facts: Sequence[ListingEntered | ListingRemoved | Repair], uow: DisclosureUnitOfWork
) -> None:
    """A removed entry is no longer shown (市场监督管理严重违法失信名单管理办法 第二十二条)."""
    entered = [fact for fact in facts if isinstance(fact, ListingEntered)]
    repairs = [fact for fact in facts if isinstance(fact, Repair)]
    await uow.notes.add_entered(entered)
    named: list[UUID] = await uow.notes.take_down([fact for fact in facts if isinstance(fact, ListingRemoved)])
    await uow.notes.add_repairs(repairs)
    await uow.entities.refresh([fact.entity_id for fact in entered] + named, search_name)
    await refresh_results({fact.result_id for fact in repairs if fact.result_id is not None}, uow)
