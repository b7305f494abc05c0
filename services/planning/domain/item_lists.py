"""A department's item list (抽查事项清单) of a year, in versions (I4); lists of higher levels prevail (I5).

Draft → submitted → approved → published → superseded; a returned list is edited and submitted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.planning.domain.filing import Filing, FilingState
from shared.values.errors import Invalid, NotFound, Refused

WHAT: Final = "抽查事项清单"


class ItemListUnknown(NotFound):
    message = "没有这份抽查事项清单，或无权查看"


class ItemListOpenAlready(Refused):
    """One version at a time: the next is drafted when the last was published."""

    message = "{year} 年度已有一份办理中的清单（第 {version} 版），请先办结"


class ListTier(StrEnum):
    """Whose list it is; an item of a higher level takes the place of the district's of the same code (I5)."""

    DISTRICT = "district"
    CITY = "city"
    PROVINCE = "province"


TIER_NAMES: Final[Mapping[ListTier, str]] = {
    ListTier.DISTRICT: "本区",
    ListTier.CITY: "市级",
    ListTier.PROVINCE: "省级",
}


class NotHigherTier(Invalid):
    message = "只有市级、省级清单才能载入，本区清单由部门起草"


@dataclass(frozen=True, slots=True)
class ItemList:
    """`version` counts the department's lists of the year; `revision` the savings of this one's items; `row_version` is
    the version that a writer must have seen (ETag). `source`: the paper (文号) a higher list came with."""

    id: UUID
    district: str
    department: str
    year: int
    version: int
    revision: int
    row_version: int
    item_count: int
    filing: Filing
    created_at: datetime
    published_at: datetime | None = None
    tier: ListTier = ListTier.DISTRICT
    source: str | None = None

    @property
    def is_open(self) -> bool:
        return self.filing.state not in (FilingState.PUBLISHED, FilingState.SUPERSEDED)

    def revise(self, item_count: int, by: str) -> ItemList:
        """New items take the place of the old ones. Raises NotEditable."""
        filing = self.filing.revised(by)
        return self._moved(filing, revision=self.revision + 1, item_count=item_count)

    def submit(self, by: str) -> ItemList:
        """Raises NotEditable."""
        return self._moved(self.filing.submitted(by))

    def approve(self, by: str) -> ItemList:
        """Raises NotSubmitted or OwnFiling."""
        return self._moved(self.filing.approved(by))

    def send_back(self, by: str, remark: str) -> ItemList:
        """退回. Raises NotSubmitted, OwnFiling or ReasonMissing."""
        return self._moved(self.filing.returned(by, remark))

    def publish(self, at: datetime) -> ItemList:
        """Raises NotApproved."""
        return replace(self._moved(self.filing.published()), published_at=at)

    def supersede(self) -> ItemList:
        """A newer version of the same year was published."""
        return self._moved(replace(self.filing, state=FilingState.SUPERSEDED))

    def _moved(self, filing: Filing, *, revision: int | None = None, item_count: int | None = None) -> ItemList:
        return replace(
            self,
            filing=filing,
            row_version=self.row_version + 1,
            revision=self.revision if revision is None else revision,
            item_count=self.item_count if item_count is None else item_count,
        )
