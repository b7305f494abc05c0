"""An import job moves by named steps and refuses the others by name (L5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

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
