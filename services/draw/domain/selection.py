"""Selection (抽取), section 5.4: which objects each scope draws, and in which batches (批次)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.draw.domain.allocation import allocate
from services.draw.domain.commitment import Scope, Terms
from services.draw.domain.pool import Pool
from services.draw.domain.primitives import Bytes32, Suite
from services.draw.domain.tickets import Ranker, Sequence, Ticket, rank_tickets, ticket_prefix


@dataclass(frozen=True)
class Drawing:
    """The draw of one scope from one stratum: the first n of its sequence."""

    scope: str
    stratum: str
    size: int
    drawn: tuple[Ticket, ...]
    sequence: Sequence = field(compare=False, repr=False)

    @property
    def n(self) -> int:
        return len(self.drawn)

    @property
    def cut(self) -> Bytes32 | None:
        """The ticket of the n-th drawn: who is beyond it was not drawn."""
        return self.drawn[-1].ticket if self.drawn else None


@dataclass(frozen=True)
class BatchedObject:
    """One drawn object in the merged order of its scope; batches count from 1."""

    batch: int
    stratum: str
    token: bytes


@dataclass(frozen=True)
class ScopeSelection:
    """All a scope drew: by stratum in entry order, and merged into batches."""

    scope: Scope
    drawings: tuple[Drawing, ...]
    merged: tuple[BatchedObject, ...]


@dataclass(frozen=True)
class Selection:
    """Selections of all scopes, in commitment order."""

    scopes: tuple[ScopeSelection, ...]

    def drawings(self) -> list[Drawing]:
        return [drawing for selection in self.scopes for drawing in selection.drawings]


def select(suite: Suite, seed: Bytes32, terms: Terms, pool: Pool, rank: Ranker = rank_tickets) -> Selection:
    """Allocate, rank and draw for every scope. Two scopes of the same group and order share their sequences."""
    sizes = {stratum.id: stratum.size for stratum in terms.strata}
    wanted = [allocate(suite, seed, scope, sizes) for scope in terms.scopes]
    sequences = _sequences(suite, seed, terms, pool, rank)
    needs = [
        (n, _key(scope, entry.stratum))
        for scope, counts in zip(terms.scopes, wanted, strict=True)
        for entry, n in zip(scope.strata, counts, strict=True)
    ]
    for n, key in sorted(needs, reverse=True):  # the longest first: the others then find it ranked
        sequences[key].first(n)
    return Selection(
        tuple(_select(scope, counts, sequences) for scope, counts in zip(terms.scopes, wanted, strict=True))
    )


_Key = tuple[str, bool, str]


def _key(scope: Scope, stratum: str) -> _Key:
    return scope.group, scope.descending, stratum


def _sequences(suite: Suite, seed: Bytes32, terms: Terms, pool: Pool, rank: Ranker) -> dict[_Key, Sequence]:
    found: dict[_Key, Sequence] = {}
    for scope in terms.scopes:
        prefix = ticket_prefix(suite, seed, scope.group)
        for entry in scope.strata:
            sequence = Sequence(suite, prefix, pool[entry.stratum], scope.descending, rank)
            found.setdefault(_key(scope, entry.stratum), sequence)
    return found


def _select(scope: Scope, counts: tuple[int, ...], sequences: Mapping[_Key, Sequence]) -> ScopeSelection:
    drawings = []
    for entry, n in zip(scope.strata, counts, strict=True):
        sequence = sequences[_key(scope, entry.stratum)]
        drawings.append(Drawing(scope.id, entry.stratum, len(sequence), tuple(sequence.first(n)), sequence))
    return ScopeSelection(scope, tuple(drawings), _merge(scope, drawings))


def _merge(scope: Scope, drawings: list[Drawing]) -> tuple[BatchedObject, ...]:
    """All drawn in one order, cut into batches: the first r hold one more."""
    stratum_of = {ticket: drawing.stratum for drawing in drawings for ticket in drawing.drawn}
    merged = sorted(stratum_of, reverse=scope.descending)
    sizes = batch_sizes(len(merged), scope.batch_count)
    batches = (number for number, size in enumerate(sizes, 1) for _ in range(size))
    return tuple(
        BatchedObject(batch, stratum_of[ticket], ticket.token) for batch, ticket in zip(batches, merged, strict=True)
    )


def batch_sizes(drawn: int, batches: int) -> list[int]:
    q, r = divmod(drawn, batches)
    return [q + 1] * r + [q] * (batches - r)
