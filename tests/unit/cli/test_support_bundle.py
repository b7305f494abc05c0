"""What a support bundle hides, and what it leaves."""

from __future__ import annotations

import pytest

from cli.ops.bundle import GONE, Scrubber

SCRUBBER = Scrubber(["s3cret-of-registry", "short"])


@pytest.mark.parametrize(
    "said",
    [
        "11010119900307451X",
        "110101199003074514",
        "13912345678",
        "+86 13912345678",
        "wang.wu@example.gov.cn",
        "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        "s3cret-of-registry",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----",
    ],
)
def test_secrets_and_personal_numbers_are_hidden(said: str) -> None:
    assert SCRUBBER.clean(f'{{"x": "{said}"}}') == f'{{"x": "{GONE}"}}'


def test_a_login_inside_an_address_is_hidden_and_the_address_stays() -> None:
    assert SCRUBBER.clean("postgresql://app:pw@127.0.0.1:5432/x") == f"postgresql://{GONE}@127.0.0.1:5432/x"


@pytest.mark.parametrize(
    "said",
    ["91410322MA40A1B2C3", "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90", "2026-11-24T18:00:00.123456+08:00", "1732442400123"],
)
def test_codes_of_firms_ids_and_times_are_left_to_read(said: str) -> None:
    assert SCRUBBER.clean(said) == said
