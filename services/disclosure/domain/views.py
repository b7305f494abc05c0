"""What the portal shows, as data: one class a page. Those of results and plans stand in modules of their own and are
named here too, so that a page needs one import.

Times are UTC instants, dates are Asia/Shanghai. Codes of departments come with `…_name` where the name is known, else
the code stands there. None: absent, never a sentinel. Names of natural persons are masked before they are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.disclosure.domain.plan_views import PlanItemView as PlanItemView
from services.disclosure.domain.plan_views import PlanLine as PlanLine
from services.disclosure.domain.plan_views import PlanPage as PlanPage
from services.disclosure.domain.plan_views import PlanVersionView as PlanVersionView
from services.disclosure.domain.plan_views import RatioView as RatioView
from services.disclosure.domain.plan_views import SpecialView as SpecialView
from services.disclosure.domain.plan_views import TaskChangeView as TaskChangeView
from services.disclosure.domain.plan_views import TaskDepartmentView as TaskDepartmentView
from services.disclosure.domain.plan_views import TaskLine as TaskLine
from services.disclosure.domain.plan_views import TaskPage as TaskPage
from services.disclosure.domain.result_views import CheckpointView as CheckpointView
from services.disclosure.domain.result_views import Difference as Difference
from services.disclosure.domain.result_views import EntityPage as EntityPage
from services.disclosure.domain.result_views import FindingView as FindingView
from services.disclosure.domain.result_views import FollowUpView as FollowUpView
from services.disclosure.domain.result_views import ItemView as ItemView
from services.disclosure.domain.result_views import ListingView as ListingView
from services.disclosure.domain.result_views import RepairView as RepairView
from services.disclosure.domain.result_views import ResultLine as ResultLine
from services.disclosure.domain.result_views import ResultPage as ResultPage
from services.disclosure.domain.result_views import ResultState as ResultState
from services.disclosure.domain.result_views import ResultVersionView as ResultVersionView


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Figures of one department, industry, month or year. Rates in parts per million, None where nothing counts."""

    code: str
    name: str
    results: int
    problems: int
    """Results with a problem."""
    on_time: int
    late: int
    exempted: int
    problem_ppm: int | None
    on_time_ppm: int | None


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """Statistics of a year, by the day of conclusion."""

    year: int
    years: tuple[int, ...]
    """With results, newest first."""
    all: GroupFigures
    entities: int
    """Different objects with a result shown."""
    drawn_tasks: int
    tasks: int
    """Tasks issued in the year; `drawn_tasks` of them have results."""
    coverage_ppm: int | None
    """Of tasks that have a result: `drawn_tasks / tasks`."""
    withdrawn: int
    corrected: int
    departments: tuple[GroupFigures, ...]
    industries: tuple[GroupFigures, ...]
    """By section of GB/T 4754 (门类); empty while published bodies name none."""
    months: tuple[GroupFigures, ...]
    outcomes: tuple[tuple[str, str, int], ...]
    """Code, wording, results."""


@dataclass(frozen=True, slots=True)
class EntityHit:
    """An entity that was found, with its newest result if one is shown."""

    entity_id: UUID
    name: str
    uscc: str | None
    results: int
    latest: ResultLine | None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What was asked, read and folded: None where not asked. `result_type`: an outcome code, `problem` or `clean`."""

    text: str | None = None
    plan_no: str | None = None
    task_no: str | None = None
    department: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    result_type: str | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`exact`: the address of the one thing an exact number names (`/e/…`, `/p/…`, `/r/…`): go there.

    With a text `hits` are entities; without one `lines` are results that pass the filters, newest first."""

    query: SearchQuery
    exact: str | None
    hits: tuple[EntityHit, ...]
    lines: tuple[ResultLine, ...]
    plans: tuple[PlanLine, ...]
    """Plans whose title holds the text (five at most, first page only)."""
    total: int
    is_capped: bool
    """There are more than `total` (100 objects, 1,000 of results alone)."""
    next_key: tuple[str, ...] | None
    """Sort key of the last row where there are more: `shared.runtime.http.next_cursor(next_key)` is the cursor."""
    departments: tuple[tuple[str, str], ...]
    """Code and name, for the filter."""
    outcome_codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProducerStatus:
    service: str
    service_name: str
    events: int
    """Number of the last event applied."""
    applied_at: datetime | None
    checkpoint: CheckpointView | None


@dataclass(frozen=True, slots=True)
class StatusPage:
    now: datetime
    as_of: datetime | None
    """Time of the newest fact applied."""
    producers: tuple[ProducerStatus, ...]
    entities: int
    results: int
    plans: int
    open_data_on: date | None
    """Day of the newest open-data files."""
    parked: int
    """Facts set aside because they could not be read."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """The front page: newest publications and plans, a few figures."""

    results: tuple[ResultLine, ...]
    plans: tuple[PlanLine, ...]
    figures: GroupFigures
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class CodeView:
    """A printed code looked up (B18); of a visit's code the officers and their certificates too, for its holder.

    `kind`: `visit`, `body`, `item`, `task`, `plan`, `result`, `entity` or `unknown`. `facts`: label and value pairs to
    show; `address`: the page of the thing, if it has one."""

    code: str
    kind: str
    kind_name: str
    is_valid: bool
    answer: str
    facts: tuple[tuple[str, str], ...]
    address: str | None
    receipt_text: str | None
    receipt_signature: str | None


@dataclass(frozen=True, slots=True)
class OpenFileView:
    """A file of open data (开放数据)."""

    name: str
    dataset: str
    """`results`, `findings`, `plans`, `listings`, `withdrawals`."""
    dataset_name: str
    form: str
    """`csv` or `jsonl`."""
    scope: str
    """`all`, a year, `<year>/<department>`, or `delta`."""
    day: date
    rows: int
    size: int
    sha256: str
    superseded_on: date | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OpenDataPage:
    day: date | None
    files: tuple[OpenFileView, ...]
    """Of the newest day."""
    past: tuple[OpenFileView, ...]
    """Superseded, newest first; the files themselves are gone where their rows may no longer be public."""
    dictionary: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    """Dataset → (column, Chinese name, meaning)."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One publication, correction, withdrawal or plan in the feeds, newest first."""

    id: str
    kind: str
    title: str
    summary: str
    address: str
    at: datetime
