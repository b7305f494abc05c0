"""The check before a commitment (公布前核对) over a pool of any size.

A twin of `domain.build.check_before_publication`, held equal by a property test.

Records come some thousands at a time in the order of their ids, so that twice the same id shows without a list of all;
what is kept is 32 bytes an object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.draw.domain.audit import PrivateObject, check_blind_key
from services.draw.domain.commitment_rules import check_terms
from services.draw.domain.documents import parse_commitment
from services.draw.domain.errors import OpeningPool, OpeningRoster, RecordRefused, TextRefused
from services.draw.domain.lists import check_list_hashes, read_recusals, read_roster
from services.draw.domain.pool import TokenFile, check_pool
from services.draw.domain.primitives import HASH_SIZE, Bytes32
from services.draw.domain.records import INSPECTOR_COLUMNS, Blinder, record_fields
from services.draw.domain.strict_json import unassigned


@dataclass(frozen=True, slots=True)
class ToBePublished:
    """All but the objects' records. `roster` and `recusals` are rows as they will be hashed."""

    text: str
    tokens: Mapping[str, TokenFile] = field(repr=False)
    roster: Sequence[str] = field(repr=False)
    recusals: Sequence[str] = field(repr=False)
    blind_key: bytes = field(repr=False)
    inspectors: Sequence[str] = field(repr=False)


class PublicationCheck:
    """Build it, `take` every record, then `end`. Each raises the Refusal due."""

    def __init__(self, wanted: ToBePublished) -> None:
        commitment = parse_commitment(wanted.text)
        terms, suite = commitment.terms, commitment.suite
        check_terms(terms, commitment.head.published_at)
        check_pool(suite, terms, wanted.tokens)
        self._people = read_roster(list(wanted.roster))
        check_list_hashes(suite, terms, self._people, read_recusals(list(wanted.recusals)))
        check_blind_key(commitment, wanted.blind_key)
        self._wanted, self._columns = wanted, len(terms.columns)
        self._blinder = Blinder(suite, commitment.draw_id, wanted.blind_key)
        self._opened: dict[str, bytearray] = {stratum: bytearray() for stratum in wanted.tokens}
        self._last_id = ""
        _check_assigned([wanted.text, *wanted.inspectors, *wanted.roster])

    def take(self, objects: Sequence[PrivateObject]) -> None:
        """Ids strictly increasing over all calls. Raises RecordRefused, TextRefused, OpeningPool."""
        for item in objects:
            fields = record_fields(item.line, self._columns)
            if fields is None or fields[0] <= self._last_id:
                raise RecordRefused(f"对象 {item.line.partition(chr(9))[0][:64]!a}，或其编号重复、未按次序")
            self._last_id = fields[0]
            token = self._blinder.object_token(item.line)
            for stratum in item.strata:
                if stratum not in self._opened:
                    raise OpeningPool(f"记录引用了未声明的分层 {stratum[:64]!a}")
                self._opened[stratum] += token
        _check_assigned([item.line for item in objects])

    def end(self) -> None:
        """Every stratum is exactly what its records open to, and so is the roster. Raises OpeningPool, OpeningRoster,
        RecordRefused."""
        for stratum, opened in self._opened.items():
            if _sorted_tokens(opened) != self._wanted.tokens[stratum].raw:
                raise OpeningPool(f"分层 {stratum}")
            opened.clear()
        lines = self._wanted.inspectors
        ids = [fields[0] for line in lines if (fields := record_fields(line, len(INSPECTOR_COLUMNS)))]
        if len(set(ids)) != len(lines):
            raise RecordRefused("人员记录格式不符，或人员编号重复")
        people = sorted((self._blinder.inspector_token(line), line.split("\t")[2]) for line in lines)
        if people != sorted((inspector.token, inspector.department) for inspector in self._people):
            raise OpeningRoster()


def _sorted_tokens(raw: bytearray) -> bytes:
    tokens: list[Bytes32] = [bytes(raw[at : at + HASH_SIZE]) for at in range(0, len(raw), HASH_SIZE)]
    tokens.sort()
    return b"".join(tokens)


def _check_assigned(texts: Sequence[str]) -> None:
    """Section 3: the NFC of a character that Unicode has not assigned yet is not settled."""
    for text in texts:
        if found := unassigned(text):
            raise TextRefused(f"含有未分配的字符 {found!a}")
