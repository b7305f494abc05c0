"""The pool (名册): each stratum's tokens as one raw file of 32-byte tokens, increasing. Rows `POOL_…` of section 6."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise
from operator import lt
from struct import iter_unpack

from services.draw.domain.commitment import Terms
from services.draw.domain.errors import PoolForm, PoolOrder, PoolOverlap, PoolRoot
from services.draw.domain.merkle import merkle_root
from services.draw.domain.primitives import HASH_SIZE, Bytes32, Suite

HEX_SIZE = 2 * HASH_SIZE


@dataclass(frozen=True)
class TokenFile:
    """Tokens of one stratum, concatenated: 32 bytes an object, a million in 32 MB."""

    raw: bytes = field(repr=False)

    @classmethod
    def of(cls, tokens: Sequence[Bytes32]) -> "TokenFile":
        return cls(b"".join(sorted(tokens)))

    def __len__(self) -> int:
        return len(self.raw) // HASH_SIZE

    def __getitem__(self, position: int) -> Bytes32:
        if not 0 <= position < len(self):
            raise IndexError(position)
        return self.raw[position * HASH_SIZE : (position + 1) * HASH_SIZE]

    def __iter__(self) -> Iterator[Bytes32]:
        return chain.from_iterable(iter_unpack(f"{HASH_SIZE}s", self.raw))

    def position(self, token: Bytes32) -> int | None:
        """Where the token stands, or None."""
        at = bisect_left(range(len(self)), token, key=self.__getitem__)
        return at if at < len(self) and self[at] == token else None

    def __contains__(self, token: object) -> bool:
        return isinstance(token, bytes) and self.position(token) is not None


Pool = Mapping[str, TokenFile]


def in_pool(pool: Pool, token: Bytes32) -> bool:
    return any(token in tokens for tokens in pool.values())


def read_pool(terms: Terms, strata: object) -> dict[str, TokenFile]:
    """The declared strata out of decoded JSON {id: [hex]}. Raises PoolForm."""
    if not isinstance(strata, dict):
        raise PoolForm("没有分层标识")
    return {stratum.id: _read_tokens(stratum.id, strata.get(stratum.id)) for stratum in terms.strata}


def _read_tokens(stratum: str, rows: object) -> TokenFile:
    if not isinstance(rows, list) or not all(isinstance(row, str) and len(row) == HEX_SIZE for row in rows):
        raise PoolForm(f"分层 {stratum}")
    joined = "".join(rows)
    try:
        raw = bytes.fromhex(joined)
    except ValueError:
        raise PoolForm(f"分层 {stratum}") from None
    if raw.hex() != joined:  # capitals, or the blanks that fromhex skips
        raise PoolForm(f"分层 {stratum}")
    return TokenFile(raw)


def check_pool(suite: Suite, terms: Terms, pool: Pool) -> None:
    """Order, then size and root, then overlap, over all declared strata. Raises a PoolRefusal."""
    for stratum in terms.strata:
        if stratum.id not in pool or len(pool[stratum.id].raw) % HASH_SIZE:
            raise PoolForm(f"分层 {stratum.id}")
    for stratum in terms.strata:
        tokens = pool[stratum.id]
        if not all(map(lt, tokens, islice(tokens, 1, None))):
            raise PoolOrder(f"分层 {stratum.id}")
    for stratum in terms.strata:
        tokens = pool[stratum.id]
        if len(tokens) != stratum.size or merkle_root(suite, tokens.raw) != stratum.root:
            raise PoolRoot(f"分层 {stratum.id}")
    _check_overlap(terms, pool)


def _check_overlap(terms: Terms, pool: Pool) -> None:
    checked: list[set[str]] = []
    for scope in terms.scopes:
        strata = {entry.stratum for entry in scope.strata}
        if len(strata) < 2 or any(strata <= done for done in checked):
            continue
        together = sorted(chain.from_iterable(pool[stratum] for stratum in strata))
        if any(a == b for a, b in pairwise(together)):
            raise PoolOverlap(f"范围 {scope.id}")
        checked.append(strata)
