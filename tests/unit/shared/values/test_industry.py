import pytest

from shared.values.industry import IndustryCode, IndustryEdition, InvalidIndustry, parse_industry

GB2011, GB2017 = IndustryEdition.GB2011, IndustryEdition.GB2017


@pytest.mark.parametrize(
    ("edition", "code", "section"),
    [
        (GB2011, "0111", "A"),
        (GB2011, "06", "B"),
        (GB2011, "1310", "C"),
        (GB2011, "4300", "C"),
        (GB2011, "5212", "F"),
        (GB2011, "7210", "L"),
        (GB2011, "79", "O"),
        (GB2017, "79", "N"),
        (GB2011, "82", "P"),
        (GB2017, "83", "P"),
        (GB2011, "96", "T"),
        (GB2017, "97", "T"),
        (GB2017, "Q", "Q"),
    ],
)
def test_a_division_belongs_to_the_section_of_its_edition(edition: IndustryEdition, code: str, section: str) -> None:
    assert IndustryCode(edition, code).section == section


@pytest.mark.parametrize("edition", list(IndustryEdition))
def test_every_division_of_an_edition_has_a_section_and_all_twenty_occur(edition: IndustryEdition) -> None:
    """GB/T 4754-2011 has 96 divisions, 2017 has 97, both 20 sections."""
    divisions = 96 if edition is GB2011 else 97
    sections = [IndustryCode(edition, f"{number:02}").section for number in range(1, divisions + 1)]
    assert sections == sorted(sections)
    assert len(set(sections)) == 20


@pytest.mark.parametrize(
    ("edition", "text"),
    [("2011", "97"), ("2017", "98"), ("2011", "00"), ("2011", "13105"), ("2011", "1"), ("2011", "U"), ("2011", "AB"),
     ("2011", "F1310"), ("2011", ""), ("2002", "1310"), ("2011", "一三")],
)  # fmt: skip
def test_a_code_outside_the_edition_is_refused(edition: str, text: str) -> None:
    with pytest.raises(InvalidIndustry, match="国民经济行业分类") as caught:
        parse_industry(edition, text)
    assert caught.value.code == "industry.invalid"


def test_a_code_may_be_written_with_its_section_letter() -> None:
    assert parse_industry("2011", " c1310 ") == IndustryCode(GB2011, "1310")
    assert parse_industry("2011", "C") == IndustryCode(GB2011, "C")


def test_levels_are_named_by_the_standard() -> None:
    assert [IndustryCode(GB2011, code).level for code in ("C", "13", "131", "1310")] == ["门类", "大类", "中类", "小类"]
    assert IndustryCode(GB2011, "1310").division == "13"
    assert IndustryCode(GB2011, "C").division is None


def test_a_wider_industry_contains_its_parts_but_never_another_edition() -> None:
    milling = IndustryCode(GB2011, "1310")
    assert IndustryCode(GB2011, "C").contains(milling)
    assert IndustryCode(GB2011, "13").contains(milling)
    assert milling.contains(milling)
    assert not milling.contains(IndustryCode(GB2011, "13"))
    assert not IndustryCode(GB2011, "A").contains(milling)
    assert not IndustryCode(GB2017, "C").contains(milling)
