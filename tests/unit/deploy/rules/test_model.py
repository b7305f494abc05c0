"""Selectors, quantities and times as Kubernetes reads them (KM rules stand on these)."""

import pytest

from deploy.rules.model import dig, quantity, seconds, selects


@pytest.mark.parametrize(
    ("written", "number"), [("250m", 0.25), ("2", 2), ("1Gi", 2**30), ("512Mi", 2**29), ("10G", 10**10), (3, 3)]
)
def test_a_quantity_is_a_number(written: object, number: float) -> None:
    assert quantity(written) == number


@pytest.mark.parametrize(
    ("written", "number"), [("620s", 620), ("5min", 300), ("1h", 3600), ("100ms", 0.1), ("30", 30)]
)
def test_a_time_is_in_seconds(written: str, number: float) -> None:
    assert seconds(written) == pytest.approx(number)


def test_a_selector_takes_all_when_empty_and_nothing_when_absent() -> None:
    assert selects({}, {"a": "1"})
    assert not selects(None, {"a": "1"})


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ({"key": "a", "operator": "In", "values": ["1", "2"]}, True),
        ({"key": "a", "operator": "NotIn", "values": ["1"]}, False),
        ({"key": "a", "operator": "Exists"}, True),
        ({"key": "b", "operator": "Exists"}, False),
        ({"key": "b", "operator": "DoesNotExist"}, True),
    ],
)
def test_a_selector_takes_by_expression(expression: dict[str, object], *, taken: bool) -> None:
    assert selects({"matchLabels": {"a": "1"}, "matchExpressions": [expression]}, {"a": "1"}) is taken


def test_a_path_that_leads_nowhere_gives_the_default() -> None:
    assert dig({"a": [{"b": 1}]}, "a.0.b") == 1
    assert dig({"a": [{"b": None}]}, "a.0.b", 7) == 7
    assert dig({"a": []}, "a.0.b", 7) == 7
