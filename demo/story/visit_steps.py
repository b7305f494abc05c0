"""One visit as it should go (B3, B17, B18, R1, R2, R4): the firm opens the code and rates, a photo is attached, the
officers' signatures make the result, the firm signs, the contact enters the ledger, the problem is followed up."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from demo.story.accounts import OFFICE, department_admin
from demo.story.results_steps import EVERY_THIRD, ROOT, login_of, record_body
from demo.story.stage import Stage

NOBODYS_CODE = "22222-22222-22222-22222"
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + "演示照片：公示牌".encode() * 4_000
RATING = {"stars": 5, "showed_certificates": True, "asked_outside": False, "comment": "主动亮证，没有额外要求"}
FIRM_SIGNS = {"decision": "signed", "signatory": "李示例", "capacity": "店长"}


async def open_code(stage: Stage) -> None:
    """Without an account: who comes, for what, under which draw; a code that is not ours gets a signed answer."""
    with stage.step("results.code", "企业扫检查码：谁来、查什么、哪次抽取；无效的码得到签名凭据"):
        visit = stage.facts["whole_visit"] = _whole_visit(stage)
        notice = await stage.read(login_of(stage, visit["parts"][0]), f"{ROOT}/visits/{visit['visit_id']}/code")
        stage.facts["code"] = notice["code"]
        shown = await _as_anybody(stage, notice["code"])
        stage.equal((shown["valid"], shown["draw_id"]), (True, stage.facts["draw_id"]), "检查码的答复")
        stage.equal(shown["receipt"], None, "有效检查码的凭据")
        for part, expected in zip(_parts(shown), _parts(visit), strict=True):
            stage.equal(part["department"], expected["department"], "前来的部门")
            stage.equal(len(part["officers"]), len(expected["inspector_ids"]), "前来的人员")
            stage.check("局" in (part["department_name"] or "") or "委" in (part["department_name"] or ""), "部门名称")
        refused = await _as_anybody(stage, NOBODYS_CODE)
        receipt = refused["receipt"]
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(receipt["public_key"]))
        key.verify(base64.b64decode(receipt["signature"]), receipt["text"].encode())
        stage.check(refused["answer"] in receipt["text"], "凭据应写明答复")
        stage.note("、".join(part["department_name"] for part in _parts(shown)))


async def inspect_wholly(stage: Stage) -> None:
    """R2: nobody states the day of the result, the last officer's signature is its day."""
    with stage.step("results.signed", "一次检查全程：录入、附照片、两名执法人员和企业签名、企业评价"):
        visit, number = stage.facts["whole_visit"], stage.facts["whole_number"]
        for part in visit["parts"]:
            result_id = await _inspected(stage, visit, part, number)
            stage.facts["results"][result_id] = login_of(stage, part)
            stage.facts.setdefault("whole_result", result_id)
        rated = await _anybody_posts(stage, f"{ROOT}/visit-codes/{stage.facts['code']}/ratings", RATING)
        stage.equal(rated["stars"], RATING["stars"], "企业的评价")
        seen = await stage.read(login_of(stage, visit["parts"][0]), f"{ROOT}/visits/{visit['visit_id']}/code")
        stage.check(seen["first_opened_at"] is not None, "企业查看检查码的时间")
        stage.equal((seen["stars"], seen["comment"]), (RATING["stars"], RATING["comment"]), "部门看到的评价")
        ledger = await stage.read(OFFICE, f"{ROOT}/contacts", entity=visit["entity_id"], kind="inspection")
        ours = [one for one in ledger["items"] if one["visit_id"] == visit["visit_id"]]
        stage.equal(len(ours), 1, "涉企接触台账（联合检查只计一次）")
        counts = await stage.read(OFFICE, f"{ROOT}/entities/{visit['entity_id']}/contact-counts")
        stage.check(counts["enforcement_day"] >= 1, "当日执法检查次数")
        stage.note(f"{len(visit['parts'])} 个部门一次上门，台账计 1 次")


async def follow_up(stage: Stage) -> None:
    """R4: what was found is to be put right, and somebody looks whether it was."""
    with stage.step("results.follow_up", "后续处置：责令改正，复查后办结"):
        result_id = stage.facts["whole_result"]
        login = stage.facts["results"][result_id]
        body = {"kind": "rectification", "demand": "限期改正检查发现的问题"}
        opened = await stage.act(login, f"{ROOT}/results/{result_id}/follow-ups", body, status=201)
        stage.equal((opened["state"], opened["kind"]), ("open", "rectification"), "后续处置")
        path = f"{ROOT}/follow-ups/{opened['follow_up_id']}"
        done = {"outcome": "rectified", "note": "当场核对，已改正"}
        closed = await stage.act(department_admin(opened["department"]), f"{path}/closure", done)
        stage.equal((closed["state"], closed["outcome"]), ("closed", "rectified"), "后续处置的结果")
        stage.check(closed["was_in_time"], "应按期办结")
        steps = (await stage.read(department_admin(opened["department"]), path))["steps"]
        stage.equal([one["act"] for one in steps], ["open", "close"], "办理经过")
        stage.note(f"期限 {opened['due_on']}")


def _whole_visit(stage: Stage) -> Any:
    """The last of those that find a problem, unless its firm is the one to be listed."""
    visits = stage.facts["visits"]
    fit = [n for n in range(0, len(visits), EVERY_THIRD) if visits[n] is not stage.facts["listed_visit"]]
    stage.facts["whole_number"] = fit[-1]
    return visits[fit[-1]]


def _parts(visit: Any) -> list[Any]:
    return sorted(visit["parts"], key=lambda part: str(part["department"]))


async def _inspected(stage: Stage, visit: Any, part: Any, number: int) -> str:
    """One department's part, from the record to its submission; the id of the result."""
    first, second = (stage.facts["logins"][person] for person in part["inspector_ids"])
    body = record_body(stage, visit, part, number) | {"concluded_on": None}
    made = await stage.act(first, f"{ROOT}/visits/{visit['visit_id']}/records", body, status=201)
    result_id: str = made["result_id"]
    path = f"{ROOT}/results/{result_id}"
    await _attach_photo(stage, first, path, body["items"][0]["item_id"])
    await stage.act(first, f"{path}/signatures")
    unheard = await (await stage.sign_in(second)).post(f"{path}/submission", headers=stage.key())
    stage.equal(unheard.json()["code"], "results.enterprise_not_heard", "企业签名之前提交")
    await stage.act(first, f"{path}/enterprise-signatures", FIRM_SIGNS)
    signed = await stage.act(second, f"{path}/signatures")
    stage.equal((signed["officers_missing"], signed["enterprise"]), ([], "signed"), "签名")
    done = await stage.act(first, f"{path}/submission")
    stage.equal((done["state"], done["concluded_on"]), ("submitted", stage.facts["today"].isoformat()), "结果的日期")
    return result_id


async def _attach_photo(stage: Stage, login: str, path: str, item_id: str) -> None:
    http = await stage.sign_in(login)
    sent = await http.post(f"{ROOT}/evidence-files", content=PHOTO, headers=stage.key())
    stage.equal(sent.status_code, 201, f"上传照片（{sent.text[:200]}）")
    stage.equal(sent.json()["digest"], hashlib.sha256(PHOTO).hexdigest(), "照片的摘要")
    body = {
        "digest": sent.json()["digest"],
        "kind": "photo",
        "name": "现场照片",
        "taken_at": datetime.now(UTC).isoformat(),
        "item_id": item_id,
    }
    await stage.act(login, f"{path}/evidence", body, status=201)
    read = await http.get(f"{path}/evidence/{body['digest']}/content")
    stage.check(read.content == PHOTO, "取回的照片与上传的不同")


async def _as_anybody(stage: Stage, code: str) -> Any:
    async with httpx2.AsyncClient(base_url=stage.base_url, trust_env=False, timeout=30) as http:
        answer = await http.get(f"{ROOT}/visit-codes/{code}")
    stage.equal(answer.status_code, 200, f"扫码的答复（{answer.text[:200]}）")
    return answer.json()


async def _anybody_posts(stage: Stage, path: str, body: Any) -> Any:
    async with httpx2.AsyncClient(base_url=stage.base_url, trust_env=False, timeout=30) as http:
        answer = await http.post(path, json=body, headers=stage.key())
    stage.check(answer.is_success, f"{path} 答复 {answer.status_code}：{answer.text[:200]}")
    return answer.json()
