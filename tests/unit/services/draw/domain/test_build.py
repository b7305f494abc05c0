"""The operator's side: tokens, checks before publication, and a ceremony that any verifier accepts (D2, SEC32)."""

from dataclasses import replace

import pytest

from services.draw.domain.audit import PrivateObject, PrivateRecords
from services.draw.domain.build import (
    check_before_publication,
    disclose,
    draft,
    list_rows,
    make_pool,
    open_records,
    prove,
    result_of,
)
from services.draw.domain.computation import Draw, Frozen, compute
from services.draw.domain.documents import parse_commitment
from services.draw.domain.errors import Refusal
from services.draw.domain.lists import list_hash
from services.draw.domain.log import PublicLog
from services.draw.domain.merkle import proof_holds
from services.draw.domain.verify import read_frozen, read_reveal, read_substitutions, verify
from tests.builders.draw_ceremony import Ceremony, Json, a_ceremony, a_record, terms_of


@pytest.mark.parametrize("block", range(6))
def test_every_ceremony_that_is_built_verifies(block: int) -> None:
    """REL18, D2: recomputed from its public record, with log, openings and (mostly) private records."""
    for seed in range(block * 10, block * 10 + 10):
        record = a_record(seed)
        expected = record["expected"]
        assert isinstance(expected, dict)
        assert verify(record).outcome.text == expected["result_text"]


def prepared(seed: int) -> tuple[Ceremony, str, PrivateRecords]:
    ceremony = a_ceremony(seed)
    text = draft(PublicLog(), ceremony.suite, ceremony.draw_id, terms_of(ceremony), ceremony.time())
    private = PrivateRecords(ceremony.blind_key, ceremony.objects, tuple(ceremony.inspector_lines))
    return ceremony, text, private


def refusal_of(ceremony: Ceremony, text: str, private: PrivateRecords, **changes: object) -> str | None:
    lists: dict[str, object] = {"pool": ceremony.pool, "roster": ceremony.roster, "recusals": ceremony.recusals}
    try:
        check_before_publication(text=text, private=private, **(lists | changes))  # type: ignore[arg-type]
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("seed", range(5))
def test_a_commitment_that_is_true_to_its_lists_may_be_published(seed: int) -> None:
    ceremony, text, private = prepared(seed)
    frozen = check_before_publication(text, ceremony.pool, ceremony.roster, ceremony.recusals, private)
    assert frozen.commitment == parse_commitment(text)
    assert len(frozen.records) == len(ceremony.objects)
    assert list(frozen.roster) == sorted(ceremony.roster, key=lambda inspector: inspector.row())


def test_a_commitment_that_is_not_is_stopped_before_it_is_published() -> None:
    """Section 6: before publishing, an operator MUST run all rows that need no reveal."""
    ceremony, text, private = prepared(2)
    stratum, tokens = next((name, found) for name, found in ceremony.pool.items() if len(found))
    lacking = {**ceremony.pool, stratum: replace(tokens, raw=tokens.raw[32:])}
    moved = PrivateObject(private.objects[0].line, ())
    cases: list[tuple[str, str, PrivateRecords, dict[str, object]]] = [
        ("JSON", text[:-1], private, {}),
        ("FIELD", text.replace("{", '{"extra": 1,', 1), private, {}),
        ("POOL_FORM", text, private, {"pool": {}}),
        ("POOL_ROOT", text, private, {"pool": lacking}),
        ("LIST_HASH", text, private, {"roster": ceremony.roster[1:]}),
        ("LIST_FORM", text, private, {"roster": [replace(ceremony.roster[0], regions=()), *ceremony.roster[1:]]}),
        ("BLIND_KEY", text, replace(private, blind_key=bytes(32)), {}),
        ("RECORD", text, replace(private, inspectors=(*private.inspectors, "x")), {}),
        ("OPENING_POOL", text, replace(private, objects=(moved, *private.objects[1:])), {}),
        ("OPENING_ROSTER", text, replace(private, inspectors=private.inspectors[1:]), {}),
    ]
    for code, words, records, changes in cases:
        assert refusal_of(ceremony, words, records, **changes) == code


def test_a_character_that_unicode_has_not_assigned_is_stopped_before_publication_only() -> None:
    """Section 3: unassigned characters MUST NOT be used; a verifier of a later Unicode may know them."""
    ceremony, _, private = prepared(2)
    terms = replace(terms_of(ceremony), note="\u0378")
    text = draft(PublicLog(), ceremony.suite, ceremony.draw_id, terms, ceremony.time())
    assert refusal_of(ceremony, text, private) == "TEXT"
    assert parse_commitment(text).terms.note == "\u0378"


def frozen_of(record: Json) -> Frozen:
    return read_frozen(record)[0]


@pytest.mark.parametrize("seed", range(12))
def test_a_version_is_the_result_after_its_substitutions_however_it_is_reached(seed: int) -> None:
    record = a_record(seed)
    frozen, reveal = frozen_of(record), read_reveal(record["reveal"])
    events = read_substitutions(record["substitutions"])
    draw = Draw(frozen, reveal)
    for version in range(len(events) + 1):
        assert compute(frozen, reveal, events[:version]) == draw.outcome()
        assert result_of(draw.outcome()).version == version
        if version < len(events):
            draw.substitute(events[version])


@pytest.mark.parametrize("seed", range(12))
def test_a_substitute_takes_the_batch_of_the_object_it_replaces_and_nobody_else_is_moved(seed: int) -> None:
    """D6: substituted by rule, never silently dropped."""
    record = a_record(seed)
    draw = Draw(frozen_of(record), read_reveal(record["reveal"]))
    for event in read_substitutions(record["substitutions"]):
        before = draw.outcome()
        draw.substitute(event)
        after = draw.outcome()
        kept = {(a.token, a.department, a.idx): a.inspector for a in after.assignments}
        moved = [
            a for a in before.assignments if a.token != event.drop and kept[a.token, a.department, a.idx] != a.inspector
        ]
        assert moved == []
        places = {(p.scope, p.stratum): p.batch for p in before.places[event.drop]}
        for exchange in after.events[len(before.events) :]:
            substitute = getattr(exchange, "substitute", None)
            if substitute is not None:
                batches = [p.batch for p in after.places[substitute] if p.scope == exchange.scope]  # type: ignore[union-attr]
                assert batches == [places[exchange.scope, exchange.stratum]]  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(4))
def test_every_object_of_the_pool_gets_a_proof_for_each_of_its_strata(seed: int) -> None:
    """B4, B5: an enterprise can show that it was in the pool."""
    ceremony, text, _ = prepared(seed)
    strata = {stratum.id: stratum for stratum in parse_commitment(text).terms.strata}
    for item in ceremony.objects:
        proofs = prove(ceremony.suite, ceremony.pool, ceremony.blinder.object_token(item.line))
        assert {proof.stratum for proof in proofs} == set(item.strata)
        for proof in proofs:
            assert proof_holds(ceremony.suite, proof, strata[proof.stratum].size, strata[proof.stratum].root)
    assert prove(ceremony.suite, ceremony.pool, bytes(32)) == ()


def test_a_disclosure_hashes_the_openings_as_the_published_list() -> None:
    ceremony = a_ceremony(1)
    openings = open_records(ceremony.blinder, [item.line for item in ceremony.objects], ceremony.inspector_lines)
    rows = [opening.row() for opening in openings]
    assert rows == sorted(rows) == list_rows(reversed(openings))
    assert disclose(ceremony.suite, reversed(openings)).openings_hash == list_hash(ceremony.suite, rows)


def test_a_record_in_an_undeclared_stratum_makes_no_pool() -> None:
    ceremony = a_ceremony(1)
    with pytest.raises(KeyError):
        make_pool(ceremony.blinder, ["S0"], [PrivateObject("a\tb\tc\td", ("S9",))])


def test_tokens_are_blind_without_the_key() -> None:
    """M2: the same record gives another token under another key, draw or kind."""
    ceremony, other = a_ceremony(1), a_ceremony(2)
    line = ceremony.objects[0].line
    tokens = {
        ceremony.blinder.object_token(line),
        other.blinder.object_token(line),
        ceremony.blinder.inspector_token(line),
        ceremony.blinder.object_token(line + "x"),
    }
    assert len(tokens) == 4
