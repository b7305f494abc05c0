"""Public facts about results are kept, and what is shown of the results is folded anew from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.disclosure.adapters.pinyin import search_name
from services.disclosure.domain.facts import Exemption, FollowUpClosed, FollowUpOpened, ResultVersion
from services.disclosure.domain.fold import SHOWN, ShownResult, fold
from services.disclosure.domain.views import ResultState
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork

_FINAL = frozenset({ResultState.EXPIRED, ResultState.REPAIRED})
"""Tombstones that no later version brings back; an exemption is told by its own fact."""


async def keep_result_facts(facts: Sequence[ResultVersion | Exemption], uow: DisclosureUnitOfWork) -> None:
    """In the transaction of the lane: with its commit the pages show it (R6: seen within seconds)."""
    await uow.results.add_versions([fact for fact in facts if isinstance(fact, ResultVersion)])
    await uow.results.add_exemptions([fact for fact in facts if isinstance(fact, Exemption)])
    await refresh_results({fact.result_id for fact in facts}, uow)


async def refresh_results(result_ids: set[UUID], uow: DisclosureUnitOfWork) -> None:
    """Folds these results anew; objects they named before or name now are named anew too."""
    if not result_ids:
        return
    asked = sorted(result_ids)
    standing = await uow.results.standing(asked)
    folded = [fold(known, uow.around.result_months, uow.now) for known in await uow.results.known(asked)]
    final = {one for one, (state, _) in standing.items() if state in _FINAL}
    shown = [one for one in folded if one is not None and _may_take_place(one, final)]
    await uow.results.save(shown)
    buried = {one.result_id for one in shown if not one.is_shown} | final
    if buried:
        await uow.results.empty(sorted(buried))
    touched = {entity for _, entity in standing.values()} | {one.entity_id for one in shown}
    await uow.entities.refresh([one for one in touched if one is not None], search_name)


def _may_take_place(one: ShownResult, final: set[UUID]) -> bool:
    return one.result_id not in final or (one.state not in SHOWN and one.state not in _FINAL)


async def keep_follow_ups(facts: Sequence[FollowUpOpened | FollowUpClosed], uow: DisclosureUnitOfWork) -> None:
    """What follows a published problem (国办发〔2015〕58号: 查处结果公开); beside a tombstone nothing is kept."""
    await uow.notes.add_opened([fact for fact in facts if isinstance(fact, FollowUpOpened)])
    await uow.notes.add_closed([fact for fact in facts if isinstance(fact, FollowUpClosed)])
