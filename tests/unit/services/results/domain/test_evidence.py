"""Evidence: what the bytes say, how large it may be, when it was taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.results.domain.content_rules import TimesContradict
from services.results.domain.evidence import (
    LIMITS,
    EvidenceTooLarge,
    FileTypeUnknown,
    check_size,
    check_times,
    sniff,
)
from tests.builders.results import NOW


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe1..Exif", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"ID3\x04\x00", "audio/mpeg"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, name: str) -> None:
    assert sniff(head).name == name


@pytest.mark.parametrize("head", [b"", b"<html>", b"PK\x03\x04", b"MZ\x90", b"RIFF\x10\x00\x00\x00AVI ", b"GIF89a"])
def test_what_is_no_kind_of_evidence_is_refused(head: bytes) -> None:
    with pytest.raises(FileTypeUnknown):
        sniff(head)


def test_a_photo_may_be_less_large_than_a_film() -> None:
    photo, film = sniff(b"\xff\xd8\xff"), sniff(b"\x00\x00\x00\x18ftypisom")
    size = LIMITS["image"] + 1
    check_size(photo, LIMITS["image"])
    check_size(film, size)
    with pytest.raises(EvidenceTooLarge) as refused:
        check_size(photo, size)
    assert refused.value.params["limit_mb"] == 20


def test_a_film_ends_after_it_begins_and_before_now() -> None:
    check_times(NOW - timedelta(hours=1), NOW, NOW)
    check_times(NOW, None, NOW)
    for start, end in ((NOW, NOW - timedelta(minutes=1)), (NOW, NOW + timedelta(minutes=1))):
        with pytest.raises(TimesContradict):
            check_times(start, end, NOW)
