"""Records, nonces and tokens (记录、随机数、标识), sections 3 and 5.1; openings (揭示) and their row `OPENING`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.draw.domain.errors import OpeningRefused
from services.draw.domain.fields import is_hex
from services.draw.domain.lists import Inspector, strictly_increasing
from services.draw.domain.pool import Pool, in_pool
from services.draw.domain.primitives import Bytes32, Suite, keyed, lp, tagged
from services.draw.domain.strict_json import is_clean

OBJECT = "object"
INSPECTOR = "inspector"
INSPECTOR_COLUMNS = ("id", "name", "department", "certificate")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def record_fields(record: object, columns: int) -> list[str] | None:
    """The fields of a well-formed record with this many columns, or None."""
    if not isinstance(record, str) or not is_clean(record):
        return None
    fields = record.split("\t")
    if len(fields) != columns or not fields[0] or _CONTROL.search("".join(fields)):
        return None
    return fields


@dataclass(frozen=True)
class Opening:
    """揭示: the record behind a token, with the nonce that binds them."""

    kind: str
    token: bytes
    nonce: bytes
    record: str

    def row(self) -> str:
        return f"{self.kind}\t{self.token.hex()}\t{self.nonce.hex()}\t{self.record}"


def token_of(suite: Suite, kind: str, nonce: bytes, record: str) -> Bytes32:
    """token = T("ssj1/" + kind, nonce, record)."""
    return tagged(suite, f"ssj1/{kind}", nonce, record)


class Blinder:
    """Makes tokens from records under the blind key (盲化密钥), which never leaves the operator and the auditor."""

    def __init__(self, suite: Suite, draw_id: str, blind_key: bytes) -> None:
        self._suite = suite
        self._draw_id = draw_id
        self._mac = keyed(suite, blind_key)

    def open(self, kind: str, record: str) -> Opening:
        """nonce = MAC(blind_key, "ssj1/nonce", kind, draw_id, first field); the token follows."""
        nonce = self._mac(lp("ssj1/nonce", kind, self._draw_id, record.partition("\t")[0]))
        return Opening(kind, token_of(self._suite, kind, nonce, record), nonce, record)

    def object_token(self, record: str) -> Bytes32:
        return self.open(OBJECT, record).token

    def inspector_token(self, record: str) -> Bytes32:
        return self.open(INSPECTOR, record).token


def region_of(columns: Sequence[str], record: str) -> str:
    """The region code of an object record, or empty if the field is not one (section 5.6)."""
    region = record.split("\t")[columns.index("region")]
    return region if re.fullmatch("[0-9]{0,12}", region) else ""


def read_openings(rows: object, columns: int) -> tuple[Opening, ...]:
    """Opening rows, typed. Raises OpeningRefused if one is malformed or out of order."""
    if not isinstance(rows, list) or not all(isinstance(row, str) and is_clean(row) for row in rows):
        raise OpeningRefused("揭示缺失，或有非 NFC 的行")
    if not strictly_increasing(rows):
        raise OpeningRefused("揭示的行没有严格递增")
    return tuple(_opening(row, n, columns) for n, row in enumerate(rows, 1))


def _opening(row: str, n: int, columns: int) -> Opening:
    kind, token, nonce, record = [*row.split("\t", 3), "", "", ""][:4]
    width = {OBJECT: columns, INSPECTOR: len(INSPECTOR_COLUMNS)}.get(kind, 0)
    if not (is_hex(token) and is_hex(nonce) and record_fields(record, width)):
        raise OpeningRefused(f"第 {n} 行")
    return Opening(kind, bytes.fromhex(token), bytes.fromhex(nonce), record)


def check_openings(suite: Suite, openings: Iterable[Opening], pool: Pool, roster: Iterable[Inspector]) -> None:
    """Each opening hashes to its token, which is in pool or roster; no object id twice. Raises OpeningRefused."""
    departments = {inspector.token: inspector.department for inspector in roster}
    ids: set[str] = set()
    for opening in openings:
        token = opening.token
        if token_of(suite, opening.kind, opening.nonce, opening.record) != token:
            raise OpeningRefused(f"{token.hex()} 与其记录不符")
        fields = opening.record.split("\t")
        if opening.kind == INSPECTOR:
            if departments.get(token) != fields[2]:
                raise OpeningRefused(f"{token.hex()} 不在名录中，或部门不符")
            continue
        if not in_pool(pool, token):
            raise OpeningRefused(f"{token.hex()} 不在名册中")
        if fields[0] in ids:
            raise OpeningRefused(f"对象编号 {fields[0]} 出现两次")
        ids.add(fields[0])


def opened_objects(openings: Iterable[Opening]) -> dict[bytes, str]:
    """Object token → record, of every opened object."""
    return {opening.token: opening.record for opening in openings if opening.kind == OBJECT}
