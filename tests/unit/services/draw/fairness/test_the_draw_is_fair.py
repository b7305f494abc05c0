"""Many draws of one commitment look like the chance that the protocol promises (D1, B9)."""

import pytest

from services.draw.domain.fairness import improbable
from tests.builders.many_draws import matching_evidence, matchings, selection_evidence, selections

LEVEL = 1e-4
"""One run in ten thousand would fail by chance; the seeds are fixed, so a run that passes always does."""


def check_selection(count: int) -> None:
    found = selection_evidence(selections(count))
    assert improbable(found, LEVEL) == []


def check_matching(count: int) -> None:
    found = matching_evidence(matchings(count))
    assert improbable(found, LEVEL) == []


def test_no_object_pair_stratum_batch_or_substitute_is_favoured() -> None:
    check_selection(400)


def test_no_inspector_pairing_or_meeting_is_favoured() -> None:
    check_matching(250)


@pytest.mark.slow
def test_no_object_is_favoured_in_eight_thousand_draws() -> None:
    check_selection(8000)


@pytest.mark.slow
def test_no_inspector_is_favoured_in_four_thousand_matchings() -> None:
    check_matching(4000)
