"""A party's objection before the draw is answered in public, or the draw does not begin (D1, D2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.integration.draw.conftest import Led
from tests.integration.draw.test_substitutions import code

Lead = Callable[..., Awaitable[Led]]
TEXT = "名册缺少 3 月以后登记的餐饮单位"


def objection(led: Led, place: int = 0, text: str = TEXT) -> dict[str, Any]:
    return {"party": led.parties[place].id, "text": text}


async def test_no_commitment_while_an_objection_waits_for_its_answer(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.hand_over()
    notary, discipline = (party.account for party in led.parties)
    await led.act(notary, "objections", objection(led))
    await led.act(discipline, "objections", objection(led, 1, "抽取比例与计划不符"))
    held = await led.act(led.committer, "commitment", expect=None)
    assert code(held) == (409, "draw.objection_open")
    assert f"公证处：{TEXT}；区纪检：抽取比例与计划不符" in held.json()["detail"]
    answer = {"text": "已核对名录库条件和计划，均相符"}
    await led.act(led.committer, "objection-answers", answer)
    assert code(await led.act(led.committer, "objection-answers", answer, None)) == (409, "draw.no_objection_open")
    await led.act(led.committer, "commitment")
    steps = [(step["step"], step["detail"]) for step in (await led.detail())["history"]]
    assert ("object", f"公证处：{TEXT}") in steps
    assert ("answer", answer["text"]) in steps


async def test_later_an_objection_stands_on_record_and_stops_nothing(lead: Lead) -> None:
    """Otherwise the last party to speak would decide over the draw."""
    led = await lead()
    await led.freeze()
    await led.commit()
    await led.act(led.parties[0].account, "objections", objection(led))
    await led.reveal()
    await led.act(led.parties[0].account, "objections", objection(led, text="封存时未到场"))
    await led.act(led.committer, "result")
    late = await led.act(led.parties[0].account, "objections", objection(led), None)
    assert code(late) == (409, "draw.not_at_stage")
    await led.act(led.committer, "objection-answers", {"text": "封存过程有录像"})


async def test_only_the_party_itself_objects_and_only_the_operator_answers(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.hand_over()
    notary, discipline = (party.account for party in led.parties)
    assert code(await led.act(led.freezer, "objections", objection(led), None)) == (403, "request.role_missing")
    assert code(await led.act(discipline, "objections", objection(led), None)) == (403, "draw.party_has_its_witness")
    unknown = objection(led) | {"party": "工商联"}
    assert code(await led.act(notary, "objections", unknown, None)) == (422, "draw.party_unknown")
    await led.act(notary, "objections", objection(led))
    assert code(await led.act(notary, "objection-answers", {"text": "无妨"}, None)) == (403, "request.role_missing")
