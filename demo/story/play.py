"""The order of the story. Every step is named; the first check that does not hold ends it by that name."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from demo.story import (
    accounts,
    credit_steps,
    draw_steps,
    exchange_steps,
    joint_steps,
    merge_steps,
    planning_steps,
    registry_steps,
    results_steps,
    special_steps,
    substitution_steps,
    visit_steps,
)
from demo.story.stage import Stage
from shared.runtime.unit_of_work import SHANGHAI

LONGEST = timedelta(minutes=4)
"""How long the story may take on a slow machine."""


async def play(stage: Stage) -> None:
    """Plays all steps in order on a running platform. Raises StoryFailed."""
    stage.facts["today"] = await _a_day_long_enough()
    await accounts.open_accounts(stage)
    await registry_steps.register_departments(stage)
    await registry_steps.import_libraries(stage)
    await registry_steps.import_bad_rows(stage)
    await credit_steps.import_facts(stage)
    await planning_steps.publish_item_lists(stage)
    await merge_steps.merge_overlapping_plans(stage)
    await special_steps.approve_special(stage)
    await planning_steps.plan(stage)
    await planning_steps.issue_task(stage)
    await draw_steps.freeze_and_commit(stage)
    await draw_steps.reveal_and_draw(stage)
    await merge_steps.joint_draw(stage)
    await special_steps.special_draw(stage)
    await results_steps.open_visits(stage)
    await substitution_steps.substitute(stage)
    await results_steps.refuse_outsider(stage)
    await visit_steps.open_code(stage)
    await visit_steps.inspect_wholly(stage)
    await results_steps.record_results(stage)
    await exchange_steps.province_rejects_a_share(stage)
    await results_steps.review_and_publish(stage)
    await visit_steps.follow_up(stage)
    await credit_steps.flag_is_raised(stage)
    await credit_steps.record_follows_result(stage)
    await results_steps.correct(stage)
    await credit_steps.flag_is_lifted(stage)
    await exchange_steps.receipts_come_back(stage)
    await exchange_steps.rejected_rows_are_corrected(stage)
    await exchange_steps.both_sides_count_the_same(stage)
    await exchange_steps.the_day_balances(stage)
    await joint_steps.inspect_jointly(stage)
    await draw_steps.verify(stage)


async def _a_day_long_enough() -> date:
    """Today, which must not end before the story does: shortly before midnight it waits for the next day."""
    now = datetime.now(SHANGHAI)
    later = now + LONGEST
    if later.date() != now.date():
        midnight = datetime.combine(later.date(), datetime.min.time(), SHANGHAI)
        await asyncio.sleep((midnight - now).total_seconds() + 1)
    return datetime.now(SHANGHAI).date()
