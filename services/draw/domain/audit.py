"""Private records against what is public: rows `BLIND_KEY` to `OPENING_ROSTER` of section 6."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.draw.domain.documents import Commitment
from services.draw.domain.errors import BlindKeyRefused, OpeningPool, OpeningRoster, RecordRefused
from services.draw.domain.fields import is_hex
from services.draw.domain.lists import Inspector
from services.draw.domain.pool import Pool
from services.draw.domain.primitives import Bytes32, Suite, tagged
from services.draw.domain.records import INSPECTOR_COLUMNS, Blinder, record_fields


@dataclass(frozen=True)
class PrivateObject:
    """An object's record (fields joined by TAB) and the strata it stands in."""

    line: str
    strata: tuple[str, ...]


@dataclass(frozen=True)
class PrivateRecords:
    """What only operator, auditor and court may hold: the blind key and every record behind a token."""

    blind_key: bytes
    objects: tuple[PrivateObject, ...]
    inspectors: tuple[str, ...]


def blind_key_commit(suite: Suite, draw_id: str, blind_key: bytes) -> Bytes32:
    """T("ssj1/blind-key", draw_id, blind_key)."""
    return tagged(suite, "ssj1/blind-key", draw_id, blind_key)


def read_private(value: object) -> PrivateRecords:
    """Private records out of decoded JSON (section 10). Raises BlindKeyRefused, RecordRefused."""
    members: Mapping[object, object] = value if isinstance(value, dict) else {}
    key, objects, inspectors = members.get("blind_key"), members.get("objects"), members.get("inspectors")
    if not isinstance(key, str) or not is_hex(key):
        raise BlindKeyRefused("密钥不是 64 位十六进制")
    return PrivateRecords(
        bytes.fromhex(key),
        tuple(map(_object, _list(objects, "objects"))),
        tuple(map(_line, _list(inspectors, "inspectors"))),
    )


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise RecordRefused(f"{name} 不是数组")
    return value


def _line(value: object) -> str:
    if not isinstance(value, str):
        raise RecordRefused("记录不是文本")
    return value


def _object(value: object) -> PrivateObject:
    if not isinstance(value, dict) or value.keys() != {"line", "strata"}:
        raise RecordRefused("对象记录应有 line 与 strata")
    strata = value["strata"]
    if not isinstance(strata, list) or not all(isinstance(stratum, str) for stratum in strata):
        raise RecordRefused("对象记录的 strata 不是文本数组")
    return PrivateObject(_line(value["line"]), tuple(strata))


def check_blind_key(commitment: Commitment, blind_key: bytes) -> None:
    """Raises BlindKeyRefused."""
    if blind_key_commit(commitment.suite, commitment.draw_id, blind_key) != commitment.terms.blind_key_commit:
        raise BlindKeyRefused()


def check_private(
    commitment: Commitment, pool: Pool, roster: Iterable[Inspector], private: PrivateRecords
) -> dict[bytes, str]:
    """Every record opens exactly the pool and the roster. Returns object token → record, of all objects.

    Raises BlindKeyRefused, RecordRefused, OpeningPool, OpeningRoster.
    """
    check_blind_key(commitment, private.blind_key)
    _check_records((item.line for item in private.objects), len(commitment.terms.columns), "对象编号")
    _check_records(private.inspectors, len(INSPECTOR_COLUMNS), "人员编号")
    blinder = Blinder(commitment.suite, commitment.draw_id, private.blind_key)
    opened = _check_strata(blinder, pool, private.objects)
    people = sorted((blinder.inspector_token(line), line.split("\t")[2]) for line in private.inspectors)
    if people != sorted((inspector.token, inspector.department) for inspector in roster):
        raise OpeningRoster()
    return opened


def _check_records(lines: Iterable[str], columns: int, what: str) -> None:
    ids: set[str] = set()
    for n, line in enumerate(lines, 1):
        fields = record_fields(line, columns)
        if fields is None:
            raise RecordRefused(f"第 {n} 条记录")
        if fields[0] in ids:
            raise RecordRefused(f"{what} {fields[0]} 出现两次")
        ids.add(fields[0])


def _check_strata(blinder: Blinder, pool: Pool, objects: Iterable[PrivateObject]) -> dict[bytes, str]:
    opened: dict[bytes, str] = {}
    strata: dict[str, list[bytes]] = {stratum: [] for stratum in pool}
    for item in objects:
        token = blinder.object_token(item.line)
        opened[token] = item.line
        for stratum in item.strata:
            if stratum not in strata:
                raise OpeningPool(f"记录引用了未声明的分层 {stratum[:64]!a}")
            strata[stratum].append(token)
    for stratum, tokens in strata.items():
        if b"".join(sorted(tokens)) != pool[stratum].raw:
            raise OpeningPool(f"分层 {stratum}")
    return opened
