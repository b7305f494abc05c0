"""The whole computation (计算), section 5: from committed lists and a revealed seed to the result text of any version.

Nothing here is random or depends on the clock: the same inputs give the same text on any machine.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.draw.domain.department_matching import Shortage
from services.draw.domain.documents import Commitment, Substitution
from services.draw.domain.errors import RegionUnknown
from services.draw.domain.lists import Inspector, Recusal
from services.draw.domain.matching import Assignment, Matching, MatchRules, Replacement, Visit
from services.draw.domain.pool import Pool
from services.draw.domain.primitives import Bytes32
from services.draw.domain.records import region_of
from services.draw.domain.result_text import result_hash, result_text
from services.draw.domain.seed import Reveal, seed_of
from services.draw.domain.selection import Selection, select
from services.draw.domain.substitution import Exchange, Place, Standing
from services.draw.domain.tickets import Ranker, rank_tickets
from services.draw.domain.visits import Team, merged_teams, visit_order


@dataclass(frozen=True)
class Frozen:
    """What the commitment fixed, checked against its hashes: the lists behind it, in typed form.

    `records` maps object tokens to records, at least of all objects that come to be drawn or substituted.
    """

    commitment: Commitment
    pool: Pool = field(repr=False)
    roster: tuple[Inspector, ...] = field(repr=False)
    recusals: tuple[Recusal, ...] = field(repr=False)
    records: Mapping[Bytes32, str] = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """One version of the result: its text and hash, and the facts in it. Version = substitutions applied."""

    seed: bytes
    version: int
    text: str = field(repr=False)
    result_hash: bytes
    selection: Selection = field(repr=False)
    places: Mapping[bytes, tuple[Place, ...]] = field(repr=False)
    events: tuple[Exchange | Replacement, ...] = field(repr=False)
    assignments: tuple[Assignment, ...] = field(repr=False)
    shortages: tuple[Shortage, ...]


class Draw:
    """A draw under computation: build it with the reveal, apply substitutions in order, read the outcome anywhere."""

    def __init__(self, frozen: Frozen, reveal: Reveal, rank: Ranker = rank_tickets) -> None:
        """The reveal is checked (`check_reveal`). Raises RegionUnknown."""
        commitment = frozen.commitment
        self._frozen = frozen
        self.seed = seed_of(commitment, reveal)
        self.selection = select(commitment.suite, self.seed, commitment.terms, frozen.pool, rank)
        self._standing = Standing(self.selection)
        self._teams: dict[frozenset[str], tuple[Team, ...]] = {}
        self._events: list[Exchange | Replacement] = []
        self._version = 0
        rules = MatchRules(
            commitment.suite, self.seed, commitment.terms.window_end, yearly=commitment.terms.balance == "year"
        )
        visits = [self._visit(token) for token in visit_order(commitment.suite, self.seed, self._standing.places)]
        self._matching = Matching(rules, frozen.roster, frozen.recusals, visits)

    def _visit(self, token: Bytes32) -> Visit:
        record = self._frozen.records.get(token)
        if record is None:
            raise RegionUnknown(f"对象 {token.hex()}")
        region = region_of(self._frozen.commitment.terms.columns, record)
        return Visit(token, region, self._teams_of(token))

    def _teams_of(self, token: Bytes32) -> tuple[Team, ...]:
        drew = frozenset(place.scope for place in self._standing.places[token])
        if drew not in self._teams:
            scopes = self._frozen.commitment.terms.scopes
            self._teams[drew] = merged_teams(scope for scope in scopes if scope.id in drew)
        return self._teams[drew]

    def substitute(self, event: Substitution) -> None:
        """Apply the next substitution. Raises SubstitutionRefused, RegionUnknown."""
        self._standing.require_drawn(event.drop)
        if event.inspector is not None:
            self._events.append(self._matching.replace(event.drop, event.inspector))
        else:
            self._drop(event.drop)
        self._version += 1

    def _drop(self, token: Bytes32) -> None:
        exchanges = self._standing.drop(token)
        self._matching.cancel(token)
        self._events += exchanges
        for substitute in dict.fromkeys(exchange.substitute for exchange in exchanges):
            if substitute is not None:
                self._matching.extend(self._visit(substitute))

    def outcome(self) -> Outcome:
        """The result as it stands after the substitutions so far."""
        commitment = self._frozen.commitment
        assignments = tuple(self._matching.assignments())
        shortages = self._matching.shortages
        text = result_text(self.selection, self._events, assignments, shortages)
        return Outcome(
            seed=self.seed,
            version=self._version,
            text=text,
            result_hash=result_hash(commitment.suite, commitment.hash, self.seed, text),
            selection=self.selection,
            places={token: tuple(places) for token, places in self._standing.places.items()},
            events=tuple(self._events),
            assignments=assignments,
            shortages=shortages,
        )


def compute(
    frozen: Frozen, reveal: Reveal, substitutions: Iterable[Substitution] = (), rank: Ranker = rank_tickets
) -> Outcome:
    """The result after all these substitutions. Raises RegionUnknown, SubstitutionRefused."""
    draw = Draw(frozen, reveal, rank)
    for event in substitutions:
        draw.substitute(event)
    return draw.outcome()
