"""What lets an enterprise apply for repair itself (C6): a code of its own notice, bounds on what it sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.credit.domain.repair_tokens import (
    FILE_LIMIT,
    LIFETIME,
    MOST_BYTES,
    MOST_FILES,
    MOST_TOKENS,
    CodeGivesNoToken,
    CodeHolder,
    EvidenceTypeWrong,
    TooManyTokens,
    TooMuchEvidence,
    check_type,
    new_token,
)
from shared.values.ids import new_id

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
HOLDER = CodeHolder("past", "检查时段已过", new_id(), new_id())


@pytest.mark.parametrize("verdict", ["valid", "not_yet", "past"])
def test_a_code_gives_a_token_before_and_after_its_visit(verdict: str) -> None:
    token = new_token(replace(HOLDER, verdict=verdict), "0" * 64, 0, AT)
    assert (token.entity_id, token.expires_at) == (HOLDER.entity_id, AT + LIFETIME)


@pytest.mark.parametrize(
    "holder",
    [
        CodeHolder("unknown", "本平台没有签发过", None, None),
        CodeHolder("mistyped", "抄写有误", None, None),
        replace(HOLDER, verdict="called_off"),
    ],
)
def test_a_code_under_which_nobody_was_inspected_gives_none(holder: CodeHolder) -> None:
    with pytest.raises(CodeGivesNoToken, match=holder.answer):
        new_token(holder, "0" * 64, 0, AT)


def test_an_enterprise_gets_so_many_tokens_a_day() -> None:
    new_token(HOLDER, "0" * 64, MOST_TOKENS - 1, AT)
    with pytest.raises(TooManyTokens):
        new_token(HOLDER, "0" * 64, MOST_TOKENS, AT)


@pytest.mark.parametrize(
    ("files", "taken", "room"),
    [(0, 0, FILE_LIMIT), (MOST_FILES - 1, MOST_BYTES - 1, 1), (MOST_FILES, 0, None), (1, MOST_BYTES, None)],
)
def test_what_is_sent_under_a_token_is_bounded(files: int, taken: int, room: int | None) -> None:
    token = replace(new_token(HOLDER, "0" * 64, 0, AT), files=files, bytes=taken)
    if room is None:
        with pytest.raises(TooMuchEvidence):
            _ = token.room
    else:
        assert token.room == room


def test_a_file_is_what_its_first_bytes_say() -> None:
    for head in (b"%PDF-1.7", b"\xff\xd8\xff\xe0\x00\x10JF", b"\x89PNG\r\n\x1a\n"):
        check_type(head)
    for head in (b"MZ\x90\x00", b"<html>", b"", b"PK\x03\x04"):
        with pytest.raises(EvidenceTypeWrong):
            check_type(head)
