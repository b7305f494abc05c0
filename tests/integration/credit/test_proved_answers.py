"""Answers to restriction checks can be proved without us, and are kept for who looks them up (C5)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.runtime.principal import Principal
from tests.builders.credit import LISTED, a_result, a_uscc, an_entity, published
from tests.builders.people import an_auditor
from tests.integration.credit.conftest import CreditDistrict, a_client

AREA = "government_procurement"


def proved(body: bytes, signature_input: str, signature: str, keys: dict[str, Any]) -> str:
    """What a receiver runs years later, with nothing of ours but the published keys (RFC 9421): the id of the key that
    signed. Raises InvalidSignature."""
    parameters = signature_input.removeprefix("answer=")
    found = re.search(r'keyid="([^"]+)"', parameters)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    base = f'"repr-digest": sha-256=:{digest}:\n"@signature-params": {parameters}'
    x = next(key["x"] for key in keys["keys"] if key["kid"] == found[1])
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "="))
    public.verify(base64.b64decode(signature.removeprefix("answer=:").removesuffix(":")), base.encode())
    return found[1]


async def test_an_answer_is_proved_offline_and_a_changed_one_is_not(here: CreditDistrict) -> None:
    """C5: the bytes, two headers and the published key are enough."""
    firm, asker = here.entities[0], a_client(here.district)
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    answer = await here.get(asker, f"/v1/entities/{firm.uscc}/restrictions", area=AREA, on="2026-11-24")
    keys = (await here.get(Principal("anonymous", here.district), "/v1/answer-keys")).json()
    headers = answer.headers
    assert answer.json()["restricted"] is True
    assert answer.json()["measure_version"] == 1
    key_id = proved(answer.content, headers["signature-input"], headers["signature"], keys)
    assert [key["kid"] for key in keys["keys"] if key["is_current"]] == [key_id]
    forged = answer.content.replace(b'"restricted":true', b'"restricted":false')
    with pytest.raises(InvalidSignature):
        proved(forged, headers["signature-input"], headers["signature"], keys)


async def test_the_kept_answer_is_the_one_that_was_signed(here: CreditDistrict) -> None:
    """C5: an auditor finds the same bytes with the same signature."""
    firm, asker = here.entities[0], a_client(here.district)
    answer = await here.get(asker, f"/v1/entities/{firm.uscc}/restrictions", area=AREA)
    kept = (await here.get(an_auditor(here.district), f"/v1/restriction-answers/{answer.json()['answer_id']}")).json()
    assert kept["text"].encode() == answer.content
    assert kept["asked_by"] == asker.subject
    assert (kept["signature_input"], kept["signature"]) == (
        answer.headers["signature-input"],
        answer.headers["signature"],
    )
    keys = (await here.get(asker, "/v1/answer-keys")).json()
    assert proved(kept["text"].encode(), kept["signature_input"], kept["signature"], keys)


async def test_a_batch_is_one_signed_answer_in_the_order_of_its_questions(here: CreditDistrict) -> None:
    """C5: known by either key, unknown and unreadable ones each by themselves."""
    listed, free = here.entities[0], here.entities[1]
    await here.hear(published(a_result(listed, outcome_codes=["6"], listing=LISTED)))
    asker = a_client(here.district)
    unknown = a_uscc(999_999)
    checks = [
        {"uscc": free.uscc, "area": AREA},
        {"uscc": str(listed.entity_id), "area": "bidding"},
        {"uscc": unknown, "area": AREA},
        {"uscc": unknown[:-1] + "*", "area": AREA},
        {"uscc": listed.uscc, "area": AREA, "on": "2026-11-19"},
        {"uscc": listed.uscc, "area": AREA},
    ]
    async with here.credit.client(asker) as client:
        answer = await client.post("/v1/restriction-checks", json={"checks": checks})
    found = answer.json()["answers"]
    assert [one["restricted"] for one in found] == [False, True, None, None, False, True]
    assert [one["found"] for one in found] == [True, True, False, False, True, True]
    assert found[2]["problem"]["code"] == "credit.entity_unknown"
    assert found[3]["problem"]["code"] == "uscc.invalid"
    keys = (await here.get(asker, "/v1/answer-keys")).json()
    assert proved(answer.content, answer.headers["signature-input"], answer.headers["signature"], keys)


async def test_the_short_way_and_the_usual_way_give_one_answer(here: CreditDistrict) -> None:
    """A plain question is read by hand; with `known_at` it takes the usual way."""
    firm, asker = here.entities[0], a_client(here.district)
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    path = f"/v1/entities/{firm.uscc}/restrictions"
    short = (await here.get(asker, path, area=AREA, on="2026-11-24")).json()
    usual = (await here.get(asker, path, area=AREA, on="2026-11-24", known_at=short["known_at"])).json()
    own = {"answer_id", "answered_at"}
    assert {name: short[name] for name in short.keys() - own} == {name: usual[name] for name in usual.keys() - own}


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        '{"checks": "all"}',
        '{"checks": [{"uscc": 5, "area": "bidding"}]}',
        '{"checks": [{"uscc": "91410308MXYT81MC3Y", "area": "bidding", "town": "x"}]}',
        '{"checks": [{"uscc": "91410308MXYT81MC3Y", "area": "bidding", "on": "20261124"}], "more": 1}',
    ],
)
async def test_a_malformed_batch_is_refused_with_its_place(here: CreditDistrict, body: str) -> None:
    async with here.credit.client(a_client(here.district)) as client:
        answer = await client.post("/v1/restriction-checks", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert json.loads(answer.content)["errors"]


async def test_an_unknown_parameter_is_refused_on_the_short_way_too(here: CreditDistrict) -> None:
    firm = here.entities[0]
    answer = await here.get(a_client(here.district), f"/v1/entities/{firm.uscc}/restrictions", area=AREA, day="today")
    assert answer.status_code == 400


async def test_a_code_among_the_parameters_never_stands_for_the_one_in_the_path(here: CreditDistrict) -> None:
    asked, other = here.entities[0], here.entities[1]
    client = a_client(here.district)
    answer = await here.get(client, f"/v1/entities/{asked.uscc}/restrictions", area=AREA, uscc=other.uscc)
    assert answer.status_code == 400


async def test_a_key_that_cannot_be_read_is_nobody_even_beside_an_entity_without_a_code(here: CreditDistrict) -> None:
    """C5: whom nobody can name is told so; another's answer is never given in its place."""
    nameless = replace(an_entity(801), uscc=None, external_no="MJ801")
    async with here.work() as work:
        await work.replicas.put([nameless], work.now)
        await work.commit()
    checks = [{"uscc": str(nameless.entity_id), "area": AREA}, {"uscc": "无法辨认", "area": AREA}]
    async with here.credit.client(a_client(here.district)) as client:
        known, unreadable = (await client.post("/v1/restriction-checks", json={"checks": checks})).json()["answers"]
    assert (known["found"], known["uscc"]) == (True, None)
    assert unreadable["found"] is False


async def test_one_question_and_a_batch_mean_the_same_of_two_with_one_code(here: CreditDistrict) -> None:
    """C5: the entity that registry told of last."""
    before, after = an_entity(802), an_entity(802)
    for one in (before, after):
        async with here.work() as work:
            await work.replicas.put([one], work.now)
            await work.commit()
    asker = a_client(here.district)
    single = await here.get(asker, f"/v1/entities/{before.uscc}/restrictions", area=AREA)
    checks = [{"uscc": before.uscc, "area": AREA}, {"uscc": here.entities[0].uscc, "area": AREA}]
    async with here.credit.client(asker) as client:
        batch = await client.post("/v1/restriction-checks", json={"checks": checks})
    assert single.json()["entity_id"] == batch.json()["answers"][0]["entity_id"] == str(after.entity_id)


async def test_a_client_without_the_scope_gets_no_answer(here: CreditDistrict) -> None:
    firm = here.entities[0]
    stranger = a_client(here.district, "registry.read")
    answer = await here.get(stranger, f"/v1/entities/{firm.uscc}/restrictions", area=AREA)
    assert (answer.status_code, answer.json()["code"]) == (403, "credit.scope_missing")


async def test_a_check_sees_its_own_district_only(here: CreditDistrict) -> None:
    """B10: the function that answers is bound by row-level security like any reading."""
    firm = here.entities[0]
    await here.hear(published(a_result(firm, outcome_codes=["6"], listing=LISTED)))
    elsewhere = a_client("another-district")
    answer = await here.get(elsewhere, f"/v1/entities/{firm.entity_id}/restrictions", area=AREA)
    assert answer.status_code == 404
