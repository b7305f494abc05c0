"""The commitment's terms (承诺书条款) out of a frozen pool and its ceremony."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.audit import blind_key_commit
from services.draw.domain.ceremony import Ceremony
from services.draw.domain.commitment import Party, Stratum, Terms
from services.draw.domain.commitment_rules import check_terms
from services.draw.domain.document_text import document_text
from services.draw.domain.documents import Document, Head, parse_commitment
from services.draw.domain.drawing_plan import COLUMNS, printable, scope_of
from services.draw.domain.log import NO_PREVIOUS
from services.draw.domain.primitives import SUITES
from services.draw.storage.pools import Pool

_NOTE_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class TermsSource:
    """All that the terms of one draw are made of, but the time of their publication."""

    draw: Ceremony
    pool: Pool
    strata: tuple[Stratum, ...]
    commits: Mapping[str, bytes]
    replaces: UUID | None

    def at(self, committed_at: str) -> Terms:
        """The terms if published at this TIME. Raises RatioMissing, FieldRefused."""
        draw, pool = self.draw, self.pool
        suite = SUITES[draw.suite]
        timetable = draw.plan.timed(committed_at)
        return Terms(
            task_id=str(draw.task_id),
            replaces=None if self.replaces is None else str(self.replaces),
            note=_note(draw, pool),
            columns=COLUMNS,
            blind_key_commit=blind_key_commit(suite, draw.draw_id, pool.blind_key),
            strata=self.strata,
            roster_hash=pool.roster_hash,
            recusal_hash=pool.recusal_hash,
            scopes=(scope_of(pool.task, [stratum.id for stratum in self.strata]),),
            balance="campaign",
            window_end=pool.task.window_end.isoformat(),
            parties=tuple(Party(party.id, self.commits[party.id]) for party in draw.plan.parties),
            min_shares=draw.plan.min_shares,
            reveal_deadline=timetable.reveal_deadline,
            beacons=timetable.beacons,
            no_beacon_profile=not timetable.beacons,
        )

    def trial_text(self, at: str) -> str:
        """A commitment as it would read at the head of an empty log: for the checks that come before publication."""
        head = Head(SUITES[self.draw.suite], self.draw.draw_id, 1, NO_PREVIOUS, at)
        return document_text(Document(head, self.at(at)))


def check_plan(source: TermsSource, at: str) -> None:
    """What of a commitment can be judged without commits and without the rows. Raises a Refusal."""
    commitment = parse_commitment(source.trial_text(at))
    check_terms(commitment.terms, at)


def _note(draw: Ceremony, pool: Pool) -> str:
    return printable(f"{pool.task.task_no} {pool.task.title} {draw.note}")[:_NOTE_LENGTH]
