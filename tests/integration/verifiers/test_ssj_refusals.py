"""Each refusal of section 6 by its own name, and rubbish in every place: a named refusal, never a crash."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from verifier import verify as v

Keys = tuple[str | int, ...]
Vector = Callable[[str], Any]
Verify = Callable[[Any], str]
Put = Callable[[Any, Keys, Any], Any]


def in_text(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    def edit(doc: Any) -> None:
        commitment = json.loads(doc["commitment"])
        change(commitment)
        doc["commitment"] = json.dumps(commitment, ensure_ascii=False)

    return edit


def relog(change: Callable[[list[Any]], Any]) -> Callable[[Any], None]:
    """Edit the log's documents, then number and chain them anew, the commitment text untouched."""

    def edit(doc: Any) -> None:
        docs = [json.loads(text) for text in doc["log"]]
        change(docs)
        texts = [doc["log"][0]]
        for k, d in enumerate(docs[1:], 2):
            d |= {"log_seq": k, "log_prev": v.SUITES[d["suite"]].hex(texts[-1])}
            texts.append(json.dumps(d, ensure_ascii=False))
        doc["log"] = texts

    return edit


def public(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    return lambda doc: change(doc["public"])


def overlap(c: Any) -> None:
    c["strata"].append(c["strata"][0] | {"id": "S2"})
    c["scopes"][0]["strata"].append({"stratum": "S2", "mode": "all"})


def unopened(doc: Any) -> None:
    del doc["private"], doc["public"]["openings"]


EDITS: list[tuple[str, Callable[[Any], Any]]] = [
    ("TEXT", lambda d: d.update(commitment=d["commitment"].replace("12 objects", "e\u0301"))),
    ("TEXT", lambda d: d.update(commitment=d["commitment"].replace("12 objects", "\\ud800"))),
    ("TEXT", lambda d: d["reveal"].update(shares=["\ud800"])),
    ("JSON", lambda d: d.update(commitment="\ufeff" + d["commitment"])),
    ("JSON", lambda d: d.update(commitment=d["commitment"].replace('"log_seq": 1', '"log_seq": 1.0'))),
    ("JSON", lambda d: d.update(commitment=d["commitment"][:-1] + ', "spec": "ssj-draw/1"}')),
    ("JSON", lambda d: d.update(commitment='{"a": ' + "[" * 64 + "]" * 64 + "}")),
    ("JSON", lambda d: d.update(commitment="[" * 100_000)),
    ("SPEC", in_text(lambda c: c.update(suite="MD5"))),
    ("SPEC", lambda d: d.update(commitment=d["log"][1])),
    ("FIELD", in_text(lambda c: c.update(extra=1))),
    ("FIELD", in_text(lambda c: c.update(min_shares=True))),
    ("FIELD", in_text(lambda c: c.update(columns=["object_id", "name"]))),
    ("FIELD", in_text(lambda c: c["scopes"][0]["strata"][0].update(ppm=1))),
    ("FIELD", in_text(lambda c: c["scopes"][0].update(total=3))),
    ("FIELD", lambda d: d["reveal"].update(more=1)),
    ("FIELD", lambda d: d.update(substitutions=[{"drop": "0" * 64}])),
    ("DUPLICATE_ID", in_text(lambda c: c["parties"].append(c["parties"][0]))),
    ("REFERENCE", in_text(lambda c: c["scopes"][0]["strata"][0].update(stratum="S9"))),
    ("TEAM", in_text(lambda c: c["scopes"][0]["departments"][0]["team"].pop())),
    ("TEAM", in_text(lambda c: c["scopes"][0]["departments"][0]["team"].insert(0, {"role": "expert"}))),
    ("ALLOC", in_text(lambda c: c["scopes"][0]["strata"][0].update(min=2, max=1))),
    ("ALLOC", in_text(lambda c: c["scopes"][0].update(total=13, strata=[{"stratum": "S1"}]))),
    ("CEREMONY", in_text(lambda c: c.update(min_shares=1))),
    ("CEREMONY", in_text(lambda c: c.update(no_beacon_profile=True))),
    ("CEREMONY", in_text(lambda c: c.update(reveal_deadline=c["published_at"]))),
    ("POOL_FORM", public(lambda p: p.update(strata={}))),
    ("POOL_FORM", public(lambda p: p["strata"]["S1"].append("F" * 64))),
    ("POOL_ORDER", public(lambda p: p["strata"]["S1"].reverse())),
    ("POOL_ROOT", public(lambda p: p["strata"]["S1"].pop())),
    ("POOL_OVERLAP", lambda d: (in_text(overlap)(d), d["public"]["strata"].update(S2=d["public"]["strata"]["S1"]))),
    ("LIST_FORM", public(lambda p: p["roster"].append(p["roster"][-1]))),
    ("LIST_FORM", public(lambda p: p.pop("recusals"))),
    ("LIST_HASH", public(lambda p: p["roster"].pop())),
    ("OPENING", public(lambda p: p["openings"].append("object\t1\t2\t3"))),
    ("BLIND_KEY", lambda d: d["private"].update(blind_key="0" * 64)),
    ("RECORD", lambda d: d["private"]["objects"].append(d["private"]["objects"][0])),
    ("OPENING_POOL", lambda d: d["private"]["objects"].pop()),
    ("OPENING_POOL", lambda d: d["private"]["objects"][0]["strata"].append("S9")),
    ("OPENING_ROSTER", lambda d: d["private"]["inspectors"].pop()),
    ("SHARE", lambda d: d["reveal"]["shares"].append(d["reveal"]["shares"][0])),
    ("SHARE_COUNT", lambda d: d["reveal"].update(shares=d["reveal"]["shares"][:1])),
    ("BEACON", lambda d: d["reveal"].update(beacons=[])),
    ("REGION", unopened),
    ("SUBSTITUTION", lambda d: d.update(substitutions=[{"drop": "0" * 64, "reason": ""}])),
    ("LOG_CHAIN", lambda d: d["log"].pop(1)),
    ("LOG_TIME", relog(lambda log: log[2].update(published_at="2026-03-02T18:04:59+08:00"))),
    ("LOG_TIME", relog(lambda log: log[1].update(published_at="2026-03-02T21:30:00+08:00"))),
    ("LOG_COMMIT", relog(lambda log: log[1].update(commit_hash="0" * 64))),
    ("LOG_COMMIT", relog(lambda log: log[1].update(draw_id="other"))),
    ("LOG_STATE", relog(lambda log: log.pop(2))),
    ("LOG_STATE", relog(lambda log: log[3].update(version=1))),
    ("LOG_STATE", relog(lambda log: log.insert(3, void(log[2], True)))),
    ("LOG_TIME", relog(lambda log: log.append(void(log[4], False)))),
    ("LOG_CONTENT", relog(lambda log: log.pop(3) and log.pop(3))),
    ("LOG_CONTENT", relog(lambda log: log[3].update(result_hash="0" * 64))),
    ("LOG_CONTENT", lambda d: d.update(log=[])),
    ("RESULT", lambda d: d["expected"].pop("result_text")),
    ("INCLUSION", lambda d: d["expected"]["inclusion"].append(None)),
    ("UNIFORM_INT", lambda d: d["expected"]["uniform_int"].append({"label": "x", "m": "0", "value": "0"})),
    ("FILE", lambda d: d.update(commitment=None)),
]


def void(like: Any, late: bool) -> Any:
    frame = {k: x for k, x in like.items() if k not in ("beacons", "openings_hash")}
    return frame | {"kind": "void", "reason": "x"} | ({"late": True} if late else {})


@pytest.mark.parametrize(("code", "edit"), EDITS, ids=[f"{k}-{code}" for k, (code, _) in enumerate(EDITS)])
def test_each_fault_is_refused_by_its_own_name(
    code: str, edit: Callable[[Any], Any], vector: Vector, verify: Verify
) -> None:
    """Section 6: the first row that applies."""
    doc = vector("v1_tiny")
    edit(doc)
    assert verify(doc) == code


def test_a_draw_cannot_be_committed_twice(vector: Vector, verify: Verify) -> None:
    """SEC32: the same draw id again, without a void before it."""
    doc = vector("v1_tiny")
    again = json.loads(doc["commitment"]) | {"published_at": "2027-01-01T00:00:00+08:00"}
    again |= {"reveal_deadline": "2027-01-02T00:00:00+08:00"}
    again["beacons"][0]["not_before"] = "2027-01-03T00:00:00+08:00"
    relog(lambda log: log.append(again))(doc)
    assert verify(doc) == "LOG_REDRAW"


# Hostile files

HOSTILE: list[Any] = [None, True, -1, 1.5, 10**30, "", "\ud800", "é\t\0", [], {}, [[]], [None], {"a": []}]


def nodes(node: Any, at: Keys = ()) -> Iterator[Keys]:
    """Every node, containers included; the first element of each list only."""
    if at:
        yield at
    children = node.items() if isinstance(node, dict) else enumerate(node[:1]) if isinstance(node, list) else ()
    for key, child in children:
        yield from nodes(child, (*at, key))


def test_nothing_malformed_reaches_the_last_resort(vector: Vector, verify: Verify, put: Put) -> None:
    """Each member of file, commitment and log documents replaced by rubbish: a named refusal, never a crash."""
    doc = vector("v1_tiny")
    for at in nodes(doc):
        for rubbish in HOSTILE:
            verify(put(doc, at, rubbish))  # raises if not a Refusal
    for k, text in enumerate(doc["log"]):
        inner = json.loads(text)
        for at in nodes(inner):
            for rubbish in HOSTILE:
                bad = json.dumps(put(inner, at, rubbish))
                changed = put(doc, ("log", k), bad) | ({"commitment": bad} if k == 0 else {})
                assert verify(changed) != "OK", at
