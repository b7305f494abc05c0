"""The operator's side (承办单位) of the ceremony: lists behind a commitment, checks before it, and every later text.

A ceremony, in order: `make_pool` and `declare_strata`, `hash_of` roster and recusals, `draft` a commitment,
`check_before_publication`, `publish` it; then `publish` shares, beacon, `result_of(compute(…))`, substitutions,
`disclose`, `void_of`. Fresh randomness (blind key, shares) is the caller's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from services.draw.domain.audit import PrivateObject, PrivateRecords, check_private
from services.draw.domain.commitment import Stratum, Terms
from services.draw.domain.commitment_rules import check_terms
from services.draw.domain.computation import Frozen, Outcome
from services.draw.domain.document_text import document_text
from services.draw.domain.documents import Body, Commitment, Disclosure, Document, Head, Result, Void, parse_commitment
from services.draw.domain.errors import LogCommit, TextRefused
from services.draw.domain.lists import Inspector, Recusal, check_list_hashes, list_hash, read_recusals, read_roster
from services.draw.domain.log import PublicLog, is_late
from services.draw.domain.merkle import InclusionProof, merkle_root, prove_inclusion
from services.draw.domain.pool import Pool, TokenFile, check_pool
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.records import INSPECTOR, OBJECT, Blinder, Opening
from services.draw.domain.strict_json import unassigned


class Row(Protocol):
    """An inspector, recusal or opening: anything that writes itself as one row of a list."""

    def row(self) -> str: ...


def make_pool(blinder: Blinder, strata: Sequence[str], objects: Iterable[PrivateObject]) -> dict[str, TokenFile]:
    """Token files of all declared strata, empty ones included. Raises KeyError for a stratum not declared."""
    tokens: dict[str, list[Bytes32]] = {stratum: [] for stratum in strata}
    for item in objects:
        token = blinder.object_token(item.line)
        for stratum in item.strata:
            tokens[stratum].append(token)
    return {stratum: TokenFile.of(found) for stratum, found in tokens.items()}


def declare_strata(suite: Suite, pool: Pool) -> tuple[Stratum, ...]:
    """What the commitment says of the pool: id, size, root, in the pool's order."""
    return tuple(Stratum(name, len(tokens), merkle_root(suite, tokens.raw)) for name, tokens in pool.items())


def list_rows(items: Iterable[Row]) -> list[str]:
    """The rows of a list, in byte order, each once."""
    return sorted({item.row() for item in items})


def hash_of(suite: Suite, items: Iterable[Row]) -> Bytes32:
    """The list hash over the rows of a roster, of recusals or of openings."""
    return list_hash(suite, list_rows(items))


def open_records(blinder: Blinder, objects: Iterable[str], inspectors: Iterable[str] = ()) -> tuple[Opening, ...]:
    """Openings of these records, in the order of the published list."""
    opened = [blinder.open(OBJECT, line) for line in objects] + [blinder.open(INSPECTOR, line) for line in inspectors]
    return tuple(sorted(opened, key=Opening.row))


def check_before_publication(
    text: str, pool: Pool, roster: Iterable[Inspector], recusals: Iterable[Recusal], private: PrivateRecords
) -> Frozen:
    """All rows of section 6 that need no reveal, and no unassigned character: MUST pass before `publish`.

    Raises the Refusal due. The Frozen returned knows every record, so it can compute any version of the result.
    """
    commitment = parse_commitment(text)
    terms, suite = commitment.terms, commitment.suite
    check_terms(terms, commitment.head.published_at)
    check_pool(suite, terms, pool)
    people = read_roster(list_rows(roster))
    grounds = read_recusals(list_rows(recusals))
    check_list_hashes(suite, terms, people, grounds)
    records = check_private(commitment, pool, people, private)
    _check_assigned([text, *(item.line for item in private.objects), *private.inspectors, *list_rows(people)])
    return Frozen(commitment, pool, people, grounds, records)


def _check_assigned(texts: Iterable[str]) -> None:
    """Section 3: the NFC of a character that Unicode has not assigned yet is not settled."""
    for text in texts:
        if found := unassigned(text):
            raise TextRefused(f"含有未分配的字符 {found!a}")


def draft(log: PublicLog, suite: Suite, draw_id: str, body: Body, published_at: str) -> str:
    """The text of the next document of the log; a body other than a commitment's answers the logged one.

    Raises LogCommit if the draw is not in the log.
    """
    commit_hash = None if isinstance(body, Terms) else _logged(log, draw_id).hash
    head = Head(suite, draw_id, log.tail.length + 1, log.previous_hash(suite), published_at, commit_hash)
    return document_text(Document(head, body))


def publish(log: PublicLog, suite: Suite, draw_id: str, body: Body, published_at: str) -> str:
    """Draft the next document and enter it. Raises the Refusal due; then nothing was entered."""
    text = draft(log, suite, draw_id, body, published_at)
    log.append(text)
    return text


def _logged(log: PublicLog, draw_id: str) -> Commitment:
    if draw_id not in log.draws:
        raise LogCommit(f"抽取 {draw_id} 不在日志中")
    return log.draws[draw_id].commitment


def result_of(outcome: Outcome) -> Result:
    return Result(outcome.seed, outcome.version, outcome.result_hash)


def disclose(suite: Suite, openings: Iterable[Opening]) -> Disclosure:
    """A disclosure hashes all openings so far, not only the new ones."""
    return Disclosure(hash_of(suite, openings))


def void_of(log: PublicLog, draw_id: str, reason: str, published_at: str) -> Void:
    """A void with the `late` mark it has to carry at this time. Raises LogCommit if the draw is not in the log."""
    _logged(log, draw_id)
    return Void(reason, is_late(log.draws[draw_id], published_at))


def prove(suite: Suite, pool: Pool, token: Bytes32) -> tuple[InclusionProof, ...]:
    """Inclusion proofs of an object in every stratum that has it."""
    found: Mapping[str, int | None] = {stratum: tokens.position(token) for stratum, tokens in pool.items()}
    return tuple(
        prove_inclusion(suite, stratum, pool[stratum].raw, position)
        for stratum, position in found.items()
        if position is not None
    )
