from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.values.region import (
    InvalidRegion,
    RegionHistory,
    RegionTerm,
    UnknownRegion,
    is_region,
    is_within,
    significant,
)

MERGER = date(2021, 3, 18)
HISTORY = RegionHistory(
    (
        RegionTerm("410322", "孟津县", until=MERGER, successor="410308"),
        RegionTerm("410306", "吉利区", until=MERGER, successor="410308"),
        RegionTerm("410308", "孟津区", since=MERGER),
        RegionTerm("410381", "偃师市", until=MERGER, successor="410307"),
        RegionTerm("410307", "偃师区", since=MERGER),
    )
)


@pytest.mark.parametrize("old", ["410322", "410306"])
def test_a_code_of_before_the_merger_stands_for_the_new_district_from_its_first_day(old: str) -> None:
    assert HISTORY.resolve(old, used_on=date(1999, 5, 1), on=MERGER) == "410308"
    assert HISTORY.resolve(old, used_on=date(1999, 5, 1), on=date(2021, 3, 17)) == old


def test_a_code_is_in_force_only_within_its_term() -> None:
    assert HISTORY.in_force("410322", date(2021, 3, 17))
    assert not HISTORY.in_force("410322", MERGER)
    assert not HISTORY.in_force("410308", date(2021, 3, 17))
    assert HISTORY.name_of("410308", MERGER) == "孟津区"


def test_a_reused_number_is_not_read_as_today_s_district() -> None:
    with pytest.raises(UnknownRegion, match="410307 在 2018-01-01") as caught:
        HISTORY.resolve("410307", used_on=date(2018, 1, 1), on=date(2026, 1, 1))
    assert caught.value.code == "region.unknown"


def test_a_district_is_found_under_every_code_it_had() -> None:
    assert HISTORY.codes_of("410308", date(2026, 1, 1)) == {"410308", "410322", "410306"}
    assert HISTORY.codes_of("410322", date(2020, 1, 1)) == {"410322"}


def test_codes_renumbered_twice_are_followed_to_the_end() -> None:
    history = RegionHistory(
        (
            RegionTerm("410101", "甲", until=date(2000, 1, 1), successor="410102"),
            RegionTerm("410102", "乙", since=date(2000, 1, 1), until=date(2010, 1, 1), successor="410103"),
            RegionTerm("410103", "丙", since=date(2010, 1, 1)),
        )
    )
    assert history.resolve("410101", used_on=date(1990, 1, 1), on=date(2005, 1, 1)) == "410102"
    assert history.resolve("410101", used_on=date(1990, 1, 1), on=date(2020, 1, 1)) == "410103"
    assert history.codes_of("410103", date(2020, 1, 1)) == {"410101", "410102", "410103"}


def test_a_region_abolished_without_successor_is_unknown_afterwards() -> None:
    history = RegionHistory((RegionTerm("410399", "撤销区", until=MERGER),))
    with pytest.raises(UnknownRegion):
        history.resolve("410399", used_on=date(2000, 1, 1), on=MERGER)


@pytest.mark.parametrize("text", ["", "41030", "4103088", "41030A", "010308", "４１０３０８", "410308 "])
def test_a_malformed_code_is_refused(text: str) -> None:
    assert not is_region(text)
    with pytest.raises(InvalidRegion, match="6位、9位或12位"):
        significant(text)


def test_a_history_does_not_take_malformed_codes() -> None:
    with pytest.raises(InvalidRegion):
        RegionHistory((RegionTerm("410322", "孟津县", until=MERGER, successor="41030"),))
    with pytest.raises(InvalidRegion):
        RegionHistory((RegionTerm("孟津", "孟津县"),))


def test_containment_follows_province_city_county_and_town() -> None:
    assert is_within("410308100", "410308")
    assert is_within("410308100", "410300")
    assert is_within("410308", "410000")
    assert is_within("410308", "410308")
    assert not is_within("410308", "410308100")
    assert not is_within("410322", "410308")
    assert not is_within("420308", "410000")


@given(st.integers(10, 99), st.integers(1, 99), st.integers(1, 99), st.integers(0, 999))
def test_a_town_lies_in_its_county_its_city_and_its_province(province: int, city: int, county: int, town: int) -> None:
    county_code = f"{province}{city:02}{county:02}"
    code = f"{county_code}{town:03}"
    assert is_within(code, county_code)
    assert is_within(code, f"{province}{city:02}00")
    assert is_within(code, f"{province}0000")
