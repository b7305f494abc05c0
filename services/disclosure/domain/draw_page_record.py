"""The public record (抽取记录) in the shape of draw-protocol section 10: what a stranger needs to verify a draw.

As far as it is public, and in pieces: a million tokens are 68 MB of text that nobody holds at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.disclosure.domain.draw_page_documents import LogDocument, body_of, commitment_of, first_of, last_of
from services.disclosure.domain.draw_page_tokens import SIZE
from services.disclosure.domain.draw_page_views import PublicLists
from shared.values.errors import Refused

_AT_ONCE: Final = 4096
"""Tokens in one piece."""


class RecordNotReady(Refused):
    """A document has been told, and what goes with it is on its way."""

    status = 503
    message = "抽取刚有新的进展，记录正在整理，请几秒后再下载"


@dataclass(frozen=True, slots=True)
class RecordSources:
    """`tokens`: stratum → raw file. `log`: every text of the district's log from number 1 on."""

    documents: Sequence[LogDocument]
    tokens: Mapping[str, bytes]
    lists: PublicLists
    is_complete: bool
    log: Sequence[str]

    def check(self) -> None:
        """Raises RecordNotReady where a part is missing: a verifier would call the draw false."""
        commitment = commitment_of(self.documents)
        strata = {str(one["id"]) for one in commitment.members["strata"]}
        has_result = first_of(self.documents, "result") is not None
        is_whole = self.documents[-1].log_seq <= len(self.log) and strata <= set(self.tokens)
        if not is_whole or (has_result and (self.lists.result_text is None or self.lists.roster is None)):
            raise RecordNotReady


def record_pieces(sources: RecordSources) -> Iterator[bytes]:
    """UTF-8 JSON, to be joined."""
    documents = sources.documents
    yield b'{"commitment":' + _json(commitment_of(documents).text)
    yield b',"reveal":' + _json(_reveal(documents))
    yield b',"public":{"strata":{'
    for number, (name, raw) in enumerate(sources.tokens.items()):
        yield (b"," if number else b"") + _json(name) + b":["
        yield from _tokens(raw)
        yield b"]"
    yield b"}" + b"".join(b"," + _json(name) + b":" + _json(rows) for name, rows in _lists(sources)) + b"}"
    yield b',"substitutions":' + _json([body_of(one) for one in documents if one.kind == "substitution"])
    yield b',"log":['
    for number, text in enumerate(sources.log):
        yield (b"," if number else b"") + _json(text)
    yield b"]"
    result = last_of(documents, "result")
    if result is not None:
        yield b',"expected":' + _json(_expected(documents, result, sources.lists.result_text))
    yield b"}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _tokens(raw: bytes) -> Iterator[bytes]:
    step = _AT_ONCE * SIZE
    for at in range(0, len(raw), step):
        joined = raw[at : at + step].hex(",", -SIZE).replace(",", '","')
        yield (b"," if at else b"") + f'"{joined}"'.encode()


def _reveal(documents: Sequence[LogDocument]) -> dict[str, Any]:
    shares, beacon = first_of(documents, "shares"), first_of(documents, "beacon")
    return {
        "shares": [] if shares is None else shares.members["shares"],
        "beacons": [] if beacon is None else beacon.members["beacons"],
    }


def _lists(sources: RecordSources) -> Iterator[tuple[str, Sequence[str]]]:
    """Recusals and openings once all drawn objects are open: before, the record verifies without them."""
    lists = sources.lists
    if lists.roster is not None:
        yield "roster", list(lists.roster)
    if sources.is_complete and lists.recusals is not None and lists.openings is not None:
        yield "recusals", list(lists.recusals)
        yield "openings", list(lists.openings)


def _expected(documents: Sequence[LogDocument], result: LogDocument, text: str | None) -> dict[str, Any]:
    return {
        "commit_hash": commitment_of(documents).digest,
        "seed": result.members["seed"],
        "result_text": text,
        "result_hash": result.members["result_hash"],
        "inclusion": [],
        "uniform_int": [],
    }
