"""The draw page out of real documents: the vectors of the protocol (D2, B4; `experience.md` 2)."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.disclosure.domain.draw_page import draw_page
from services.disclosure.domain.draw_page_documents import DrawState, LogDocument, state_after
from services.disclosure.domain.draw_page_record import RecordNotReady, RecordSources, record_pieces
from services.disclosure.domain.draw_page_rules import rule_words, strata_rows
from services.disclosure.domain.draw_page_tokens import TokensAltered, check_tokens, prove, root_of, ticket_of
from services.disclosure.domain.draw_page_views import DrawNotPublic, DrawSources, Phase, PublicLists, PublicSide

VECTORS = Path(__file__).parents[4] / "vectors" / "draw"
DRAW = UUID("0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90")
Record = dict[str, Any]


def vector(name: str) -> Record:
    found: Record = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return found


def documents_of(record: Record) -> list[LogDocument]:
    """Of the record's own draw, out of its log."""
    own = json.loads(record["commitment"])["draw_id"]
    read = [LogDocument.read(number, DRAW, text) for number, text in enumerate(record["log"], start=1)]
    return [one for one in read if one.members["draw_id"] == own]


def lists_of(record: Record) -> PublicLists:
    public = record["public"]
    rows = [tuple(public[name]) if name in public else None for name in ("roster", "recusals", "openings")]
    return PublicLists(record["expected"]["result_text"], *rows)


def sources_of(record: Record, documents: list[LogDocument] | None = None) -> DrawSources:
    told = documents_of(record) if documents is None else documents
    lists = lists_of(record) if any(one.kind == "result" for one in told) else PublicLists()
    return DrawSources(DRAW, told, PublicSide(last_seq=told[-1].log_seq if told else 0), lists)


def before(document: LogDocument) -> datetime:
    return document.published_at + timedelta(seconds=1)


def test_before_the_shares_close_the_page_tells_rules_and_roots_and_nobody_drawn() -> None:
    record = vector("v1_tiny")
    commitment = documents_of(record)[0]
    page = draw_page(sources_of(record, [commitment]), before(commitment))
    assert (page.phase, page.state) == (Phase.BEFORE, DrawState.COMMITTED)
    assert page.commit_hash == "5c98cca772b1af237037e17b9d6a168092bd339ea43700fcecc01d639f9ee0e1"
    assert (page.pool_size, page.drawn, page.seed) == (12, (), None)
    [row] = page.strata
    assert (row.rule, row.chance_ppm) == ("抽 3 户", 250_000)
    assert [step.done_at is not None for step in page.steps] == [True, True, False, False, False, False]


def test_half_an_hour_before_the_shares_close_the_page_turns_live() -> None:
    record = vector("v1_tiny")
    commitment = documents_of(record)[0]
    closing = datetime.fromisoformat(commitment.members["reveal_deadline"])
    sources = sources_of(record, [commitment])
    assert draw_page(sources, closing - timedelta(minutes=31)).phase is Phase.BEFORE
    assert draw_page(sources, closing - timedelta(minutes=30)).phase is Phase.LIVE


def test_each_document_takes_the_page_one_step_further() -> None:
    record = vector("v1_tiny")
    documents = documents_of(record)
    kinds = [one.kind for one in documents]
    assert kinds[:4] == ["commitment", "shares", "beacon", "result"]
    states = [state_after(documents[:count]) for count in range(1, 5)]
    assert states == [DrawState.COMMITTED, DrawState.SEALED, DrawState.REVEALED, DrawState.PUBLISHED]
    sealed = draw_page(sources_of(record, documents[:2]), before(documents[1]))
    assert sealed.phase is Phase.LIVE
    assert all(party.share for party in sealed.parties)
    assert sealed.seed is None


def test_after_the_result_the_drawn_stand_in_order_with_names_as_opened() -> None:
    record = vector("v1_tiny")
    page = draw_page(sources_of(record), datetime(2027, 1, 1, tzinfo=UTC))
    assert page.phase is Phase.AFTER
    assert [one.token[:8] for one in page.drawn] == ["5a729391", "dd34bcbe", "e58bdcd8"]
    assert [one.rank for one in page.drawn] == [1, 2, 3]
    assert all(one.name for one in page.drawn)
    assert page.seed == "16e2db25e2d401b9b3106a00acbc2605535da1dd2aa19bff36076a7ef27f6486"
    assert all(step.done_at for step in page.steps)
    assert page.matched is not None
    assert (page.matched.visits, page.matched.seats, page.matched.open) == (3, 6, 0)
    unopened = replace(sources_of(record), lists=replace(lists_of(record), openings=None))
    assert {one.name for one in draw_page(unopened, datetime(2027, 1, 1, tzinfo=UTC)).drawn} == {None}


@pytest.mark.parametrize("name", ["p05_substitutes", "p06_substitutes_sm3"])
def test_every_skip_stands_with_its_reason_and_who_takes_the_place(name: str) -> None:
    record = vector(name)
    page = draw_page(sources_of(record), datetime(2027, 1, 1, tzinfo=UTC))
    assert [one.reason for one in page.skips] == [one["reason"] for one in record["substitutions"]]
    assert [one.token for one in page.skips] == [one["drop"] for one in record["substitutions"]]
    gone = {one["drop"] for one in record["substitutions"] if "inspector" not in one}
    assert gone == {one.token for one in page.drawn if one.replaced_by is not None}


def test_a_void_draw_tells_its_reason_and_whether_it_was_late() -> None:
    record = vector("p03_voids")
    draws: dict[str, list[LogDocument]] = {}
    for number, text in enumerate(record["log"], start=1):
        document = LogDocument.read(number, DRAW, text)
        draws.setdefault(document.members["draw_id"], []).append(document)
    voided = [told for told in draws.values() if told[-1].kind == "void"]
    assert len(voided) == 5
    for told in voided:
        page = draw_page(sources_of(record, told), datetime(2027, 1, 1, tzinfo=UTC))
        assert page.state is DrawState.VOID
        assert page.void_reason
        assert page.void_is_late is ("late" in told[-1].members)


def test_without_a_commitment_there_is_no_page_yet() -> None:
    record = vector("v1_tiny")
    with pytest.raises(DrawNotPublic):
        draw_page(sources_of(record, documents_of(record)[1:]), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("name", ["v1_tiny", "v2_ratio_classes", "v3_joint", "p04_allocation", "p06_substitutes_sm3"])
def test_token_files_have_the_roots_that_were_committed_to_and_a_changed_one_is_refused(name: str) -> None:
    record = vector(name)
    commitment = json.loads(record["commitment"])
    for stratum in commitment["strata"]:
        raw = bytes.fromhex("".join(record["public"]["strata"][stratum["id"]]))
        assert root_of(commitment["suite"], raw).hex() == stratum["root"]
        if raw:
            changed = raw[:-1] + bytes([raw[-1] ^ 1])
            with pytest.raises(TokensAltered):
                check_tokens(commitment["suite"], stratum["id"], stratum["size"], stratum["root"], changed)


def test_a_proof_is_the_one_of_the_vectors_and_a_stranger_has_none() -> None:
    record = vector("v2_ratio_classes")
    commitment = json.loads(record["commitment"])
    valid = [one for one in record["expected"]["inclusion"] if one["valid"]]
    assert valid
    for one in valid:
        raw = bytes.fromhex("".join(record["public"]["strata"][one["stratum"]]))
        proof = prove(commitment["suite"], one["stratum"], raw, bytes.fromhex(one["token"]))
        assert proof is not None
        assert (proof.chunk_index, proof.chunk, list(proof.path)) == (one["chunk_index"], one["chunk"], one["path"])
        assert prove(commitment["suite"], one["stratum"], raw, bytes(32)) is None


def test_the_ticket_of_the_worked_example() -> None:
    """Draw-protocol section 8: the cut is 309f55e7…, of token e58bdcd8…."""
    record = vector("v1_tiny")
    page = draw_page(sources_of(record), datetime(2027, 1, 1, tzinfo=UTC))
    last = next(one for one in page.drawn if one.token.startswith("e58bdcd8"))
    assert page.seed is not None
    ticket = ticket_of("SHA-256", bytes.fromhex(page.seed), "g1", bytes.fromhex(last.token))
    assert ticket.hex().startswith("309f55e7")


def test_every_rule_of_allocation_has_its_words_and_its_chance() -> None:
    assert rule_words({"mode": "all"}) == "全部抽中"
    assert rule_words({"mode": "ratio", "ppm": 50_000, "round": "ceil", "min": 1, "max": 9}) == (
        "按 5% 抽取，小数进一，至少 1 户，至多 9 户"
    )
    strata = [{"id": "S1", "size": 200, "root": "r"}, {"id": "S2", "size": 100, "root": "r"}]
    scope = {"id": "A", "total": 30, "strata": [{"stratum": "S1"}, {"stratum": "S2", "weight": 2}], "departments": []}
    rows = strata_rows({"strata": [*strata, {"id": "excluded", "size": 3, "root": "r"}], "scopes": [scope]})
    assert [(row.chance_ppm, row.expected_milli) for row in rows] == [(75_000, 15_000), (150_000, 15_000), (0, 0)]
    assert rows[2].scope is None


@pytest.mark.parametrize("name", ["v1_tiny", "v3_joint", "p05_substitutes"])
def test_the_record_in_pieces_is_the_record(name: str) -> None:
    record = vector(name)
    tokens = {one: bytes.fromhex("".join(rows)) for one, rows in record["public"]["strata"].items()}
    sources = RecordSources(documents_of(record), tokens, lists_of(record), True, record["log"])
    sources.check()
    made = json.loads(b"".join(record_pieces(sources)))
    assert made["commitment"] == record["commitment"]
    assert made["log"] == record["log"]
    assert made["public"] == record["public"]
    assert made["substitutions"] == record.get("substitutions", [])
    for member in ("commit_hash", "seed", "result_text", "result_hash"):
        assert made["expected"][member] == record["expected"][member]


def test_a_record_with_a_part_missing_is_not_given_out() -> None:
    record = vector("v1_tiny")
    tokens = {one: bytes.fromhex("".join(rows)) for one, rows in record["public"]["strata"].items()}
    whole = RecordSources(documents_of(record), tokens, lists_of(record), True, record["log"])
    for lacking in (
        replace(whole, tokens={}),
        replace(whole, log=record["log"][:2]),
        replace(whole, lists=PublicLists()),
    ):
        with pytest.raises(RecordNotReady):
            lacking.check()


def test_documents_are_read_the_same_in_whatever_order_they_came() -> None:
    record = vector("p05_substitutes")
    documents = documents_of(record)
    shuffled = random.Random(7).sample(documents, len(documents))
    assert state_after(sorted(shuffled, key=lambda one: one.log_seq)) is state_after(documents)
