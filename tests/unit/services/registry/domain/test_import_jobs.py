"""An import job moves by named steps and refuses the others by name (L5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.registry.domain.import_jobs import (
    MAX_ATTEMPTS,
    FileFormat,
    ImportBroken,
    ImportCounts,
    ImportJob,
    ImportJobNotIn,
    ImportMode,
    ImportRefusedWhole,
    ImportSource,
    ImportState,
    ResendTooLarge,
    ResendUnfit,
    check_resent,
    overall,
)
from services.registry.domain.import_rows import ImportKind
from shared.values.ids import new_id

NOW = datetime(2026, 11, 24, tzinfo=UTC)
GOOD = ImportCounts(new=2, changed=1)
BAD = ImportCounts(new=2, wrong=1)


def a_job(mode: ImportMode = ImportMode.PARTIAL, *, is_preview: bool = False) -> ImportJob:
    source = ImportSource("0" * 64, None, FileFormat.AUTO, "auto", {}, {})
    return ImportJob(new_id(), "d", "SCJG", None, ImportKind.ENTITIES, source, mode, is_preview, "officer:x", NOW)


def test_totals_add_up() -> None:
    """REL21: nothing is lost."""
    counts = ImportCounts(new=1, changed=2, unchanged=3, duplicate=4, wrong=5)
    assert (counts.total, counts.written) == (15, 3)


def test_a_job_without_preview_goes_from_validating_to_succeeded() -> None:
    begun = a_job().begun()
    assert begun.commits
    done = begun.succeeded(GOOD, new_id(), NOW)
    assert (done.state, done.counts, done.finished_at) == (ImportState.SUCCEEDED, GOOD, NOW)


def test_a_preview_waits_to_be_accepted() -> None:
    begun = a_job(is_preview=True).begun()
    assert not begun.commits
    waiting = begun.validated(GOOD, ("备注",))
    assert (waiting.state, waiting.ignored_headers) == (ImportState.VALIDATED, ("备注",))
    assert waiting.accepted().begun().commits


def test_a_job_left_behind_by_a_kill_is_begun_again_and_counted() -> None:
    job = a_job()
    for _ in range(MAX_ATTEMPTS):
        job = job.begun()
    assert not job.is_exhausted
    assert job.begun().is_exhausted
    assert job.begun().state is ImportState.VALIDATING


def test_an_atomic_job_takes_all_rows_or_none() -> None:
    begun = a_job(ImportMode.ATOMIC).begun()
    with pytest.raises(ImportRefusedWhole) as refused:
        begun.succeeded(BAD, None, NOW)
    failed = begun.failed(refused.value, BAD, NOW)
    assert (failed.state, failed.failure_code) == (ImportState.FAILED, "registry.import_refused_whole")
    assert begun.succeeded(GOOD, None, NOW).state is ImportState.SUCCEEDED


@pytest.mark.parametrize("state", [ImportState.SUCCEEDED, ImportState.FAILED, ImportState.CANCELLED])
def test_a_job_that_is_over_moves_no_more(state: ImportState) -> None:
    over = replace(a_job(), state=state)
    for move in (
        over.begun,
        over.accepted,
        lambda: over.validated(GOOD, ()),
        lambda: over.succeeded(GOOD, None, NOW),
        lambda: over.cancelled(NOW),
        lambda: over.failed(ImportBroken(), None, NOW),
    ):
        with pytest.raises(ImportJobNotIn):
            move()


def test_a_job_at_work_cannot_be_cancelled() -> None:
    with pytest.raises(ImportJobNotIn, match="校验中"):
        a_job().begun().cancelled(NOW)
    assert a_job().cancelled(NOW).state is ImportState.CANCELLED


FINISHED = replace(a_job(), state=ImportState.SUCCEEDED, counts=ImportCounts(new=90, wrong=10))


def test_rows_sent_again_leave_the_wrong_ones_and_the_total_stays() -> None:
    """L5: the totals of an import and its re-sends add up."""
    assert FINISHED.counts is not None
    once = ImportCounts(new=5, duplicate=1, wrong=2)
    both = overall(FINISHED.counts, [once])
    assert both == ImportCounts(new=95, duplicate=1, wrong=4)
    all_three = overall(FINISHED.counts, [once, ImportCounts(new=3, older=1)])
    assert all_three == ImportCounts(new=98, duplicate=1, older=1, wrong=0)
    assert both.total == all_three.total == FINISHED.counts.total


def test_no_more_rows_are_sent_again_than_wait() -> None:
    assert FINISHED.counts is not None
    once = [ImportCounts(new=5, wrong=3)]
    check_resent(5, FINISHED.counts, once)
    with pytest.raises(ResendTooLarge, match="6 行，而原任务只有 5 行"):
        check_resent(6, FINISHED.counts, once)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (FINISHED, ImportKind.EXPERTS),
        (a_job(), ImportKind.ENTITIES),
        (replace(FINISHED, counts=ImportCounts(new=1)), ImportKind.ENTITIES),
        (replace(FINISHED, resend_of=new_id()), ImportKind.ENTITIES),
        (replace(FINISHED, state=ImportState.FAILED), ImportKind.ENTITIES),
    ],
)
def test_only_wrong_rows_of_a_finished_first_job_of_the_kind_are_sent_again(first: ImportJob, kind: ImportKind) -> None:
    with pytest.raises(ResendUnfit):
        first.check_resend(kind)
    FINISHED.check_resend(ImportKind.ENTITIES)


def test_a_file_is_as_new_as_it_says_else_as_its_job() -> None:
    assert a_job().told_at == a_job().created_at
    assert replace(a_job(), as_of=NOW - timedelta(days=3)).told_at == NOW - timedelta(days=3)
