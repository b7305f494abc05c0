"""An officer accepts or declines by a day; silence is acceptance; who declines how often is reported (B28)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from deploy.embedded.platform import EmbeddedPlatform
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.people import a_department_admin, an_inspector
from tests.integration.draw.conftest import Led
from tests.integration.draw.substituting import ask, officer_of, standing, substituted, unable
from tests.integration.draw.test_substitutions import code
from tests.security.databases import as_administrator

Lead = Callable[..., Awaitable[Led]]


async def accept(led: Led, who: Principal, visit: dict[str, Any], expect: int | None = 200) -> Any:
    return await led.post(who, f"/v1/visits/{visit['visit_id']}/acceptances", None, expect)


def declined(who: Principal) -> dict[str, Any]:
    return unable(who, reason_code="inspector_declined", reason="手头案件较多")


def answers(visit: dict[str, Any]) -> dict[str, str | None]:
    return {seat["inspector_id"]: seat["answer"] for seat in visit["seats"] if seat["inspector_id"]}


async def assigned_long_ago(platform: EmbeddedPlatform, led: Led) -> None:
    """As if the draw had been a month earlier."""
    async with as_administrator(platform, "draw") as connection:
        await connection.execute(
            "UPDATE assignments SET assigned_at = assigned_at - interval '30 days' WHERE district = $1", led.district
        )


async def test_who_has_accepted_declines_no_more(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    visit = (await standing(led))[0]
    who, mate = officer_of(led, visit), officer_of(led, visit, "scjg", 1)
    shown = (await accept(led, who, visit)).json()
    assert answers(shown)[str(who.inspector_id)] == "accepted"
    assert answers(shown)[str(mate.inspector_id)] == "pending"
    await accept(led, who, visit)
    assert code(await ask(led, who, visit, declined(who), None)) == (409, "draw.already_accepted")
    await ask(led, who, visit, unable(who))  # a statutory ground always counts
    await ask(led, mate, visit, declined(mate))
    outsider = an_inspector(new_id(), "scjg", led.district)
    assert code(await accept(led, outsider, visit, None)) == (403, "draw.seat_not_own")
    stranger = an_inspector(new_id(), "jtj", led.district)
    assert code(await accept(led, stranger, visit, None)) == (404, "draw.visit_unknown")
    admin = a_department_admin("scjg", led.district)
    assert code(await accept(led, admin, visit, None)) == (403, "request.role_missing")


async def test_silence_until_the_last_day_is_acceptance(lead: Lead, platform: EmbeddedPlatform) -> None:
    led = await lead()
    await led.led_to_result()
    visit = (await standing(led))[0]
    who, other = officer_of(led, visit), officer_of(led, visit, "scjg", 1)
    await assigned_long_ago(platform, led)
    seen = await led.get(who, f"/v1/visits/{visit['visit_id']}")
    assert set(answers(seen).values()) == {"deemed"}
    assert code(await accept(led, who, visit, None)) == (409, "draw.answer_too_late")
    assert code(await ask(led, who, visit, declined(who), None)) == (409, "draw.refusal_too_late")
    done = await substituted(led, visit, other, unable(other))
    came = an_inspector(done["new_inspector_id"], "scjg", led.district)
    again = await led.get(who, f"/v1/visits/{visit['visit_id']}")
    assert answers(again)[done["new_inspector_id"]] == "pending", "the substitute has days of his own"
    await ask(led, came, again, declined(came))


async def test_how_often_an_officer_declines_is_reported_to_his_department_and_the_office(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    held: dict[str, list[dict[str, Any]]] = {}
    for visit in await standing(led):
        held.setdefault(str(officer_of(led, visit).inspector_id), []).append(visit)
    busy, visits = max(held.items(), key=lambda item: len(item[1]))
    for visit in visits[:2]:
        who = officer_of(led, visit)
        await substituted(led, visit, who, declined(who))
    office = (await led.get(led.committer, "/v1/refusal-patterns"))["items"]
    assert [(one["inspector_id"], one["reason_code"], one["asked"], one["applied"]) for one in office] == [
        (busy, "inspector_declined", 2, 2)
    ]
    assert (await led.get(a_department_admin("scjg", led.district), "/v1/refusal-patterns"))["items"] == office
    assert (await led.get(a_department_admin("yjj", led.district), "/v1/refusal-patterns"))["items"] == []


async def test_an_answer_stays_as_it_was_given(lead: Lead, platform: EmbeddedPlatform) -> None:
    led = await lead()
    await led.led_to_result()
    visit = (await standing(led))[0]
    await accept(led, officer_of(led, visit), visit)
    async with as_administrator(platform, "draw") as connection:
        with pytest.raises(asyncpg.PostgresError, match="stay as they were written"):
            await connection.execute("DELETE FROM seat_answers WHERE district = $1", led.district)
