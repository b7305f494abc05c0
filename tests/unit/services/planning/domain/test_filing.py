"""A filing moves draft → submitted → approved → published, or back; refusals say where it stands (I4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.planning.domain.filing import (
    Filing,
    FilingState,
    NotApproved,
    NotEditable,
    NotSubmitted,
    OwnFiling,
    ReasonMissing,
)
from tests.builders.planning import NOW, a_filing, an_item_list

OFFICE = "officer:office"
ACTS: dict[str, Callable[[Filing], Filing]] = {
    "revised": lambda filing: filing.revised("officer:a"),
    "submitted": lambda filing: filing.submitted("officer:a"),
    "approved": lambda filing: filing.approved(OFFICE),
    "returned": lambda filing: filing.returned(OFFICE, "依据不全"),
    "published": lambda filing: filing.published(),
}
ALLOWED = {
    FilingState.DRAFT: {"revised", "submitted"},
    FilingState.RETURNED: {"revised", "submitted"},
    FilingState.SUBMITTED: {"approved", "returned"},
    FilingState.APPROVED: {"published"},
}


@pytest.mark.parametrize("state", FilingState)
@pytest.mark.parametrize("act", ACTS)
def test_a_filing_moves_by_the_allowed_acts_only(state: FilingState, act: str) -> None:
    filing = a_filing(state)
    if act in ALLOWED.get(state, set()):
        ACTS[act](filing)
    else:
        with pytest.raises((NotEditable, NotSubmitted, NotApproved)):
            ACTS[act](filing)


def test_nobody_decides_on_what_he_filed() -> None:
    """架构 Identity: the joint office is a role."""
    filing = a_filing(FilingState.DRAFT, "officer:a").revised("officer:b").submitted("officer:c")
    for filer in ("officer:a", "officer:b", "officer:c"):
        with pytest.raises(OwnFiling):
            filing.approved(filer)
        with pytest.raises(OwnFiling):
            filing.returned(filer, "重做")
    assert filing.approved(OFFICE).state is FilingState.APPROVED


def test_a_return_needs_a_reason_which_is_gone_when_filed_again() -> None:
    filing = a_filing(FilingState.SUBMITTED)
    with pytest.raises(ReasonMissing):
        filing.returned(OFFICE, "  ")
    returned = filing.returned(OFFICE, "依据不全 ")
    assert (returned.remark, returned.submitted("officer:a").remark) == ("依据不全", None)


def test_a_refusal_says_in_chinese_where_the_filing_stands() -> None:
    with pytest.raises(NotApproved) as refused:
        a_filing(FilingState.SUBMITTED).published()
    assert refused.value.detail == "抽查计划目前为“已提交”，只有已批准的才能公布"


def test_an_item_list_counts_every_move_and_every_saving() -> None:
    """I4."""
    item_list = an_item_list().revise(3, "officer:a").submit("officer:a").approve(OFFICE).publish(NOW)
    assert (item_list.row_version, item_list.revision, item_list.item_count) == (5, 2, 3)
    assert (item_list.filing.state, item_list.published_at, item_list.is_open) == (FilingState.PUBLISHED, NOW, False)
    assert item_list.supersede().filing.state is FilingState.SUPERSEDED
