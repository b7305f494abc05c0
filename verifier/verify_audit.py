"""审计链独立核验程序：只用 Python 标准库，不联网，不依赖平台的任何代码。

    python verify_audit.py --keys 公钥目录 [--checkpoints 另存的检查点文件或目录] [--earlier 早先的导出] 导出.jsonl …

Every finding is one line on stdout, `CODE service what` with a Chinese explanation; exit code 0 nothing found, 1 found
something, 2 wrong use. Format of exports and what each code means: docs/decisions/0012-audit-chain.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]
FORMAT = "ssj-trail-1"
CHECKPOINT_FORMAT = "ssj-checkpoint-1"
GRACE = timedelta(minutes=10)

MEANINGS = {
    "FORMAT": "文件不完整或格式不符",
    "ROW_CHANGED": "内容被改动：与封存时的哈希不符",
    "ROW_DELETED": "已封存的记录被删除",
    "ROW_INSERTED": "未封存的旧记录：事后插入",
    "ROW_LATE": "早于前一检查点的记录，在其后才封存：补插或异常迟延，须说明",
    "PLACE_MISSING": "链中缺号：封存的位置被删除",
    "PLACE_DOUBLE": "同一记录占两个位置",
    "CHAIN_BROKEN": "链哈希与前后不连",
    "LOG_ORDER": "事件的编号与封存次序不符：被调换或缺号",
    "TAIL_UNSIGNED": "早该签入检查点的记录还没有签名：其后的检查点被删去，或封存停顿，须说明",
    "TAIL_CUT": "链尾被截去：不足检查点所签的条数",
    "REWRITTEN": "与检查点所签的默克尔根不符：其间的链被改写",
    "EARLIER_DIFFERS": "与早先的导出不同",
    "CHECKPOINT_FORGED": "检查点签名无效或内容不符",
    "CHECKPOINT_DIFFERS": "与另存的检查点不同：检查点被换",
    "CHECKPOINT_DELETED": "另存的检查点在导出中没有：被删除，或导出早于它（取检查点之后再导出）",
    "CHECKPOINT_UNLINKED": "检查点不接续前一个",
    "NO_CHECKPOINT": "没有检查点：整链重算无从发现",
    "DOSSIER_FORGED": "卷宗签名无效：内容被改动",
    "ROW_UNPROVEN": "证明不成立：不是检查点所封存的记录",
    "PUBLISHED_CHANGED": "公示内容与事件日志所记的不符：被改动",
    "PUBLISHED_DELETED": "事件日志记有公示，表中没有：被删除",
    "PUBLISHED_INSERTED": "表中有公示，事件日志没有：被插入",
}


class Finding(NamedTuple):
    code: str
    service: str
    what: str

    def __str__(self) -> str:
        return f"{self.code} {self.service} {self.what}  {MEANINGS[self.code]}"


# --- Ed25519 (RFC 8032, section 5.1): verification only, no secret is handled ------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]


def _x_of(y: int, sign: int) -> int | None:
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return _P - x if x & 1 != sign else x


def _point(raw: bytes) -> Point | None:
    number = int.from_bytes(raw, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % _P)


def _plus(a: Point, b: Point) -> Point:
    first, second = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    third, fourth = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _plus(found, point)
        point, factor = _plus(point, point), factor >> 1
    return found


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE_X = _x_of(_BASE_Y, 0) or 0
_BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


@cache
def signature_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032, section 5.1.7."""
    if len(signature) != 64:
        return False
    public, nonce = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or nonce is None or scalar >= _L:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    left, right = _times(scalar, _BASE), _plus(nonce, _times(digest, public))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (left[1] * right[2] - right[1] * left[2]) % _P == 0


# --- hashes of the chain -----------------------------------------------------------------------------------------


def _sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def canonical(row: Json) -> bytes:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Tree:
    """RFC 6962 Merkle root of leaves as they come: complete subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        self.size += 1
        count, found = 1, leaf
        while self._peaks and self._peaks[-1][0] == count:
            found, count = _sha(b"\1" + self._peaks.pop()[1] + found), count * 2
        self._peaks.append((count, found))

    def root(self) -> str:
        if not self._peaks:
            return _sha(b"").hex()
        found = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            found = _sha(b"\1" + left + found)
        return found.hex()


# --- what is read --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    seq: int
    of: str
    row_id: str
    log_seq: int | None
    leaf: str
    chain: str


@dataclass(frozen=True)
class Row:
    """An exported audit row or event: what the checks need of it."""

    kind: str
    name: str
    leaf: str
    log_seq: int | None
    made_at: datetime | None


@dataclass(frozen=True)
class Checkpoint:
    number: int
    body: str
    signature: str
    said: Json

    @classmethod
    def of(cls, found: Json) -> Checkpoint:
        """One whose text is none, or says another size than stands beside it, says nothing: it passes for forged."""
        try:
            said = json.loads(found["body"])
        except ValueError:
            said = {}
        is_one = isinstance(said, dict) and said.get("size") == found["size"]
        return cls(int(found["number"]), found["body"], found["signature"], said if is_one else {})

    @property
    def size(self) -> int:
        return int(self.said["size"])

    @property
    def signed_at(self) -> datetime:
        return datetime.fromisoformat(self.said["signed_at"])


@dataclass
class Trail:
    """One export: everything a service's database says of its acts and facts."""

    service: str = "?"
    places: list[Place] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)
    """What tables show the public: key → digest."""
    told: dict[str, str] = field(default_factory=dict)
    """The same by the events that told of it."""


def made_at(row_id: str) -> datetime | None:
    """When a UUIDv7 was made; None for another kind."""
    digits = row_id.replace("-", "")
    if len(digits) != 32 or digits[12] != "7":
        return None
    return datetime.fromtimestamp(int(digits[:12], 16) / 1000, UTC)


def digest_of(value: Any) -> str:
    return _sha(canonical({"value": value})).hex()


def told_by(event: Json) -> Iterator[tuple[str, str]]:
    """What an event says was published: the keys under which exports hold it, and its digest."""
    kind = event["type"].partition(".v")[0]
    if kind not in ("results.result.published", "results.result.corrected", "results.result.withdrawn"):
        if kind == "draw.document.published":
            body = json.loads(event["payload"])
            yield f"document {event['district']}/{body['log_seq']}", digest_of([body["kind"], body["text"]])
        return
    body = json.loads(event["payload"])
    if kind.endswith("withdrawn"):
        yield f"result {body['result_id']}/{body['version']}", digest_of(["withdrawn", body["reason"]])
    else:
        name = f"result {body['result_id']}/{body['result']['version']}"
        yield name, digest_of([kind.rpartition(".")[2], body["result"]])


def shown_by(line: Json) -> tuple[str, str]:
    """The same of a row that the public is shown."""
    if line["table"] == "log_documents":
        key = f"document {line['district']}/{line['log_seq']}"
        return key, digest_of([line["document_kind"], line["text"]])
    key = f"result {line['record_id']}/{line['version']}"
    if line["version_kind"] == "withdrawn":
        return key, digest_of(["withdrawn", line["reason"]])
    body = line["body"]
    if _sha(body.encode()).hex() != line["digest"]:
        return key, "digest"
    return key, digest_of([line["version_kind"], json.loads(body)])


def read_trail(path: Path) -> Trail:
    """Raises ValueError, KeyError or TypeError for what is no whole export."""
    trail, count, is_whole = Trail(), 0, False
    with path.open(encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            if count == 0 and line.get("format") != FORMAT:
                raise ValueError("format")
            is_whole = line["kind"] == "end" and line["lines"] == count
            _take(trail, line)
            count += 1
    if not is_whole:
        raise ValueError("end")
    return trail


def _take(trail: Trail, line: Json) -> None:
    kind = line["kind"]
    if kind == "trail":
        trail.service = line["service"]
    elif kind == "place":
        trail.places.append(
            Place(line["seq"], line["of"], line["row_id"], line["log_seq"], line["leaf"], line["chain"])
        )
    elif kind in ("audit", "event"):
        _take_row(trail, kind, line)
    elif kind == "checkpoint":
        trail.checkpoints.append(Checkpoint.of(line))
    elif kind == "published":
        key, digest = shown_by(line)
        trail.published[key] = digest
    elif kind != "end":
        raise ValueError("kind")


def _take_row(trail: Trail, kind: str, line: Json) -> None:
    row_id = line["id"] if kind == "audit" else line["event_id"]
    shown = f"audit {row_id} {line['action']}" if kind == "audit" else f"event {row_id} {line['type']}"
    log_seq = line["producer_seq"] if kind == "event" else None
    trail.rows[row_id] = Row(kind, shown, _sha(b"\0" + canonical(line)).hex(), log_seq, made_at(row_id))
    if kind == "event":
        for key, digest in told_by(line):
            trail.told[key] = digest


def read_checkpoints(path: Path) -> list[Checkpoint]:
    """From a file or a folder: one checkpoint, a list, a page of `GET /v1/checkpoints`, or one a line."""
    if path.is_dir():
        return [one for name in sorted(path.rglob("*.json*")) for one in read_checkpoints(name)]
    text = path.read_text("utf-8")
    try:
        found = [json.loads(text)]
    except ValueError:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    flat = [one for part in found for one in _each(part)]
    return [Checkpoint.of(one) for one in flat]


def _each(found: Any) -> list[Json]:
    if isinstance(found, list):
        return found
    return found["items"] if "items" in found else [found]


def read_key(path: Path) -> bytes:
    """The 32 bytes of an Ed25519 public key in PEM (SubjectPublicKeyInfo, RFC 8410)."""
    import base64

    lines = [line for line in path.read_text("ascii").splitlines() if "-----" not in line]
    raw = base64.b64decode("".join(lines))
    if len(raw) != 44 or not raw.startswith(bytes.fromhex("302a300506032b6570032100")):
        raise ValueError(f"{path.name} is no Ed25519 key")
    return raw[12:]


# --- the checks ----------------------------------------------------------------------------------------------------


@dataclass
class Verification:
    """All checks of one export. `kept`: checkpoints that the database's ruler had no hand on."""

    trail: Trail
    key: bytes
    kept: list[Checkpoint]
    earlier: Trail | None = None
    found: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def run(self) -> list[Finding]:
        checkpoints = self._checkpoints()
        self._rows()
        roots = self._chain({one.size for one in checkpoints})
        self._against(checkpoints, roots)
        self._outside(checkpoints)
        self._late(checkpoints)
        self._unsigned(checkpoints)
        self._published()
        if self.earlier is not None:
            self._since(self.earlier)
        return self.found

    def _say(self, code: str, what: str) -> None:
        self.found.append(Finding(code, self.trail.service, what))

    def _checkpoints(self) -> list[Checkpoint]:
        """Signed ones, in order; those kept elsewhere win."""
        good: dict[int, Checkpoint] = {}
        for one, where in [*((c, "另存的") for c in self.kept), *((c, "") for c in self.trail.checkpoints)]:
            if not self._is_signed(one):
                self._say("CHECKPOINT_FORGED", f"{where}检查点 {one.number}")
            elif one.number not in good:
                good[one.number] = one
            elif (good[one.number].body, good[one.number].signature) != (one.body, one.signature):
                self._say("CHECKPOINT_DIFFERS", f"检查点 {one.number}")
        held = {one.number for one in self.trail.checkpoints}
        for number in sorted(set(good) - held):
            self._say("CHECKPOINT_DELETED", f"检查点 {number}")
        found = [good[number] for number in sorted(good)]
        for before, one in zip([None, *found], found, strict=False):
            self._linked(before, one)
        if not found and self.trail.places:
            self._say("NO_CHECKPOINT", f"已封存 {len(self.trail.places)} 条")
        if not self.kept:
            self.notes.append(f"{self.trail.service}: 没有另存的检查点，查不出连同检查点一起删去的链尾")
        return found

    def _is_signed(self, one: Checkpoint) -> bool:
        said = one.said
        is_ours = (said.get("format"), said.get("service"), said.get("number")) == (
            CHECKPOINT_FORMAT,
            self.trail.service,
            one.number,
        )
        return is_ours and signature_holds(self.key, one.body.encode(), bytes.fromhex(one.signature))

    def _linked(self, before: Checkpoint | None, one: Checkpoint) -> None:
        wanted = "" if before is None else _sha(before.body.encode()).hex()
        is_next = one.number == 1 if before is None else one.number == before.number + 1
        if is_next and (one.said["previous"] != wanted or (before is not None and one.size < before.size)):
            self._say("CHECKPOINT_UNLINKED", f"检查点 {one.number}")
        elif not is_next:
            self.notes.append(f"{self.trail.service}: 检查点 {one.number} 之前的没有提供，未核对接续")

    def _rows(self) -> None:
        """Each place against the row it stands for."""
        seen: dict[str, int] = {}
        for place in self.trail.places:
            if place.row_id in seen:
                self._say("PLACE_DOUBLE", f"位置 {place.seq} 与 {seen[place.row_id]}")
            seen[place.row_id] = place.seq
            row = self.trail.rows.get(place.row_id)
            if row is None:
                self._say("ROW_DELETED", f"{place.of} {place.row_id} 位置 {place.seq}")
            elif (row.kind, row.leaf, row.log_seq) != (place.of, place.leaf, place.log_seq):
                self._say("ROW_CHANGED", f"{row.name} 位置 {place.seq}")

    def _chain(self, sizes: set[int]) -> dict[int, str]:
        """Numbers, links and the order of events; the root at each of `sizes`."""
        tree, link, log_seq = Tree(), b"", 0
        roots: dict[int, str] = {}
        wanted = 1
        for place in self.trail.places:
            if place.seq != wanted:
                self._say("PLACE_MISSING", f"位置 {wanted} 至 {place.seq - 1}")
            link = _sha(b"\2" + link + bytes.fromhex(place.leaf))
            if link.hex() != place.chain and place.seq == wanted:
                self._say("CHAIN_BROKEN", f"位置 {place.seq}")
            link = bytes.fromhex(place.chain)
            if place.log_seq is not None:
                if place.log_seq != log_seq + 1:
                    self._say("LOG_ORDER", f"事件编号 {place.log_seq} 跟在 {log_seq} 之后，位置 {place.seq}")
                log_seq = place.log_seq
            tree.add(bytes.fromhex(place.leaf))
            if tree.size in sizes and place.seq == tree.size:
                roots[tree.size] = tree.root()
            wanted = place.seq + 1
        return roots

    def _against(self, checkpoints: list[Checkpoint], roots: dict[int, str]) -> None:
        """The first checkpoint that does not fit names the stretch; what follows it cannot fit either."""
        last, before = self.trail.places[-1].seq if self.trail.places else 0, 0
        for one in checkpoints:
            if one.size > last:
                self._say("TAIL_CUT", f"位置 {last + 1} 至 {one.size}（检查点 {one.number}，{one.said['day']}）")
                return
            if roots.get(one.size) != one.said["root"]:
                self._say("REWRITTEN", f"位置 {before + 1} 至 {one.size}（检查点 {one.number}，{one.said['day']}）")
                return
            before = one.size

    def _outside(self, checkpoints: list[Checkpoint]) -> None:
        """Rows without a place: fresh ones will get it, old ones should have it."""
        placed = {place.row_id for place in self.trail.places}
        last_log_seq = max((place.log_seq or 0 for place in self.trail.places), default=0)
        fresh = 0
        for row_id, row in self.trail.rows.items():
            if row_id in placed:
                continue
            is_old = row.made_at is None or any(row.made_at < one.signed_at - GRACE for one in checkpoints[-1:])
            if is_old or (row.log_seq is not None and row.log_seq <= last_log_seq):
                self._say("ROW_INSERTED", row.name)
            else:
                fresh += 1
        if fresh:
            self.notes.append(f"{self.trail.service}: {fresh} 条新记录尚未封存")

    def _late(self, checkpoints: list[Checkpoint]) -> None:
        """A row made long before a checkpoint must be under it."""
        ends = [one.size for one in checkpoints[1:]] + [len(self.trail.places)]
        for before, end in zip(checkpoints, ends, strict=False):
            for place in self.trail.places[before.size : end]:
                row = self.trail.rows.get(place.row_id)
                if row is not None and row.made_at is not None and row.made_at < before.signed_at - GRACE:
                    self._say("ROW_LATE", f"{row.name} 位置 {place.seq}（检查点 {before.number} 之后）")

    def _unsigned(self, checkpoints: list[Checkpoint]) -> None:
        """What no checkpoint covers yet: whoever rules the database could still rewrite it. It is bounded: the last
        checkpoint says, signed, within how many seconds the next one follows."""
        if not checkpoints:
            return
        last, name = checkpoints[-1], self.trail.service
        rows = [self.trail.rows.get(place.row_id) for place in self.trail.places[last.size :]]
        own = f"{name}.checkpoint.signed."
        began = last.signed_at - GRACE  # what is older came late, and is reported as that
        times = [row.made_at for row in rows if row and row.made_at and row.made_at >= began and own not in row.name]
        left = f"其后 {len(rows)} 条（位置 {last.size + 1} 起）还没有签名，整段重写无从发现"
        covers = left if rows else "覆盖全部已封存的记录"
        self.notes.append(f"{name}: 最后的检查点 {last.number} 签于 {last.said['signed_at']}，{covers}")
        within = last.said.get("next_within")
        if isinstance(within, int) and times:
            newest = max(row.made_at for row in self.trail.rows.values() if row.made_at is not None)
            if newest - min(times) > timedelta(seconds=within) + GRACE:
                self._say("TAIL_UNSIGNED", f"位置 {last.size + 1} 起 {len(rows)} 条，检查点 {last.number} 之后")
        known = max((one for one in self.kept if one.said), key=lambda one: one.number, default=last)
        if known.number < last.number:
            gone = f"位置 {known.size + 1} 起连同检查点一起删去无从发现"
            self.notes.append(f"{name}: 另存的检查点到第 {known.number} 号为止，{gone}")

    def _published(self) -> None:
        for key, digest in self.trail.told.items():
            if key not in self.trail.published:
                self._say("PUBLISHED_DELETED", key)
            elif self.trail.published[key] != digest:
                self._say("PUBLISHED_CHANGED", key)
        for key in self.trail.published:
            if key not in self.trail.told:
                self._say("PUBLISHED_INSERTED", key)

    def _since(self, earlier: Trail) -> None:
        """Place by place against an export made before."""
        now = {place.seq: place for place in self.trail.places}
        for place in earlier.places:
            found = now.get(place.seq)
            if found is None or (found.row_id, found.leaf) != (place.row_id, place.leaf):
                self._say("EARLIER_DIFFERS", f"位置 {place.seq}，原为 {place.of} {place.row_id}")


def verify_dossier(path: Path, keys: Path) -> list[Finding]:
    """Signature, checkpoint, and each row's proof under it. Rows without proof are counted in a note."""
    whole = json.loads(path.read_text("utf-8"))
    said = json.loads(whole["body"])
    service, found = said["service"], []
    key = read_key(keys / f"{service}.pem")
    if not signature_holds(key, whole["body"].encode(), bytes.fromhex(whole["signature"])):
        found.append(Finding("DOSSIER_FORGED", service, path.name))
    root, size = "", 0
    if said["checkpoint"] is not None:
        one = Checkpoint.of(said["checkpoint"])
        root, size = one.said["root"], one.size
        if one.said["service"] != service or not signature_holds(key, one.body.encode(), bytes.fromhex(one.signature)):
            found.append(Finding("CHECKPOINT_FORGED", service, f"检查点 {one.number}"))
    for line in said["rows"]:
        row, proof = line["row"], line["proof"]
        name = f"{row['kind']} {row.get('id') or row['event_id']}"
        if proof is not None and climbed(_sha(b"\0" + canonical(row)), proof["index"], size, proof["path"]) != root:
            found.append(Finding("ROW_UNPROVEN", service, name))
    print(*said["missing"], sep="\n", file=sys.stderr)
    return found


def climbed(leaf: bytes, index: int, size: int, path: list[str]) -> str:
    """The root that an inclusion proof leads to; empty if it has another length (RFC 9162, section 2.1.3.2)."""
    at, last, found = index, size - 1, leaf
    for sibling in map(bytes.fromhex, path):
        if last == 0:
            return ""
        if at & 1 or at == last:
            found = _sha(b"\1" + sibling + found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = _sha(b"\1" + found + sibling)
        at, last = at >> 1, last >> 1
    return found.hex() if last == 0 and index < size else ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="verify_audit", description="离线核验审计链：任何改动都会被指出")
    parser.add_argument("exports", nargs="*", type=Path, metavar="导出", help="ssj export-audit 导出的文件")
    parser.add_argument("--keys", required=True, type=Path, help="各服务公钥（<服务>.pem）所在目录")
    parser.add_argument("--checkpoints", type=Path, help="另存的检查点：文件，或每个服务一个子目录或文件的目录")
    parser.add_argument("--earlier", type=Path, help="同一服务早先的导出：逐条比对")
    parser.add_argument("--dossier", type=Path, action="append", default=[], help="尽职卷宗：核验签名与各条证明")
    given = parser.parse_args(arguments)
    if not given.exports and not given.dossier:
        parser.error("没有要核验的文件")
    for path in (given.keys, given.checkpoints, given.earlier, *given.exports, *given.dossier):
        if path is not None and not path.exists():
            parser.error(f"没有这个文件或目录：{path}")
    found: list[Finding] = []
    for path in given.dossier:
        try:
            found += verify_dossier(path, given.keys)
        except (ValueError, KeyError, TypeError, OSError) as error:
            found.append(Finding("FORMAT", path.name, f"{type(error).__name__}: {error}"))
    for path in given.exports:
        found += _verified(path, given)
    print("\n".join(map(str, found)) or "OK")
    return 1 if found else 0


def _verified(path: Path, given: argparse.Namespace) -> list[Finding]:
    try:
        trail = read_trail(path)
        kept = [] if given.checkpoints is None else read_checkpoints(given.checkpoints)
        mine = [one for one in kept if one.said.get("service") == trail.service]
        earlier = None if given.earlier is None else read_trail(given.earlier)
        work = Verification(trail, read_key(given.keys / f"{trail.service}.pem"), mine, earlier)
        found = work.run()
    except (ValueError, KeyError, TypeError, OSError) as error:
        return [Finding("FORMAT", path.name, f"{type(error).__name__}: {error}")]
    for note in work.notes:
        print(note, file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
