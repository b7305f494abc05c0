"""The district as a whole: the same from the same seed, and in the proportions of a real one."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from demo.district import District, generate
from demo.district.codes import body_check
from demo.district.credit import SHARES, band_of
from demo.district.model import BUSINESS_KINDS, ENTITY_KINDS, ENTITY_STATES, PRODUCT, SHOP, Entity, Item
from demo.district.people import UNSTAFFED_FIELD
from shared.values.industry import parse_industry
from shared.values.text import clean
from shared.values.uscc import is_valid, registration_region


def objects_of(item: Item, entities: tuple[Entity, ...]) -> list[Entity]:
    return [
        one
        for one in entities
        if item.department in one.departments
        and one.kind in item.kinds
        and (not item.tags or set(item.tags) & set(one.tags))
    ]


def test_a_seed_gives_the_same_district_again(small: District) -> None:
    assert generate(seed=1, scale=0.05) == small


def test_another_seed_gives_other_firms_and_the_same_lists(small: District) -> None:
    other = generate(seed=2, scale=0.05)
    shared_names = {one.name for one in small.entities} & {one.name for one in other.entities}
    assert len(shared_names) < len(small.entities) / 20
    assert replace(other, seed=1).items == small.items
    assert other.departments == small.departments


@pytest.mark.parametrize("scale", [0, -1, 11])
def test_a_scale_out_of_reach_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        generate(seed=1, scale=scale)


def test_the_whole_district_has_the_size_of_a_real_one(whole: District) -> None:
    """Work plan 三（一）: 22 departments; 14 towns and sub-districts."""
    assert len(whole.departments) == 22
    assert len(whole.towns) == 14
    assert len(whole.entities) >= 20_000
    assert len(whole.inspectors) == 600
    assert len(whole.experts) == 40
    assert {one.kind for one in whole.entities} == set(ENTITY_KINDS)
    assert {one.state for one in whole.entities} == set(ENTITY_STATES)


def test_every_code_in_the_district_is_valid_and_nobody_shares_one(whole: District) -> None:
    codes = [one.uscc for one in whole.entities if one.uscc is not None]
    codes += [department.uscc for department in whole.departments]
    assert all(is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert all(body_check(code[8:16]) == code[16] for code in codes)


def test_codes_show_the_zero_edge_and_the_regions_of_before_the_merger(small: District) -> None:
    """Domain facts 17 and 18."""
    codes = [one.uscc for one in small.entities if one.uscc is not None]
    assert sum(code.endswith("0") for code in codes) > 5
    assert {"410322", "410306", "410308"} <= {registration_region(code) for code in codes}


def test_no_code_names_the_new_district_before_it_existed(whole: District) -> None:
    early = [one.uscc for one in whole.entities if one.uscc and one.registered_on < date(2021, 3, 18)]
    assert early
    assert not any(registration_region(code) == "410308" for code in early)


def test_only_stalls_lack_a_code_among_businesses_and_things_never_have_one(whole: District) -> None:
    for kind in BUSINESS_KINDS:
        without = [one for one in whole.entities if one.kind == kind and one.uscc is None]
        assert bool(without) == (kind == SHOP)
    assert all(one.uscc is None for one in whole.entities if one.kind not in BUSINESS_KINDS)


def test_names_and_numbers_are_unique_and_clean(whole: District) -> None:
    names = [one.name for one in whole.entities]
    assert len(set(names)) == len(names)
    assert len({one.external_no for one in whole.entities}) == len(names)
    assert all(clean(name) == name for name in names)


def test_every_object_stands_in_a_town_and_in_an_industry_of_the_2011_edition(whole: District) -> None:
    towns = {town.code for town in whole.towns}
    assert all(one.town in towns for one in whole.entities)
    for code in {one.industry for one in whole.entities if one.industry is not None}:
        assert parse_industry("2011", code).level == "小类"


def test_a_product_has_a_producer_that_was_there_before_it(whole: District) -> None:
    by_number = {one.external_no: one for one in whole.entities}
    products = [one for one in whole.entities if one.kind == PRODUCT]
    assert products
    for one in products:
        assert one.producer_no is not None
        assert by_number[one.producer_no].registered_on <= one.registered_on
        assert by_number[one.producer_no].kind in BUSINESS_KINDS


def test_the_departments_of_an_object_are_those_of_the_duty_map(whole: District) -> None:
    for one in whole.entities[::97]:
        expected = {duty.department for duty in whole.duties if duty.covers(one.kind, one.tags)}
        assert set(one.departments) == expected


def test_a_few_objects_belong_to_nobody_so_that_the_vacuum_can_be_found(whole: District) -> None:
    """L6: objects no department answers for."""
    unclaimed = [one for one in whole.entities if not one.departments]
    assert 5 <= len(unclaimed) <= len(whole.entities) / 500


def test_every_department_has_objects_items_and_inspectors(small: District, whole: District) -> None:
    codes = {department.code for department in whole.departments}
    assert {item.department for item in whole.items} == codes
    assert {code for one in whole.entities for code in one.departments} == codes
    fewest = Counter(one.department for one in small.inspectors)
    assert set(fewest) == codes
    assert min(fewest.values()) >= 4


def test_every_item_has_objects_but_the_one_that_shows_the_vacuum(whole: District) -> None:
    """L6: items with no objects."""
    empty = [item.name for item in whole.items if not objects_of(item, whole.entities)]
    assert empty == ["公证机构执业检查"]


def test_every_item_has_two_qualified_inspectors_but_the_one_that_shows_the_vacuum(whole: District) -> None:
    """L6: items with no qualified inspector."""
    short = [
        item.fields
        for item in whole.items
        if sum(one.department == item.department and set(item.fields) <= set(one.fields) for one in whole.inspectors)
        < 2
    ]
    assert short == [(UNSTAFFED_FIELD,)]


def test_key_items_have_no_cap_and_general_items_always_have_one(whole: District) -> None:
    """I2."""
    assert all((item.ratio_cap_percent is None) == (item.level == "key") for item in whole.items)
    assert all(1 <= item.ratio_cap_percent <= 50 for item in whole.items if item.ratio_cap_percent is not None)
    assert all(1 <= item.times_per_year <= 4 for item in whole.items)


def test_key_items_are_the_smaller_part_of_the_lists(whole: District) -> None:
    """I3: the number of key items is controlled."""
    keys = sum(item.level == "key" for item in whole.items)
    assert 0.2 <= keys / len(whole.items) <= 0.4


def test_every_item_cites_law_and_article_and_says_what_is_looked_at(whole: District) -> None:
    """I1."""
    methods = {"实地核查", "书面检查", "网络监测", "检验检测"}
    for item in whole.items:
        assert all(basis.law and basis.article.startswith("第") for basis in item.bases)
        assert len(item.content) >= 2
        assert set(item.methods) <= methods
        assert set(item.kinds) <= set(ENTITY_KINDS)
    assert len({item.code for item in whole.items}) == len(whole.items)


def test_some_certificates_are_expired_and_most_are_not(whole: District) -> None:
    """L3: an expired certificate must be there to be refused."""
    expired = sum(one.valid_until < whole.as_of for one in whole.inspectors)
    assert 0.01 <= expired / len(whole.inspectors) <= 0.06
    assert len({one.certificate_no for one in whole.inspectors}) == len(whole.inspectors)


def test_risk_classes_have_the_shares_of_a_real_district(whole: District) -> None:
    """K1; bands of 豫市监办〔2022〕100号."""
    points: Counter[str] = Counter()
    for fact in whole.credit_facts:
        assert fact.points > 0
        points[fact.entity_no] += fact.points
    businesses = {one.external_no for one in whole.entities if one.kind in BUSINESS_KINDS}
    assert set(points) == businesses
    letters = Counter(band_of(total) for total in points.values())
    for letter, share in SHARES.items():
        assert letters[letter] / len(businesses) == pytest.approx(share, abs=0.005)


def test_the_bands_are_half_open_as_the_rule_has_them() -> None:
    assert [band_of(points) for points in (0, 199, 200, 499, 500, 749, 750, 1000)] == list("AABBCCDD")


def test_a_fact_never_precedes_its_firm_nor_follows_the_day_of_the_data(whole: District) -> None:
    registered = {one.external_no: one.registered_on for one in whole.entities}
    assert all(registered[fact.entity_no] <= fact.occurred_on <= whole.as_of for fact in whole.credit_facts)


def test_phones_are_of_the_block_kept_for_the_demo(small: District) -> None:
    numbers = [one.phone for one in small.inspectors] + [one.phone for one in small.experts]
    assert all(len(number) == 11 and number.startswith("19000") for number in numbers)
    assert len(set(numbers)) == len(numbers)
