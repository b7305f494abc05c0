"""What a correction (更正) may change: outcomes of items, and the listing decision, which it may alter or drop."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.results.domain.content import Content, ItemResult, ListingDecision
from shared.values.errors import Invalid


class CorrectionChangesNothing(Invalid):
    message = "更正没有改变任何公示内容"


class ListingAddedByCorrection(Invalid):
    """A new listing decision is a major decision: it needs a result of its own and its legal review (R7, C3)."""

    message = "更正不能新增列入名单的决定，只能修改或去掉原决定"


class CorrectionMakesMajor(Invalid):
    """A major decision needs its legal review; a correction has none (R7)."""

    message = "更正会形成新的重大决定（{grounds}），须另行检查并经法制审核"


@dataclass(frozen=True, slots=True)
class Change:
    """`items` None: items stay. `listing` counts only when `touches_listing`; None then drops the decision."""

    items: tuple[ItemResult, ...] | None
    touches_listing: bool
    listing: ListingDecision | None


def corrected_content(content: Content, change: Change) -> Content:
    """Raises CorrectionChangesNothing, ListingAddedByCorrection."""
    if change.touches_listing and change.listing is not None and content.listing is None:
        raise ListingAddedByCorrection
    after = replace(
        content,
        items=content.items if change.items is None else change.items,
        listing=change.listing if change.touches_listing else content.listing,
    )
    if after == content:
        raise CorrectionChangesNothing
    return after
