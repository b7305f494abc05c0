#!/usr/bin/env python3
"""Stand-alone verifier (独立核验程序) of the public draw protocol `ssj-draw/1`.

One file, Python 3.11 or newer, standard library only, no network, no part of the platform. It was written from the
text of the protocol alone; the comments name its sections (§) and the code follows their order.

    python verify.py [--verbose] FILE|DIR ...             verify records (核验抽取记录)
    python verify.py RECORD --enterprise OWN.json         was I in the pool, and why (not) drawn (企业自查)

Per file it prints `OK <name>` or `<REFUSAL> <name>` on standard output and explains itself in Chinese on standard
error. Exit status: 0 all OK, 1 something refused, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import bisect
import hashlib
import heapq
import json
import operator
import re
import sys
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

Doc = dict[str, Any]  # a JSON object; its members are trusted only after `fit`
Check = Callable[[Any], bool]


class Refusal(Exception):
    """A named refusal of §6 (`code`) with what was found, in Chinese (`detail`)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


# ── §3 Primitives ────────────────────────────────────────────────────────────────────────────────────────────────────


def _rotl(x: int, n: int) -> int:
    n &= 31
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


def _sm3_compress(v: list[int], block: bytes) -> list[int]:
    w = [int.from_bytes(block[k : k + 4], "big") for k in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotl(w[j - 3], 15)
        w.append(x ^ _rotl(x, 15) ^ _rotl(x, 23) ^ _rotl(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = v
    for j in range(64):
        k = _rotl(0x79CC4519 if j < 16 else 0x7A879D8A, j)
        s1 = _rotl((_rotl(a, 12) + e + k) & 0xFFFFFFFF, 7)
        s2 = s1 ^ _rotl(a, 12)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & 0xFFFFFFFF & g)
        t1 = (ff + d + s2 + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
        t2 = (gg + h + s1 + w[j]) & 0xFFFFFFFF
        a, b, c, d, e, f, g, h = t1, a, _rotl(b, 9), c, t2 ^ _rotl(t2, 9) ^ _rotl(t2, 17), e, _rotl(f, 19), g
    return [x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h), strict=True)]


def sm3_plain(data: bytes) -> bytes:
    """SM3 (GB/T 32905-2016), 32 bytes, for Pythons whose OpenSSL lacks it."""
    v = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    for k in range(0, len(padded), 64):
        v = _sm3_compress(v, padded[k : k + 64])
    return b"".join(x.to_bytes(4, "big") for x in v)


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _pick_sm3() -> Callable[[bytes], bytes]:
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        return sm3_plain
    return lambda data: hashlib.new("sm3", data).digest()


def _bytes(part: str | bytes) -> bytes:
    return part.encode() if isinstance(part, str) else part


def lp(*parts: str | bytes) -> bytes:
    """Length-prefixed concatenation of byte strings; str as UTF-8."""
    raw = [_bytes(p) for p in parts]
    return b"".join([len(p).to_bytes(4, "big") + p for p in raw])


@dataclass(frozen=True)
class Suite:
    """H of one suite and what §3 and §5.2 build on it. Hashes and keys are raw bytes, strings are hashed as UTF-8."""

    h: Callable[[bytes], bytes]

    def hex(self, text: str) -> str:
        return self.h(text.encode()).hex()

    def t(self, tag: str, *parts: str | bytes) -> bytes:
        return self.h(lp(tag, *parts))

    def mac(self, key: bytes, tag: str, *parts: str | bytes) -> bytes:
        key = (self.h(key) if len(key) > 64 else key).ljust(64, b"\0")
        inner = self.h(bytes(x ^ 0x36 for x in key) + lp(tag, *parts))
        return self.h(bytes(x ^ 0x5C for x in key) + inner)

    def list_hash(self, rows: Iterable[str]) -> str:
        return self.hex("".join(row + "\n" for row in rows))

    def uniform_int(self, seed: bytes, label: str, m: int) -> int:
        """§5.2, unbiased integer below m, 1 ≤ m ≤ 2^63."""
        limit = 2**64 - 2**64 % m
        j = 0
        while True:
            x = int.from_bytes(self.t("ssj1/int", seed, label, j.to_bytes(8, "big"))[:8], "big")
            if x < limit:
                return x % m
            j += 1

    def root(self, tokens: bytes) -> bytes:
        """Merkle root of concatenated 32-byte tokens in chunks of 256. Pairing upwards, a lone node rising unchanged,
        is the same tree as splitting at the largest power of two."""
        level = [self.h(b"\0" + tokens[k : k + CHUNK]) for k in range(0, len(tokens), CHUNK)]
        while len(level) > 1:
            pairs = [self.h(b"\1" + level[k] + level[k + 1]) for k in range(0, len(level) - 1, 2)]
            level = pairs + level[len(pairs) * 2 :]
        return level[0] if level else self.h(b"")

    def path_holds(self, root: bytes, leaf: bytes, place: tuple[int, int], path: Sequence[bytes]) -> bool:
        """RFC 9162 §2.1.3.2; `place` is (leaf index, number of leaves)."""
        fn, sn = place[0], place[1] - 1
        for p in path:
            if sn == 0:
                return False
            if fn & 1 or fn == sn:
                leaf = self.h(b"\1" + p + leaf)
                while not fn & 1 and fn:
                    fn, sn = fn >> 1, sn >> 1
            else:
                leaf = self.h(b"\1" + leaf + p)
            fn, sn = fn >> 1, sn >> 1
        return sn == 0 and leaf == root


CHUNK = 256 * 32
SUITES = {"SHA-256": Suite(_sha256), "SM3": Suite(_pick_sm3())}

_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile("0|[1-9][0-9]{0,14}")
_CONTROL = re.compile("[\0-\x08\x0a-\x1f\x7f]")  # a record may hold TAB (09), nothing else of these


def is_text(s: str) -> bool:
    """NFC without a lone surrogate."""
    return s.isascii() or (not _SURROGATE.search(s) and unicodedata.is_normalized("NFC", s))


def walk(value: Any) -> Iterator[tuple[Any, int]]:
    """Every node and name below a JSON value, with its level (the value itself: 1). Not recursive: input is hostile."""
    stack = [(value, 1)]
    while stack:
        node, level = stack.pop()
        yield node, level
        if isinstance(node, dict):
            stack += [(name, 0) for name in node]
            stack += [(child, level + 1) for child in node.values()]
        elif isinstance(node, list):
            stack += [(child, level + 1) for child in node]


def require_text(value: Any, where: str) -> None:
    if not all(is_text(node) for node, _ in walk(value) if isinstance(node, str)):
        raise Refusal("TEXT", f"{where}中有字符串不是 NFC 或含孤立代理码点")


def _once(pairs: list[tuple[str, Any]]) -> Doc:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a name twice")
    return out


def _number(literal: str) -> int:
    if not _NUMBER.fullmatch(literal):
        raise ValueError("number form")
    return int(literal)


def strict_json(text: str) -> Doc:
    """One JSON object of §3, or `JSON`."""
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_int=_number, parse_float=_number, parse_constant=_number
        )
    except (ValueError, RecursionError) as error:
        raise Refusal("JSON", "不是严格的 JSON 对象（重复成员、数字写法、字节序标记等）") from error
    if not isinstance(value, dict):
        raise Refusal("JSON", "最外层不是对象")
    if any(level > 64 for node, level in walk(value) if isinstance(node, dict | list)):
        raise Refusal("JSON", "嵌套超过 64 层")
    return value


# ── §4 Objects ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _full(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda v: isinstance(v, str) and compiled.fullmatch(v) is not None


_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
is_id = _full(r'[^\x00-\x20\x7f/,|"\\]{1,64}')
is_hex = _full("[0-9a-f]{64}")
is_line = _full(r"[^\x00-\x1f\x7f]{0,2000}")
is_date = _full(_DAY)
is_time = _full(_DAY + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+08:00")
is_region = _full("[0-9]{2,12}")
is_small = _full("0|[1-9][0-9]{0,8}")


def between(low: int, high: int) -> Check:
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high


def one_of(*words: str) -> Check:
    return lambda v: isinstance(v, str) and v in words


def array(item: Check, least: int = 1) -> Check:
    return lambda v: isinstance(v, list) and len(v) >= least and all(map(item, v))


def is_true(v: Any) -> bool:
    return v is True


@dataclass(frozen=True)
class Shape:
    """The members of an object: all the required, any of the optional, no other."""

    required: dict[str, Check]
    optional: dict[str, Check] = field(default_factory=dict)

    def misfit(self, v: Any) -> str | None:
        """The name of the first member at fault, None if v fits."""
        if not isinstance(v, dict):
            return "（不是对象）"
        for name, check in self.required.items():
            if name not in v or not check(v[name]):
                return name
        for name in v:
            if name not in self.required and not (name in self.optional and self.optional[name](v[name])):
                return str(name)
        return None

    def __call__(self, v: Any) -> bool:
        return self.misfit(v) is None


def fit(value: Any, shape: Shape, where: str) -> None:
    at_fault = shape.misfit(value)
    if at_fault is not None:
        raise Refusal("FIELD", f"{where}的成员 {at_fault!r} 缺失、多余、类型不对或超出范围")


@dataclass(frozen=True)
class Item:
    """One item of a beacon pattern: an atom (set of characters, or a group) repeated `least` to `most` times."""

    atom: frozenset[str] | tuple[Item, ...]
    least: int
    most: int


_ITEM = re.compile(r"(?:([0-9A-Za-z:_,=-])|\\(\.)|\[((?:[0-9A-Za-z]-[0-9A-Za-z]|[0-9A-Za-z])+)\]|(\())")
_COUNT = re.compile(r"\{([1-9][0-9]{0,2})(?:,([1-9][0-9]{0,2}))?\}")
_RANGE = re.compile(r"(.)-(.)|(.)")


def _class(body: str) -> frozenset[str]:
    chars: set[str] = set()
    for low, high, single in _RANGE.findall(body):
        if single:
            chars.add(single)
            continue
        if low >= high or not any(k(low) and k(high) for k in (str.isdigit, str.isupper, str.islower)):
            raise ValueError("range")
        chars |= {chr(c) for c in range(ord(low), ord(high) + 1)}
    return frozenset(chars)


def _items(text: str, at: int, depth: int) -> tuple[tuple[Item, ...], int, bool]:
    """item+ from `at`: the items, where they end, whether a count occurs anywhere inside. ValueError if malformed."""
    items: list[Item] = []
    counted = False
    while at < len(text) and text[at] != ")":
        token = _ITEM.match(text, at)
        if token is None:
            raise ValueError("atom")
        at, inner = token.end(), False
        literal, dot, body, group = token.groups()
        atom: frozenset[str] | tuple[Item, ...]
        if group:
            if depth == 2:
                raise ValueError("too deep")
            atom, at, inner = _items(text, at, depth + 1)
            if at >= len(text):
                raise ValueError("group not closed")
            at += 1
        else:
            atom = _class(body) if body else frozenset(literal or dot)
        count = _COUNT.match(text, at)
        least, most = (int(count[1]), int(count[2] or count[1])) if count else (1, 1)
        if (count and inner) or least > most:
            raise ValueError("count")
        at = count.end() if count else at
        counted = counted or inner or count is not None
        items.append(Item(atom, least, most))
    if not items:
        raise ValueError("empty")
    return tuple(items), at, counted


def parse_pattern(text: str) -> tuple[Item, ...]:
    """The items of a pattern; ValueError if it is none."""
    items, end, _ = _items(text, 0, 0)
    if end != len(text) or len(text) > 200:
        raise ValueError("pattern")
    return items


def _advance(items: tuple[Item, ...], at: int, places: dict[str, int]) -> int:
    """Sets of positions as bits of an integer: no backtracking, whatever the pattern."""
    for item in items:
        reached, here = 0, at
        fitting = sum(places.get(c, 0) for c in item.atom) if isinstance(item.atom, frozenset) else 0
        for k in range(1, item.most + 1):
            here = _advance(item.atom, here, places) if isinstance(item.atom, tuple) else (here & fitting) << 1
            reached |= here if k >= item.least else 0
            if not here:
                break
        at = reached
    return at


def pattern_matches(pattern: str, value: str) -> bool:
    places: dict[str, int] = {}
    for k, c in enumerate(value):
        places[c] = places.get(c, 0) | 1 << k
    return bool(_advance(parse_pattern(pattern), 1, places) >> len(value) & 1)


def is_pattern(v: Any) -> bool:
    try:
        return isinstance(v, str) and bool(parse_pattern(v))
    except ValueError:
        return False


is_uint = between(0, 2**32 - 1)
_slot = Shape({}, {"role": one_of("lead", "member", "expert"), "tags": array(is_id, 0)})
_department = Shape({"id": is_id, "team": array(_slot)})
_weighted = Shape({"stratum": is_id}, {"weight": between(1, 10**6)})
_bounds = {"min": is_uint, "max": is_uint}
_rounding = one_of("ceil", "floor", "random")
_modes = {
    "all": Shape({"stratum": is_id, "mode": is_id}, _bounds),
    "count": Shape({"stratum": is_id, "mode": is_id, "n": is_uint}, _bounds),
    "ratio": Shape({"stratum": is_id, "mode": is_id, "ppm": between(0, 10**6), "round": _rounding}, _bounds),
}


def _moded(v: Any) -> bool:
    return isinstance(v, dict) and one_of(*_modes)(v.get("mode")) and _modes[v["mode"]](v)


def _scope(v: Any) -> bool:
    entry = _weighted if isinstance(v, dict) and "total" in v else _moded
    optional = {"order": one_of("asc", "desc"), "batches": between(1, 100_000), "total": is_uint}
    return Shape({"id": is_id, "group": is_id, "strata": array(entry), "departments": array(_department)}, optional)(v)


def _columns(v: Any) -> bool:
    return array(is_id, 2)(v) and v[0] == "object_id" and "region" in v


_beacon = Shape({"id": is_id, "ref": is_line, "not_before": is_time, "pattern": is_pattern})
_shares = array(Shape({"party": is_id, "value": is_hex}), 0)
_values = array(Shape({"id": is_id, "value": is_line}), 0)
_spec = {"spec": one_of("ssj-draw/1"), "kind": is_id, "suite": one_of(*SUITES)}
_frame = _spec | {"draw_id": is_id, "log_seq": between(1, 2**32 - 1), "log_prev": is_hex, "published_at": is_time}
_answer = _frame | {"commit_hash": is_hex}
_replaced = Shape({"drop": is_hex, "reason": is_line}, {"inspector": is_hex})
REVEAL = Shape({"shares": _shares, "beacons": _values})
KINDS = {
    "shares": Shape(_answer | {"shares": _shares}),
    "beacon": Shape(_answer | {"beacons": _values}),
    "result": Shape(_answer | {"seed": is_hex, "version": is_uint, "result_hash": is_hex}),
    "substitution": Shape(_answer | _replaced.required, _replaced.optional),
    "disclosure": Shape(_answer | {"openings_hash": is_hex}),
    "void": Shape(_answer | {"reason": is_line}, {"late": is_true}),
    "commitment": Shape(
        _frame
        | {
            "task_id": is_id,
            "columns": _columns,
            "blind_key_commit": is_hex,
            "strata": array(Shape({"id": is_id, "size": is_uint, "root": is_hex})),
            "roster_hash": is_hex,
            "recusal_hash": is_hex,
            "scopes": array(_scope),
            "match": Shape({"balance": one_of("campaign", "year")}),
            "window_end": is_date,
            "parties": array(Shape({"id": is_id, "commit": is_hex})),
            "min_shares": is_uint,
            "reveal_deadline": is_time,
            "beacons": array(_beacon, 0),
        },
        {"replaces": is_id, "note": is_line, "no_beacon_profile": is_true},
    ),
}


@dataclass(frozen=True)
class Inspector:
    """A roster row (名录行)."""

    token: str
    department: str
    regions: frozenset[str]
    tags: frozenset[str]
    valid_to: str
    cap: int
    yearly: int


def read_inspector(row: str) -> Inspector | None:
    """The roster row, None if malformed."""
    cells = row.split("\t")
    if len(cells) != 7:
        return None
    token, department, regions, tags, valid_to, cap, yearly = cells
    zones, words = regions.split(","), tags.split(",") if tags else []
    sound = (
        is_hex(token)
        and is_id(department)
        and (regions == "*" or (all(map(is_region, zones)) and len(set(zones)) == len(zones)))
        and all(map(is_id, words))
        and is_date(valid_to)
        and is_small(cap)
        and is_small(yearly)
    )
    if not sound:
        return None
    return Inspector(token, department, frozenset(zones), frozenset(words), valid_to, int(cap), int(yearly))


def record_fields(record: str, count: int) -> list[str] | None:
    """The fields of a record (§3), None if malformed."""
    fields = record.split("\t")
    sound = len(fields) == count and fields[0] and not _CONTROL.search(record) and is_text(record)
    return fields if sound else None


class Pool:
    """The frozen pool (冻结的抽取名册): per stratum the raw tokens, increasing."""

    def __init__(self, strata: dict[str, bytes]) -> None:
        self.strata = strata

    def size(self, stratum: str) -> int:
        return len(self.strata[stratum]) // 32

    def tokens(self, stratum: str) -> Iterator[bytes]:
        raw = self.strata[stratum]
        return (raw[k : k + 32] for k in range(0, len(raw), 32))

    def holders(self, token: str) -> list[str]:
        """The strata that hold this token (hex)."""
        return [stratum for stratum in self.strata if self._holds(self.strata[stratum], bytes.fromhex(token))]

    @staticmethod
    def _holds(raw: bytes, token: bytes) -> bool:
        n = len(raw) // 32
        k = bisect.bisect_left(range(n), token, key=lambda j: raw[32 * j : 32 * j + 32])
        return raw[32 * k : 32 * k + 32] == token


# ── §5 Computation ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Facts:
    """All that the computation reads. `records` maps object tokens to opened records; `staffed` is False when the
    openings are not public yet: then M, R, U lines are left out."""

    commitment: Doc
    suite: Suite
    commit_hash: bytes
    pool: Pool
    roster: list[Inspector] = field(default_factory=list)
    recusals: list[tuple[str, str]] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    openings: list[str] = field(default_factory=list)
    seed: bytes = b""
    staffed: bool = True

    def token(self, kind: str, nonce: bytes, record: str) -> str:
        """§5.1."""
        return self.suite.t("ssj1/" + kind, nonce, record).hex()

    def region(self, token: str) -> str:
        """§5.6, the region of an opened object; empty if that is not up to 12 digits. `REGION` if not opened."""
        if token not in self.records:
            raise Refusal("REGION", f"抽中或递补的对象 {token} 没有公开的登记内容（开封）")
        region = self.records[token].split("\t")[self.commitment["columns"].index("region")]
        return region if re.fullmatch("[0-9]{0,12}", region) else ""


def draw_seed(facts: Facts, reveal: Doc) -> bytes:
    """§5.2."""
    shares = sorted(reveal["shares"], key=lambda s: str(s["party"]))
    values = {b["id"]: b["value"] for b in reveal["beacons"]}
    ids = [b["id"] for b in facts.commitment["beacons"]]
    parts: list[str | bytes] = [facts.commit_hash, len(shares).to_bytes(4, "big")]
    for s in shares:
        parts += [s["party"], bytes.fromhex(s["value"])]
    parts.append(len(ids).to_bytes(4, "big"))
    for b in ids:
        parts += [b, values[b]]
    return facts.suite.t("ssj1/seed", *parts)


def _weights(scope: Doc, size: Callable[[str], int]) -> list[int]:
    return [size(e["stratum"]) * int(e.get("weight", 1)) for e in scope["strata"]]


def _own_number(e: Doc, n: int, carried: int, u: int) -> tuple[int, int]:
    """§5.3 for an entry with a mode: how many, and what it adds to C."""
    million, adds = 10**6, 0
    if e["mode"] == "all":
        drawn = n
    elif e["mode"] == "count":
        drawn = min(e["n"], n)
    elif e["round"] == "ceil":
        drawn = -(-n * e["ppm"] // million)
    elif e["round"] == "floor":
        drawn = n * e["ppm"] // million
    else:
        adds = n * e["ppm"]
        drawn = (carried + adds + u) // million - (carried + u) // million
    if "min" in e:
        drawn = max(drawn, min(e["min"], n))
    return min(drawn, e.get("max", drawn)), adds


def allocate(facts: Facts, scope: Doc) -> list[int]:
    """§5.3: how many objects each entry of the scope draws."""
    label, carried, out = "alloc/" + scope["id"], 0, []
    if "total" in scope:
        weights = _weights(scope, facts.pool.size)
        m = sum(weights)
        u = facts.suite.uniform_int(facts.seed, label, m) if m else 0
        for w in weights:
            out.append((carried + scope["total"] * w + u) // m - (carried + u) // m if m else 0)
            carried += scope["total"] * w
        return out
    u = facts.suite.uniform_int(facts.seed, label, 10**6)
    for e in scope["strata"]:
        drawn, adds = _own_number(e, facts.pool.size(e["stratum"]), carried, u)
        out.append(drawn)
        carried += adds
    return out


@dataclass
class Ranking:
    """§5.4, the sequence of one stratum in one scope: `items` are ticket ‖ token, the first `drawn` are drawn. Only as
    much of it is kept as the substitutions can reach."""

    scope: Doc
    stratum: str
    size: int
    drawn: int
    items: list[bytes]
    next: int


def ticket_base(facts: Facts, group: str) -> bytes:
    return facts.suite.t("ssj1/ticket", facts.seed, group)


def rank(facts: Facts, scope: Doc, stratum: str, drawn: int, events: int) -> Ranking:
    base, h = ticket_base(facts, scope["group"]), facts.suite.h
    size, down = facts.pool.size(stratum), scope.get("order") == "desc"
    keep = min(size, drawn + 2 * events)  # each event moves `next` by one and past at most the dropped
    numbered = (h(base + token) + token for token in facts.pool.tokens(stratum))
    if keep * 8 > size:
        items = sorted(numbered, reverse=down)[:keep]
    else:
        items = (heapq.nlargest if down else heapq.nsmallest)(keep, numbered)
    return Ranking(scope, stratum, size, drawn, items, drawn)


class Selection:
    """Who is drawn (§5.4) and who follows (§5.7). `drawn`: token → the rankings that drew it, in that order."""

    def __init__(self, facts: Facts, events: int) -> None:
        self.lines: list[str] = []
        self.drawn: dict[str, list[Ranking]] = {}
        self._dropped: set[str] = set()
        for scope in facts.commitment["scopes"]:
            self._draw(facts, scope, events)

    def _draw(self, facts: Facts, scope: Doc, events: int) -> None:
        merged: list[tuple[bytes, Ranking]] = []
        for entry, n in zip(scope["strata"], allocate(facts, scope), strict=True):
            r = rank(facts, scope, entry["stratum"], n, events)
            cut = r.items[n - 1][:32].hex() if n else "-"
            self.lines.append(f"S\t{scope['id']}\t{r.stratum}\t{r.size}\t{n}\t{cut}\n")
            merged += [(item, r) for item in r.items[:n]]
        merged.sort(key=operator.itemgetter(0), reverse=scope.get("order") == "desc")
        q, longer = divmod(len(merged), scope.get("batches", 1))
        for k, (item, r) in enumerate(merged):
            batch = k // (q + 1) if k < longer * (q + 1) else longer + (k - longer * (q + 1)) // q
            token = item[32:].hex()
            self.lines.append(f"D\t{scope['id']}\t{batch + 1}\t{r.stratum}\t{token}\n")
            self.drawn.setdefault(token, []).append(r)

    def replace(self, gone: str) -> list[tuple[Ranking, str]]:
        """Drop an object; for each ranking that drew it, the substitute (token or "-")."""
        self._dropped.add(gone)
        out = []
        for r in self.drawn.pop(gone):
            k = r.next
            while k < r.size and r.items[k][32:].hex() in self._dropped:
                k += 1
            r.next = k + 1
            substitute = r.items[k][32:].hex() if k < r.size else "-"
            if k < r.size:
                self.drawn.setdefault(substitute, []).append(r)
            out.append((r, substitute))
        return out


FULL = 1 << 62  # load of an inspector who has no room; above every real load


@dataclass(frozen=True, eq=False)
class Eligible:
    """Inspectors (numbers = ranks) whom department, certificate, tags and region admit, before recusals."""

    order: tuple[int, ...]
    members: frozenset[int]


@dataclass(eq=False)
class Team:
    """One department's slots of one visit; `banned` holds recused and replaced inspectors."""

    slots: list[int]
    banned: frozenset[int]


@dataclass(frozen=True, eq=False)
class Slot:
    token: str
    department: str
    idx: int
    eligible: Eligible
    team: Team


Via = dict[int, tuple[int, int]]


class Matching:
    """§5.6. Slots and inspectors are integers; in searches inspector i is the node ~i (negative), a slot is itself.

    `closed` holds all nodes seen by failed searches: by the protocol's remark no later search needs them.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        suite, seed = facts.suite, facts.seed
        self.inspectors = sorted(facts.roster, key=lambda i: suite.t("ssj1/irank", seed, bytes.fromhex(i.token)))
        self.number = {i.token: k for k, i in enumerate(self.inspectors)}
        yearly = facts.commitment["match"]["balance"] == "year"
        self._base = [i.yearly if yearly else 0 for i in self.inspectors]
        self._load = [b if i.cap else FULL for b, i in zip(self._base, self.inspectors, strict=True)]
        self.held: list[set[int]] = [set() for _ in self.inspectors]
        self.slots: list[Slot] = []
        self.holder: list[int] = []
        self._tries: dict[int, int] = {}
        self._zones = {z for i in self.inspectors for z in i.regions}
        self._cache: dict[tuple[str, tuple[str, ...], frozenset[str]], Eligible] = {}
        self._recused: dict[str, set[int]] = {}
        for token, inspector in facts.recusals:
            if inspector in self.number:
                self._recused.setdefault(token, set()).add(self.number[inspector])
        self.closed: set[int] = set()

    def _eligible(self, department: str, region: str, tags: frozenset[str]) -> Eligible:
        """Regions that no inspector tells apart share one list."""
        zones = ("*", *(region[:k] for k in range(2, len(region) + 1) if region[:k] in self._zones))
        key = (department, zones, tags)
        if key not in self._cache:
            window_end = self._facts.commitment["window_end"]
            order = tuple(
                k
                for k, i in enumerate(self.inspectors)
                if i.department == department
                and i.valid_to >= window_end
                and tags <= i.tags
                and ("expert" in tags) == ("expert" in i.tags)
                and not i.regions.isdisjoint(zones)
            )
            self._cache[key] = Eligible(order, frozenset(order))
        return self._cache[key]

    def add_team(self, token: str, department: str, places: list[frozenset[str]]) -> list[int]:
        """New open slots, one per set of tags."""
        team = Team([], frozenset(self._recused.get(token, ())))
        region = self._facts.region(token)
        for idx, tags in enumerate(places):
            team.slots.append(len(self.slots))
            self.slots.append(Slot(token, department, idx, self._eligible(department, region, tags), team))
            self.holder.append(-1)
        return team.slots

    def _refresh(self, i: int) -> None:
        n = len(self.held[i])
        self._load[i] = self._base[i] + n if n < self.inspectors[i].cap else FULL

    def release(self, slot: int) -> None:
        i, self.holder[slot] = self.holder[slot], -1
        if i >= 0:
            self.held[i].discard(slot)
            self._refresh(i)

    def greedy(self, slot: int, suffix: str = "") -> None:
        s, load = self.slots[slot], self._load
        blocked = {i for i in map(self.holder.__getitem__, s.team.slots) if i >= 0} | s.team.banned
        kept = [(i, load[i]) for i in blocked]
        for i in blocked:
            load[i] = FULL
        loads = list(map(load.__getitem__, s.eligible.order))
        for i, value in kept:
            load[i] = value
        least = min(loads, default=FULL)
        if least == FULL:
            return
        c = [i for i, value in zip(s.eligible.order, loads, strict=True) if value == least]
        label = f"match/{s.token}/{s.department}/{s.idx}{suffix}"
        i = c[self._facts.suite.uniform_int(self._facts.seed, label, len(c))]
        self.holder[slot] = i
        self.held[i].add(slot)
        self._refresh(i)

    def replace(self, slot: int) -> None:
        """§5.7 for one inspector: released, banned from the team, the slot filled again under a new label."""
        gone, team = self.holder[slot], self.slots[slot].team
        self.release(slot)
        team.banned |= {gone}
        self._tries[slot] = self._tries.get(slot, 0) + 1
        self.greedy(slot, f"/{self._tries[slot]}")

    def repair(self) -> None:
        for slot in range(len(self.slots)):
            if self.holder[slot] < 0 and slot not in self.closed:
                self._search(slot, FULL - 1)

    def balance(self) -> None:
        departments: dict[str, list[int]] = {}
        for k, i in enumerate(self.inspectors):
            departments.setdefault(i.department, []).append(k)
        for members in departments.values():
            while self._balance_once(members):
                pass

    def _balance_once(self, members: list[int]) -> bool:
        """One pass over a department: True if something moved. Nobody can gain once the lowest load with room is less
        than 2 below the start's, and starts come in falling load."""
        least = min(self._load[i] for i in members)
        loads = {i: self._base[i] + len(self.held[i]) for i in members}
        for a in sorted(members, key=lambda i: (-loads[i], i)):
            if loads[a] - least < 2:
                return False
            if ~a not in self.closed and self._search(~a, loads[a] - 2):
                return True
        return False

    def _search(self, start: int, limit: int) -> bool:
        """Breadth first from an open slot or an inspector to an inspector with room whose load is at most `limit`;
        the moves found are made.

        `rest` keeps, per eligibility list, who of it is still unseen: slots with the same list then cost only their
        own team, and the order of visits stays that of the literal search.
        """
        queue, seen, via = deque([start]), {start}, Via()
        rest: dict[Eligible, list[int]] = {}
        while queue:
            x = queue.popleft()
            if x < 0:
                for s in sorted(self.held[~x]):
                    if s not in seen and s not in self.closed:
                        seen.add(s)
                        via[s] = (-1, ~x)
                        queue.append(s)
                continue
            eligible, team = self.slots[x].eligible, self.slots[x].team
            if eligible not in rest:
                rest[eligible] = [i for i in eligible.order if ~i not in self.closed]
            mates = {self.holder[s]: s for s in team.slots if s != x and self.holder[s] in eligible.members}
            for i in sorted({*rest[eligible], *mates}) if mates else rest[eligible]:
                if i == self.holder[x] or i in team.banned:
                    continue
                node = mates.get(i, ~i)
                if node in seen or node in self.closed:
                    continue
                seen.add(node)
                via[node] = (x, i)
                if node < 0 and self._load[i] <= limit:
                    self._apply(start, i, via)
                    return True
                queue.append(node)
            rest[eligible] = [i for i in rest[eligible] if ~i not in seen]
        self.closed |= seen
        return False

    def _apply(self, start: int, found: int, via: Via) -> None:
        i, s = found, via[~found][0]
        moves: list[tuple[int, int]] = []
        while True:
            moves.append((s, i))
            if s == start:
                break
            x, i = via[s]
            if x >= 0:  # swap: i leaves s for its team-mate slot x
                s = x
            elif ~i == start:
                break
            else:  # release: i leaves s for the slot that reached it
                s = via[~i][0]
        for s, _ in moves:
            self.held[self.holder[s]].discard(s) if self.holder[s] >= 0 else None
        for s, i in moves:
            self.holder[s] = i
            self.held[i].add(s)
        self._refresh(found)
        if start < 0:
            self._refresh(~start)

    def report(self) -> list[str]:
        """The U lines: to be called between repair and balance, when `closed` holds failed repairs only."""
        out = []
        open_slots = [s for s in range(len(self.slots)) if self.holder[s] < 0]
        for department in sorted({self.slots[s].department for s in open_slots}):
            count = sum(self.slots[s].department == department for s in open_slots)
            seen = [self.slots[s] for s in self.closed if s >= 0 and self.slots[s].department == department]
            kinds = {(slot.eligible, slot.team.banned) for slot in seen}
            inspectors = frozenset[int]().union(*(e.members - banned for e, banned in kinds))
            out.append(f"U\t{department}\t{count}\t{len(seen)}\t{len(inspectors)}\n")
        return out

    def name(self, i: int) -> str:
        return self.inspectors[i].token if i >= 0 else "-"


class Visits:
    """§5.5: visits and their teams on top of the matching. `visits`: object token → department → slots."""

    def __init__(self, facts: Facts, drawn: dict[str, list[Ranking]]) -> None:
        for token in drawn:
            facts.region(token)
        self.matching = Matching(facts)
        self.visits: dict[str, dict[str, list[int]]] = {}
        self._places: dict[tuple[str, tuple[str, ...]], list[frozenset[str]]] = {}
        order = sorted(drawn, key=lambda t: facts.suite.t("ssj1/visit", facts.seed, bytes.fromhex(t)))
        for slot in [s for token in order for s in self.add(token, drawn[token])]:
            self.matching.greedy(slot)
        self.matching.repair()
        self.report = self.matching.report()
        self.matching.balance()

    def add(self, token: str, rankings: list[Ranking]) -> list[int]:
        """New slots for the departments of this object that have none yet."""
        visit = self.visits.setdefault(token, {})
        scopes = {r.scope["id"]: r.scope for r in rankings}
        new: list[int] = []
        for department in sorted({d["id"] for s in scopes.values() for d in s["departments"]} - visit.keys()):
            visit[department] = self.matching.add_team(token, department, self._merged(department, scopes))
            new += visit[department]
        return new

    def _merged(self, department: str, scopes: dict[str, Doc]) -> list[frozenset[str]]:
        """The tags wanted at each place: officers, then experts, position by position over the scopes."""
        key = (department, tuple(sorted(scopes)))
        if key not in self._places:
            teams = [d["team"] for s in scopes.values() for d in s["departments"] if d["id"] == department]
            places: list[frozenset[str]] = []
            for expert in (False, True):
                own = frozenset({"expert"} if expert else ())
                rows = [
                    [frozenset(x.get("tags", ())) for x in team if (x.get("role") == "expert") == expert]
                    for team in teams
                ]
                places += [own.union(*column) for column in zip_longest(*rows, fillvalue=frozenset[str]())]
            self._places[key] = places
        return self._places[key]

    def delete(self, token: str) -> None:
        for slots in self.visits.pop(token).values():
            for slot in slots:
                self.matching.release(slot)

    def relieve(self, token: str, inspector: str) -> str:
        """An inspector unable (R line); `SUBSTITUTION` if not on this visit."""
        m = self.matching
        i = m.number.get(inspector, -1)
        held = [s for slots in self.visits[token].values() for s in slots if i >= 0 and m.holder[s] == i]
        if not held:
            raise Refusal("SUBSTITUTION", f"人员 {inspector} 不在对象 {token} 的检查组中")
        m.replace(held[0])
        slot = m.slots[held[0]]
        return f"R\t{token}\t{slot.department}\t{slot.idx}\t{inspector}\t{m.name(m.holder[held[0]])}\n"

    def lines(self) -> Iterator[str]:
        m = self.matching
        for token in sorted(self.visits):
            for department in sorted(self.visits[token]):
                for idx, slot in enumerate(self.visits[token][department]):
                    yield f"M\t{token}\t{department}\t{idx}\t{m.name(m.holder[slot])}\n"
        yield from self.report


def substitute(facts: Facts, selection: Selection, visits: Visits | None, event: Doc) -> list[str]:
    """§5.7, one event; its X or R lines."""
    gone = event["drop"]
    if gone not in selection.drawn:
        raise Refusal("SUBSTITUTION", f"对象 {gone} 当前未被抽中")
    if "inspector" in event:
        return [visits.relieve(gone, event["inspector"])] if visits else []
    replaced = selection.replace(gone)
    lines = [f"X\t{r.scope['id']}\t{r.stratum}\t{gone}\t{sub}\n" for r, sub in replaced]
    if visits:
        visits.delete(gone)
        for sub in dict.fromkeys(sub for _, sub in replaced if sub != "-"):
            facts.region(sub)
            for slot in visits.add(sub, selection.drawn[sub]):
                visits.matching.greedy(slot)
    return lines


def result_texts(facts: Facts, events: list[Doc], wanted: set[int]) -> dict[int, str]:
    """§5.8: the result text of each version wanted (version k: the first k events applied)."""
    selection = Selection(facts, len(events))
    visits = Visits(facts, selection.drawn) if facts.staffed else None
    written, texts = list(selection.lines), {}
    for k in range(len(events) + 1):
        if k:
            written += substitute(facts, selection, visits, events[k - 1])
        if k in wanted:
            texts[k] = "".join([*written, *(visits.lines() if visits else ())])
    return texts


def result_hash(facts: Facts, text: str) -> str:
    return facts.suite.t("ssj1/result", facts.commit_hash, facts.seed, text).hex()


# ── §6 Refusals, in the order of its rows ────────────────────────────────────────────────────────────────────────────


def parse_document(text: Any, kind: str | None = None) -> Doc:
    """`TEXT` to `FIELD` of one document; `kind` if only that one is expected."""
    if not isinstance(text, str) or not is_text(text):
        raise Refusal("TEXT", "文本不是 NFC 或含孤立代理码点")
    doc = strict_json(text)
    require_text(doc, "文件")
    if Shape(_spec, dict.fromkeys(doc, lambda _: True)).misfit(doc) or doc["kind"] not in ([kind] if kind else KINDS):
        raise Refusal("SPEC", "spec、kind、suite 缺失或不认识，或不是应有的文件")
    fit(doc, KINDS[doc["kind"]], f"{doc['kind']} 文件")
    return doc


def _distinct(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise Refusal("DUPLICATE_ID", f"{what} {value} 重复")
        seen.add(value)


def check_scopes(c: Doc) -> None:
    """`DUPLICATE_ID` to `ALLOC`."""
    _distinct(c["columns"], "列")
    for member in ("strata", "scopes", "parties", "beacons"):
        _distinct((x["id"] for x in c[member]), member)
    for scope in c["scopes"]:
        _distinct((e["stratum"] for e in scope["strata"]), f"范围 {scope['id']} 的分层")
        _distinct((d["id"] for d in scope["departments"]), f"范围 {scope['id']} 的部门")
    sizes = {s["id"]: s["size"] for s in c["strata"]}
    for scope in c["scopes"]:
        for e in scope["strata"]:
            if e["stratum"] not in sizes:
                raise Refusal("REFERENCE", f"范围 {scope['id']} 引用了未声明的分层 {e['stratum']}")
    for scope in c["scopes"]:
        for d in scope["departments"]:
            _check_team(d, scope["id"])
    for scope in c["scopes"]:
        _check_alloc(scope, sizes)


def _check_team(department: Doc, scope: str) -> None:
    experts = [slot.get("role") == "expert" for slot in department["team"]]
    tagged = any("expert" in slot.get("tags", ()) for slot in department["team"])
    if experts.count(False) < 2 or experts != sorted(experts) or tagged:
        raise Refusal("TEAM", f"范围 {scope} 部门 {department['id']}：执法人员少于两名、专家不在最后或用了保留标签")


def _check_alloc(scope: Doc, sizes: dict[str, int]) -> None:
    if "total" in scope:
        weights = _weights(scope, sizes.__getitem__)
        m = sum(weights)
        asks = zip(scope["strata"], weights, strict=True)
        wrong = m > 2**63 or any(sizes[e["stratum"]] and scope["total"] * int(e.get("weight", 1)) > m for e, _ in asks)
    else:
        wrong = any("min" in e and "max" in e and e["min"] > e["max"] for e in scope["strata"])
    if wrong:
        raise Refusal("ALLOC", f"范围 {scope['id']} 的分配规则可能要求多于现有的数量，或下限大于上限")


def check_ceremony(c: Doc) -> None:
    parties, none = len(c["parties"]), not c["beacons"]
    if not 2 <= c["min_shares"] <= parties or (none and c["min_shares"] != parties):
        raise Refusal("CEREMONY", "最少份额数不符合规则")
    if none != ("no_beacon_profile" in c):
        raise Refusal("CEREMONY", "no_beacon_profile 应当且仅当没有公共随机源时出现")
    times = [b["not_before"] for b in c["beacons"]]
    if not c["published_at"] < c["reveal_deadline"] or any(t <= c["reveal_deadline"] for t in times):
        raise Refusal("CEREMONY", "时间次序不对：承诺、揭示期限、公共随机源须依次在后")


def check_commitment(c: Doc) -> None:
    check_scopes(c)
    check_ceremony(c)


def _tokens(name: str, tokens: Any) -> list[str]:
    """`POOL_FORM` of one stratum."""
    if not isinstance(tokens, list) or not all(isinstance(t, str) and len(t) == 64 for t in tokens):
        raise Refusal("POOL_FORM", f"分层 {name} 的标识缺失或不是 64 位十六进制")
    if not re.fullmatch("[0-9a-f]*", "".join(tokens)):
        raise Refusal("POOL_FORM", f"分层 {name} 的标识不是小写十六进制")
    return tokens


def check_pool(c: Doc, suite: Suite, strata: Any) -> Pool:
    """`POOL_FORM` to `POOL_OVERLAP`; `strata` is {id: [hex]}."""
    names = [s["id"] for s in c["strata"]]
    given = {n: _tokens(n, strata.get(n) if isinstance(strata, dict) else None) for n in names}
    for name, tokens in given.items():
        for k, (a, b) in enumerate(pairwise(tokens)):
            if a >= b:
                raise Refusal("POOL_ORDER", f"分层 {name} 第 {k + 2} 行没有严格递增")
    pool = Pool({name: bytes.fromhex("".join(tokens)) for name, tokens in given.items()})
    for s in c["strata"]:
        if pool.size(s["id"]) != s["size"]:
            raise Refusal("POOL_ROOT", f"分层 {s['id']} 有 {pool.size(s['id'])} 个标识，承诺为 {s['size']} 个")
        if suite.root(pool.strata[s["id"]]).hex() != s["root"]:
            raise Refusal("POOL_ROOT", f"分层 {s['id']} 的根与承诺不同：名册被改过")
    for used in dict.fromkeys(frozenset(e["stratum"] for e in scope["strata"]) for scope in c["scopes"]):
        if len(used) > 1 and len(set().union(*(given[n] for n in used))) < sum(len(given[n]) for n in used):
            raise Refusal("POOL_OVERLAP", f"同一范围的分层 {'、'.join(sorted(used))} 有相同标识")
    return pool


def list_rows(rows: Any, code: str, what: str) -> list[str]:
    """Rows of a list (§3): texts, NFC, strictly increasing (code points order like UTF-8 bytes), or `code`."""
    if not isinstance(rows, list):
        raise Refusal(code, f"{what}缺失或不是列表")
    for k, row in enumerate(rows):
        if not isinstance(row, str) or not is_text(row):
            raise Refusal(code, f"{what}第 {k + 1} 行不是 NFC 文本")
        if k and rows[k - 1] >= row:
            raise Refusal(code, f"{what}第 {k + 1} 行没有严格递增")
    return rows


def check_roster(facts: Facts, rows: Any) -> None:
    """Roster half of `LIST_FORM`."""
    for k, row in enumerate(list_rows(rows, "LIST_FORM", "人员名录")):
        inspector = read_inspector(row)
        if inspector is None:
            raise Refusal("LIST_FORM", f"人员名录第 {k + 1} 行格式不对")
        facts.roster.append(inspector)
    if len({i.token for i in facts.roster}) < len(facts.roster):
        raise Refusal("LIST_FORM", "人员名录中有标识重复")


def check_recusals(facts: Facts, rows: Any) -> None:
    """Recusal half of `LIST_FORM`."""
    for k, row in enumerate(list_rows(rows, "LIST_FORM", "回避清单")):
        cells = row.split("\t")
        if len(cells) != 2 or not all(map(is_hex, cells)):
            raise Refusal("LIST_FORM", f"回避清单第 {k + 1} 行格式不对")
        facts.recusals.append((cells[0], cells[1]))


def check_list_hash(facts: Facts, rows: list[str], member: str, what: str) -> None:
    if facts.suite.list_hash(rows) != facts.commitment[member]:
        raise Refusal("LIST_HASH", f"{what}与承诺的哈希不同：清单被改过")


def _opened(facts: Facts, row: str) -> tuple[str, str, str, list[str]] | None:
    """One opening that hashes to its token: kind, token, record, fields; None if malformed or not hashing."""
    kind, _, rest = row.partition("\t")
    token, _, rest = rest.partition("\t")
    nonce, _, record = rest.partition("\t")
    if kind not in ("object", "inspector") or not is_hex(token) or not is_hex(nonce):
        return None
    fields = record_fields(record, 4 if kind == "inspector" else len(facts.commitment["columns"]))
    if fields is None or facts.token(kind, bytes.fromhex(nonce), record) != token:
        return None
    return kind, token, record, fields


def check_openings(facts: Facts, rows: Any) -> None:
    facts.openings = list_rows(rows, "OPENING", "公开的开封清单")
    departments = {i.token: i.department for i in facts.roster}
    ids: set[str] = set()
    for k, row in enumerate(facts.openings):
        opened, where = _opened(facts, row), f"开封清单第 {k + 1} 行"
        if opened is None:
            raise Refusal("OPENING", f"{where}格式不对，或算不出其标识")
        kind, token, record, fields = opened
        if kind == "inspector":
            if departments.get(token) != fields[2]:
                raise Refusal("OPENING", f"{where}的人员不在名录，或部门与名录不同")
            continue
        if not facts.pool.holders(token) or fields[0] in ids:
            raise Refusal("OPENING", f"{where}的对象不在名册，或对象编号重复")
        ids.add(fields[0])
        facts.records[token] = record


class Auditor:
    """`BLIND_KEY` to `OPENING_ROSTER`, with the blind key and every record (private)."""

    def __init__(self, facts: Facts, private: Any) -> None:
        self.facts, self.private = facts, private if isinstance(private, dict) else {}
        c, key = facts.commitment, self.private.get("blind_key")
        self.key = bytes.fromhex(str(key)) if is_hex(key) else b""
        if facts.suite.t("ssj1/blind-key", c["draw_id"], self.key).hex() != c["blind_key_commit"]:
            raise Refusal("BLIND_KEY", "盲化密钥打不开其承诺")

    def _token(self, kind: str, record: str, first: str) -> str:
        nonce = self.facts.suite.mac(self.key, "ssj1/nonce", kind, self.facts.commitment["draw_id"], first)
        return self.facts.token(kind, nonce, record)

    def check(self) -> None:
        objects, inspectors = self.private.get("objects"), self.private.get("inspectors")
        if not isinstance(objects, list) or not isinstance(inspectors, list):
            raise Refusal("RECORD", "全部登记内容缺失")
        shape = Shape({"line": lambda v: isinstance(v, str), "strata": array(lambda v: isinstance(v, str), 0)})
        if not all(map(shape, objects)):
            raise Refusal("RECORD", "对象登记内容格式不对")
        width = len(self.facts.commitment["columns"])
        firsts = self._firsts([o["line"] for o in objects], width, "对象")
        officers = self._firsts(inspectors, 4, "人员")
        self._check_pool(objects, firsts)
        opened = {(self._token("inspector", r, first), r.split("\t")[2]) for r, first in officers.items()}
        if opened != {(i.token, i.department) for i in self.facts.roster}:
            raise Refusal("OPENING_ROSTER", "名录中的标识与部门不是由人员登记内容算出的")

    @staticmethod
    def _firsts(records: list[Any], width: int, what: str) -> dict[str, str]:
        """Record → its first field; `RECORD` if malformed or an id occurs twice."""
        out: dict[str, str] = {}
        for k, record in enumerate(records):
            fields = record_fields(record, width) if isinstance(record, str) else None
            if fields is None:
                raise Refusal("RECORD", f"{what}第 {k + 1} 条登记内容格式不对")
            out[record] = fields[0]
        if len(set(out.values())) < len(records):
            raise Refusal("RECORD", f"{what}编号重复")
        return out

    def _check_pool(self, objects: list[Doc], firsts: dict[str, str]) -> None:
        strata: dict[str, list[str]] = {name: [] for name in self.facts.pool.strata}
        for o in objects:
            token = self._token("object", o["line"], firsts[o["line"]])
            self.facts.records[token] = o["line"]
            for name in o["strata"]:
                if name not in strata:
                    raise Refusal("OPENING_POOL", f"登记内容写着未声明的分层 {name}")
                strata[name].append(token)
        for name, tokens in strata.items():
            if bytes.fromhex("".join(sorted(tokens))) != self.facts.pool.strata[name]:
                raise Refusal("OPENING_POOL", f"分层 {name} 与登记内容算出的不完全相同（有增、减或重复）")


def check_shares(c: Doc, suite: Suite, shares: list[Doc]) -> None:
    """`SHARE`, `SHARE_COUNT`."""
    commits = {p["id"]: p["commit"] for p in c["parties"]}
    for s in shares:
        commit = commits.pop(s["party"], None)
        if commit is None:
            raise Refusal("SHARE", f"见证方 {s['party']} 不在承诺中或出现两次")
        if suite.t("ssj1/share", c["draw_id"], s["party"], bytes.fromhex(s["value"])).hex() != commit:
            raise Refusal("SHARE", f"见证方 {s['party']} 的份额打不开其承诺")
    if len(shares) < c["min_shares"]:
        raise Refusal("SHARE_COUNT", f"只有 {len(shares)} 份份额，至少要 {c['min_shares']} 份")


def check_beacons(c: Doc, beacons: list[Doc]) -> None:
    if sorted(b["id"] for b in beacons) != sorted(b["id"] for b in c["beacons"]):
        raise Refusal("BEACON", "公共随机源不是承诺的那几个")
    patterns = {b["id"]: b["pattern"] for b in c["beacons"]}
    for b in beacons:
        if not pattern_matches(patterns[b["id"]], b["value"]):
            raise Refusal("BEACON", f"公共随机源 {b['id']} 的值不符合承诺的格式")


# ── §2 Log rules: the last rows of §6 before RESULT ──────────────────────────────────────────────────────────────────

COMMITTED, SEALED, REVEALED, PUBLISHED, VOID = "COMMITTED", "SEALED", "REVEALED", "PUBLISHED", "VOID"
FROM = {
    "shares": {COMMITTED},
    "beacon": {SEALED},
    "result": {REVEALED, PUBLISHED},
    "substitution": {PUBLISHED},
    "disclosure": {PUBLISHED},
    "void": {COMMITTED, SEALED, PUBLISHED},
}


@dataclass
class Logged:
    """What the log says of one draw so far."""

    text: str
    doc: Doc
    state: str = COMMITTED
    shares: list[Doc] = field(default_factory=list)
    beacons: list[Doc] = field(default_factory=list)
    events: list[Doc] = field(default_factory=list)
    results: list[Doc] = field(default_factory=list)
    openings_hash: str = ""
    void: Doc | None = None

    @property
    def suite(self) -> Suite:
        return SUITES[self.doc["suite"]]

    @property
    def times(self) -> list[str]:
        """The `not_before` of its beacons."""
        return [b["not_before"] for b in self.doc["beacons"]]

    def take(self, d: Doc) -> None:
        """One later document of this draw: `LOG_COMMIT`, `LOG_STATE`, `LOG_TIME`, `SHARE` … `BEACON`."""
        if d["suite"] != self.doc["suite"] or d["commit_hash"] != self.suite.hex(self.text):
            raise Refusal("LOG_COMMIT", "算法套件或 commit_hash 与本次承诺不同")
        if self.state not in FROM[d["kind"]]:
            raise Refusal("LOG_STATE", f"状态 {self.state} 之后不应有 {d['kind']}")
        getattr(self, "_" + d["kind"])(d)

    def _shares(self, d: Doc) -> None:
        early = d["published_at"] < self.doc["reveal_deadline"] and len(d["shares"]) != len(self.doc["parties"])
        if early or any(d["published_at"] >= t for t in self.times):
            raise Refusal("LOG_TIME", "份额应在揭示期限之后（或全部到齐）、公共随机源产生之前公布")
        check_shares(self.doc, self.suite, d["shares"])
        self.shares, self.state = d["shares"], SEALED if self.doc["beacons"] else REVEALED

    def _beacon(self, d: Doc) -> None:
        if any(d["published_at"] < t for t in self.times):
            raise Refusal("LOG_TIME", "公共随机源的公布早于其产生时间")
        check_beacons(self.doc, d["beacons"])
        self.beacons, self.state = d["beacons"], REVEALED

    def _result(self, d: Doc) -> None:
        last = self.results[-1]["version"] if self.results else -1
        if d["version"] != len(self.events) or d["version"] <= last:
            raise Refusal("LOG_STATE", "结果的版本号不等于至今的替补次数，或没有增加")
        self.results.append(d)
        self.state = PUBLISHED

    def _substitution(self, d: Doc) -> None:
        self.events.append({name: d[name] for name in ("drop", "inspector", "reason") if name in d})

    def _disclosure(self, d: Doc) -> None:
        self.openings_hash = d["openings_hash"]

    def _void(self, d: Doc) -> None:
        known = not self.times or self.state in (SEALED, PUBLISHED) or d["published_at"] >= min(self.times)
        if known != ("late" in d):
            raise Refusal("LOG_TIME", "作废文件的 late 标记应当且仅当结果可能已被人知道时出现")
        self.void, self.state = d, VOID


class Log:
    """The whole log of the district (本区县公开日志), judged from document 1."""

    def __init__(self, texts: list[Any]) -> None:
        self.draws: dict[str, Logged] = {}
        self._last_of_task: dict[str, str] = {}
        self._previous, self._time = "", ""
        for k, text in enumerate(texts):
            try:
                self._take(k + 1, text)
            except Refusal as r:
                raise Refusal(r.code, f"日志第 {k + 1} 个文件：{r.detail}") from r

    def _take(self, seq: int, text: Any) -> None:
        d = parse_document(text)
        previous = SUITES[d["suite"]].hex(self._previous) if seq > 1 else "0" * 64
        if d["log_seq"] != seq or d["log_prev"] != previous:
            raise Refusal("LOG_CHAIN", "序号或前一文件的哈希不连贯：日志被改过或缺页")
        if d["published_at"] < self._time:
            raise Refusal("LOG_TIME", "公布时间早于前一文件")
        if d["kind"] == "commitment":
            self._commit(text, d)
        elif d["draw_id"] not in self.draws:
            raise Refusal("LOG_COMMIT", f"抽取 {d['draw_id']} 没有承诺")
        else:
            self.draws[d["draw_id"]].take(d)
        self._previous, self._time = text, d["published_at"]

    def _commit(self, text: str, d: Doc) -> None:
        check_commitment(d)
        last = self._last_of_task.get(d["task_id"])
        again = d["draw_id"] in self.draws or d.get("replaces") != last
        if again or (last is not None and self.draws[last].state != VOID):
            raise Refusal("LOG_REDRAW", "抽取编号重复，或重抽没有指明（且只指明）同一任务刚作废的那次抽取")
        self.draws[d["draw_id"]] = Logged(text, d)
        self._last_of_task[d["task_id"]] = d["draw_id"]

    def notes(self, draw_id: str) -> Iterator[str]:
        """What §2 and §7 oblige a verifier to report."""
        mine = self.draws[draw_id].doc
        roots = {s["root"] for s in mine["strata"] if s["size"]}
        for name, draw in self.draws.items():
            own_task = draw.doc["task_id"] == mine["task_id"]
            if draw.void and (own_task or "late" in draw.void):
                late = "作废（迟作废：作废时可能已有人知道结果）" if "late" in draw.void else "作废"
                whose = "本任务" if own_task else f"任务 {draw.doc['task_id']} "
                yield f"{'本次' if name == draw_id else whose + '的'}抽取 {name} 已{late}：{draw.void['reason']}"
            if name != draw_id and roots & {s["root"] for s in draw.doc["strata"]}:
                yield f"抽取 {name}（任务 {draw.doc['task_id']}）承诺了与本次相同的名册"
        if "replaces" in mine:
            yield f"本次是重抽，取代已作废的 {mine['replaces']}"


def _plain(events: list[Doc]) -> list[Doc]:
    return [{name: e[name] for name in sorted(e)} for e in events]


def check_log_content(log: Log, record: Record, facts: Facts, hashes: dict[int, str]) -> None:
    """`LOG_CONTENT`; `hashes` has the recomputed result_hash per version, where it could be recomputed."""

    def need(holds: bool, detail: str) -> None:
        if not holds:
            raise Refusal("LOG_CONTENT", detail)

    def pairs(rows: list[Doc]) -> dict[str, str]:
        return {r["party" if "party" in r else "id"]: r["value"] for r in rows}

    draw = log.draws.get(facts.commitment["draw_id"])
    need(draw is not None and draw.text == record.commitment, "日志中的承诺文本不是所核验的承诺")
    if draw is None:
        return
    need(pairs(draw.shares) == pairs(record.reveal["shares"]), "日志中的份额不是所核验的份额")
    need(pairs(draw.beacons) == pairs(record.reveal["beacons"]), "日志中的公共随机源不是所核验的")
    need(_plain(draw.events) == _plain(record.substitutions), "日志中的替补（含理由）不是所核验的")
    need(bool(draw.results), "日志中没有结果")
    need(draw.results[-1]["version"] == len(draw.events), "最后的结果之后还有替补")
    for r in draw.results:
        need(r["seed"] == facts.seed.hex(), f"日志中第 {r['version']} 版结果的种子与重算不同")
        due = hashes.get(r["version"], None if facts.staffed else r["result_hash"])
        need(r["result_hash"] == due, f"日志中第 {r['version']} 版结果的 result_hash 与重算不同")
    if facts.openings:
        hashed = facts.suite.list_hash(facts.openings)
        need(hashed == draw.openings_hash, "所给的开封清单不是日志中最后一次披露的那份")


# ── §7, §10 Verification of one file ─────────────────────────────────────────────────────────────────────────────────

POOL, PROMISE, RESULT, LOG = "名册未变", "承诺一致", "结果可重算且一致", "日志连贯"
HOW = {
    POOL: "逐层核对标识的次序、数目与默克尔根，人员名录与回避清单的哈希，公开（或全部）登记内容能算出各自标识",
    PROMISE: "承诺书按严格文本与 JSON 核对；每份见证份额打开其承诺；公共随机源是承诺的那几个，格式相符",
    RESULT: "由承诺、份额、公共随机源重算种子、各层数量、号码、批次、检查组与替补，比对公布的哈希与文本（如带有）",
    LOG: "从第 1 个文件起逐个核对序号、前文哈希、时间与状态；承诺、份额、替补、各版结果、披露与所核验的一致",
}
MEANING = {
    "FILE": "文件本身读不出来，或不是抽取记录的格式",
    "TEXT": "文本不合规范",
    "JSON": "不是严格的 JSON",
    "SPEC": "不是本协议的文件",
    "FIELD": "成员不合规定",
    "DUPLICATE_ID": "编号重复",
    "REFERENCE": "引用了不存在的分层",
    "TEAM": "检查组组成不合规定",
    "ALLOC": "数量分配规则不合规定",
    "CEREMONY": "仪式安排不合规定",
    "POOL_FORM": "名册缺失或格式不对",
    "POOL_ORDER": "名册次序不对",
    "POOL_ROOT": "名册与承诺不符",
    "POOL_OVERLAP": "名册分层重叠",
    "LIST_FORM": "人员名录或回避清单格式不对",
    "LIST_HASH": "人员名录或回避清单与承诺不符",
    "OPENING": "公开的登记内容（开封）有误",
    "BLIND_KEY": "盲化密钥不符",
    "RECORD": "全部登记内容有误",
    "OPENING_POOL": "名册不是由登记内容得出的",
    "OPENING_ROSTER": "人员名录不是由登记内容得出的",
    "SHARE": "见证份额不符",
    "SHARE_COUNT": "见证份额不足",
    "BEACON": "公共随机源不符",
    "REGION": "抽中对象尚未公开登记内容",
    "SUBSTITUTION": "替补有误",
    "LOG_CHAIN": "日志不连贯",
    "LOG_TIME": "日志时间有误",
    "LOG_REDRAW": "重抽不合规定",
    "LOG_COMMIT": "日志文件不属于其承诺",
    "LOG_STATE": "日志步骤有误",
    "LOG_CONTENT": "日志与所核验的内容不同",
    "RESULT": "公布的结果与重算不同",
    "INCLUSION": "包含证明的结论与重算不同",
    "UNIFORM_INT": "随机整数与重算不同",
    "NOT_REFUSED": "应被拒绝的反例没有被拒绝",
    "ENTERPRISE_FORM": "企业自查文件格式不对",
    "ENTERPRISE_DRAW": "企业自查文件属于另一次抽取",
    "ENTERPRISE_TOKEN": "登记内容与随机数不合规范",
    "ENTERPRISE_PROOF": "名册中没有由这份登记内容算出的标识，或包含证明不成立",
    "INTERNAL": "核验程序未能处理此文件（未通过）",
}


@dataclass
class Record:
    """One file of §10, members not judged yet."""

    commitment: str
    reveal: Any
    public: Doc
    private: Any
    substitutions: Any
    log: list[Any] | None
    expected: Doc | None


def load_json(path: Path) -> Doc:
    """The object in a file; `FILE` if it cannot be read as one."""
    try:
        value = json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise Refusal("FILE", f"读不出或不是 UTF-8 的 JSON（{type(error).__name__}）") from error
    if not isinstance(value, dict):
        raise Refusal("FILE", "最外层不是对象")
    return value


def load_record(path: Path) -> Record:
    value = load_json(path)
    kinds: dict[str, type] = {"commitment": str, "public": dict, "log": list, "expected": dict}
    for name, kind in kinds.items():
        needed = name in ("commitment", "public")
        if not isinstance(value.get(name), kind) and (needed or name in value):
            raise Refusal("FILE", f"成员 {name} 缺失或类型不对")
    expected = value.get("expected")
    if expected and "error" in expected and (len(expected) > 1 or not isinstance(expected["error"], str)):
        raise Refusal("FILE", "expected 有 error 时不应有其他成员")
    return Record(
        value["commitment"],
        value.get("reveal"),
        value["public"],
        value.get("private"),
        value.get("substitutions", []),
        value.get("log"),
        expected,
    )


_LINE = re.compile("[^\n]*\n|[^\n]+")


class Verification:
    """The procedure of §10 on one record. After `run`: `refusal`, `notes`, and per verdict whether it was reached."""

    def __init__(self, record: Record, at_result: bool = False) -> None:
        self.record = record
        self.refusal: Refusal | None = None
        self.notes: list[str] = []
        self.verdicts: dict[str, str] = dict.fromkeys(HOW, "未核验")
        hidden = not record.public.get("openings") and record.private is None
        self.early = at_result and hidden
        self.text = ""
        self._log: Log | None = None
        self._hashes: dict[int, str] = {}

    def run(self) -> None:
        steps: list[tuple[str, Callable[[], None]]] = [
            (PROMISE, self._commitment),
            (POOL, self._lists),
            (PROMISE, self._reveal),
            (RESULT, self._compute),
            (LOG, self._check_log),
            (RESULT, self._compare),
        ]
        for k, (verdict, step) in enumerate(steps):
            try:
                step()
            except Refusal as refusal:
                self.refusal, self.verdicts[verdict] = refusal, f"不通过（{refusal.code}）"
                return
            if verdict not in [v for v, _ in steps[k + 1 :]]:
                self.verdicts[verdict] = "通过"
        if self.record.log is None:
            self.verdicts[LOG] = "未核验（文件不含公开日志）"
        if self.early:
            self.verdicts[RESULT] = "部分通过（抽取与替补已核验；人员匹配待披露后核验）"

    @property
    def due(self) -> str | None:
        """The refusal that a test vector asks for."""
        return (self.record.expected or {}).get("error")

    @property
    def outcome(self) -> Refusal | None:
        """None if OK: no refusal, or in a counter-example (反例) exactly the one due."""
        if self.due is None:
            return self.refusal
        if self.refusal is None:
            return Refusal("NOT_REFUSED", f"应报 {self.due}")
        return None if self.refusal.code == self.due else self.refusal

    def _commitment(self) -> None:
        text = self.record.commitment
        c = parse_document(text, "commitment")
        check_commitment(c)
        suite = SUITES[c["suite"]]
        self.facts = Facts(c, suite, suite.h(text.encode()), Pool({}), staffed=not self.early)

    def _lists(self) -> None:
        public, facts = self.record.public, self.facts
        facts.pool = check_pool(facts.commitment, facts.suite, public.pop("strata", None))
        roster, recusals = public.get("roster"), public.get("recusals")
        withheld = self.early and not recusals
        check_roster(facts, roster)
        check_recusals(facts, [] if withheld else recusals)
        check_list_hash(facts, roster or [], "roster_hash", "人员名录")
        if not withheld:
            check_list_hash(facts, recusals or [], "recusal_hash", "回避清单")
        check_openings(facts, public.get("openings", []))
        if self.record.private is not None:
            Auditor(facts, self.record.private).check()
            self.record.private = None

    def _reveal(self) -> None:
        reveal, facts = self.record.reveal, self.facts
        require_text(reveal, "揭示")
        fit(reveal, REVEAL, "揭示")
        check_shares(facts.commitment, facts.suite, reveal["shares"])
        check_beacons(facts.commitment, reveal["beacons"])
        facts.seed = draw_seed(facts, reveal)

    def _compute(self) -> None:
        events = self.record.substitutions
        require_text(events, "替补")
        if not isinstance(events, list):
            raise Refusal("FIELD", "替补不是列表")
        for k, event in enumerate(events):
            fit(event, _replaced, f"第 {k + 1} 次替补")
        texts = result_texts(self.facts, events, {len(events)} | self._logged_versions())
        self.text = texts[len(events)]
        if not self.early:
            self._hashes = {k: result_hash(self.facts, text) for k, text in texts.items()}
            return
        published = (self.record.expected or {}).get("result_text")
        if isinstance(published, str) and not _SURROGATE.search(published):
            self._hashes = {len(events): result_hash(self.facts, published)}

    def _logged_versions(self) -> set[int]:
        """Versions that the log's results name; whether they stand there rightly is judged later."""
        versions = set()
        for text in self.record.log or []:
            try:
                doc = parse_document(text, "result")
            except Refusal:
                continue
            if doc["draw_id"] == self.facts.commitment["draw_id"]:
                versions.add(doc["version"])
        return versions

    def _check_log(self) -> None:
        if self.record.log is None:
            return
        log = Log(self.record.log)
        check_log_content(log, self.record, self.facts, self._hashes)
        self.notes += log.notes(self.facts.commitment["draw_id"])

    def _compare(self) -> None:
        """`RESULT`, then the proofs and integers that a vector brings along."""
        expected, facts = self.record.expected, self.facts
        if self.due is not None:
            return
        if expected is None:
            if self.record.log is None or self.early:
                raise Refusal("RESULT", "文件里没有可比对的公布结果（expected）")
            return
        last = len(self.record.substitutions)
        for name, due in (("commit_hash", facts.commit_hash.hex()), ("seed", facts.seed.hex())):
            if expected.get(name) != due:
                raise Refusal("RESULT", f"{name} 应为 {due}")
        self._compare_text(expected.get("result_text"))
        if expected.get("result_hash") != self._hashes.get(last):
            raise Refusal("RESULT", f"result_hash 应为 {self._hashes.get(last)}")
        self._compare_rest(expected.get("inclusion", []), expected.get("uniform_int", []))

    def _compare_text(self, published: Any) -> None:
        if not isinstance(published, str):
            raise Refusal("RESULT", "没有公布的结果文本")
        mine, theirs = _LINE.findall(self.text), _LINE.findall(published)
        if self.early:
            theirs = [line for line in theirs if line[:2] not in ("M\t", "R\t", "U\t")]
        for k, (a, b) in enumerate(zip_longest(mine, theirs)):
            if a != b:
                raise Refusal("RESULT", f"结果文本第 {k + 1} 行：重算为 {a!r}，公布为 {b!r}")

    def _compare_rest(self, proofs: Any, integers: Any) -> None:
        for k, proof in enumerate(proofs if isinstance(proofs, list) else [proofs]):
            bare = {n: v for n, v in proof.items() if n != "valid"} if isinstance(proof, dict) else None
            if bare is None or proof.get("valid") is not inclusion_holds(self.facts, bare):
                raise Refusal("INCLUSION", f"第 {k + 1} 个包含证明")
        for k, x in enumerate(integers if isinstance(integers, list) else [integers]):
            if not self._integer_holds(x):
                raise Refusal("UNIFORM_INT", f"第 {k + 1} 个随机整数")

    def _integer_holds(self, x: Any) -> bool:
        decimal = _full("0|[1-9][0-9]{0,19}")
        if not Shape({"label": is_line, "m": decimal, "value": decimal})(x) or not is_text(x["label"]):
            return False
        m = int(x["m"])
        return 1 <= m <= 2**63 and self.facts.suite.uniform_int(self.facts.seed, x["label"], m) == int(x["value"])


_proof = Shape(
    {
        "stratum": is_id,
        "token": is_hex,
        "chunk_index": is_uint,
        "chunk": _full("([0-9a-f]{64})*"),
        "path": array(is_hex, 0),
    }
)


def inclusion_holds(facts: Facts, proof: Any) -> bool:
    """§3: the proof shows its token in its stratum, as committed. False also if malformed."""
    strata = {s["id"]: s for s in facts.commitment["strata"]}
    if not _proof(proof) or proof["stratum"] not in strata:
        return False
    size, index = strata[proof["stratum"]]["size"], proof["chunk_index"]
    tokens = [proof["chunk"][k : k + 64] for k in range(0, len(proof["chunk"]), 64)]
    leaves = -(-size // 256)
    if index >= leaves or len(tokens) != min(256, size - 256 * index):
        return False
    if proof["token"] not in tokens or any(a >= b for a, b in pairwise(tokens)):
        return False
    leaf = facts.suite.h(b"\0" + bytes.fromhex(proof["chunk"]))
    root = bytes.fromhex(strata[proof["stratum"]]["root"])
    return facts.suite.path_holds(root, leaf, (index, leaves), [bytes.fromhex(p) for p in proof["path"]])


# ── §7 Enterprise (企业自查) ──────────────────────────────────────────────────────────────────────────────────────────

_own = Shape(
    {
        "draw_id": is_id,
        "nonce": is_hex,
        "record": lambda v: isinstance(v, str),
        "inclusion": array(lambda v: isinstance(v, dict)),
    }
)


def own_token(facts: Facts, own: Doc) -> str:
    """The token that an enterprise's opening gives, proven to be in the pool.

    `own` is {draw_id, nonce, record, inclusion: [proof]} as described in verifier/README.md. Raises `Refusal`
    ENTERPRISE_FORM, ENTERPRISE_DRAW, ENTERPRISE_TOKEN or ENTERPRISE_PROOF.
    """
    if (at_fault := _own.misfit(own)) is not None:
        raise Refusal("ENTERPRISE_FORM", f"成员 {at_fault!r} 缺失、多余或格式不对")
    if own["draw_id"] != facts.commitment["draw_id"]:
        raise Refusal("ENTERPRISE_DRAW", f"自查文件属于抽取 {own['draw_id']}")
    if record_fields(own["record"], len(facts.commitment["columns"])) is None:
        raise Refusal("ENTERPRISE_TOKEN", f"登记内容应有 {len(facts.commitment['columns'])} 栏，以制表符分隔")
    token = facts.token("object", bytes.fromhex(own["nonce"]), own["record"])
    for proof in own["inclusion"]:
        bare = {n: v for n, v in proof.items() if n != "valid"}
        if bare.get("token") != token or not inclusion_holds(facts, bare):
            raise Refusal("ENTERPRISE_PROOF", f"由登记内容算出的标识为 {token}")
    return token


def own_lines(facts: Facts, text: str, own: Doc) -> list[str]:
    """§7, one enterprise against a verified result text: in which strata, its tickets, drawn or not and why, in
    Chinese. Raises what `own_token` raises."""
    token = own_token(facts, own)
    proven = sorted({str(p["stratum"]) for p in own["inclusion"]})
    strata = facts.pool.holders(token)
    lines = [f"登记内容与随机数算出的标识：{token}", f"在抽取名册中，包含证明成立的分层：{'、'.join(proven)}"]
    if others := sorted(set(strata) - set(proven)):
        lines.append(f"名册中还在这些分层：{'、'.join(others)}")
    rows = [line.split("\t") for line in text.split("\n")]
    entries = [(scope, e["stratum"]) for scope in facts.commitment["scopes"] for e in scope["strata"]]
    fates = [_own_scope(facts, scope, name, token, rows) for scope, name in entries if name in strata]
    return lines + (fates or ["没有抽取范围使用这些分层，因此不参加抽取"]) + _own_visit(token, rows)


def _own_scope(facts: Facts, scope: Doc, stratum: str, token: str, rows: list[list[str]]) -> str:
    """Drawn by this scope or not, and why."""
    ticket = facts.suite.h(ticket_base(facts, scope["group"]) + bytes.fromhex(token)).hex()
    size, drawn, cut = next(r[3:6] for r in rows if r[:3] == ["S", scope["id"], stratum])
    batch = [r[2] for r in rows if r[0] == "D" and r[1] == scope["id"] and r[4] == token]
    replaced = [r[3] for r in rows if r[:3] == ["X", scope["id"], stratum] and r[4] == token]
    gone = [r[4] for r in rows if r[:3] == ["X", scope["id"], stratum] and r[3] == token]
    down = scope.get("order") == "desc"
    word, side = ("从大到小", "小") if down else ("从小到大", "大")
    beyond = drawn == "0" or (ticket < cut if down else ticket > cut)
    if beyond == bool(batch):
        raise Refusal("RESULT", f"范围 {scope['id']} 的 D 行与号码界线矛盾")
    head = f"范围 {scope['id']} 分层 {stratum}：{size} 个对象按号码{word}抽 {drawn} 个，本企业号码 {ticket}，"
    if batch:
        fate = f"界线 {cut}，号码在界线之内 → 抽中，第 {batch[0]} 批"
    elif drawn == "0":
        fate = "本分层抽取数为 0 → 未抽中"
    else:
        fate = f"界线 {cut}，号码比界线{side} → 未抽中"
    if replaced:
        fate += f"；后作为替补顶替 {replaced[0]}，抽中"
    if gone:
        fate += f"；后被移出，由 {gone[0]} 替补" if gone[0] != "-" else "；后被移出，无对象可替补"
    return head + fate


def _own_visit(token: str, rows: list[list[str]]) -> list[str]:
    teams: dict[str, list[str]] = {}
    for r in rows:
        if r[0] == "M" and r[1] == token:
            teams.setdefault(r[2], []).append(r[4] if r[4] != "-" else "（缺员）")
    if not teams:
        return ["结论：本企业不在本次检查之列"]
    return ["结论：本企业在本次检查之列"] + [f"  部门 {d} 检查组：{'、'.join(team)}" for d, team in teams.items()]


# ── §10 Command line ─────────────────────────────────────────────────────────────────────────────────────────────────


def printable(text: str) -> str:
    """Text of unknown origin must not steer a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def say(name: str, line: str) -> None:
    print(printable(f"{name}：{line}"), file=sys.stderr)


def explain(name: str, refusal: Refusal) -> None:
    say(name, f"{MEANING.get(refusal.code, refusal.code)}。{refusal.detail}")


def show_verdicts(v: Verification) -> None:
    for verdict, how in HOW.items():
        print(f"  {verdict}：{v.verdicts[verdict]}")
        print(f"    怎样核验：{how}")
        if verdict == PROMISE and v.verdicts[PROMISE] == "通过":
            values = {b["id"]: b["value"] for b in v.record.reveal["beacons"]}
            for b in v.facts.commitment["beacons"]:
                print(printable(f"    请自行对照：{b['ref']}（{b['id']}）公布的值应为 {values[b['id']]}"))


def verify_file(path: Path, options: argparse.Namespace) -> bool:
    """Verify and print one file; True if OK."""
    try:
        v = Verification(load_record(path), options.at_result)
        v.run()
    except Refusal as refusal:
        print(refusal.code, path.name)
        explain(path.name, refusal)
        return False
    outcome = v.outcome
    print("OK" if outcome is None else outcome.code, path.name)
    if outcome is not None:
        explain(path.name, outcome)
    elif v.due is not None:
        say(path.name, f"这是应被拒绝的反例，已按应有的理由拒绝（{v.due}）；它不是有效的抽取记录")
    if outcome is not None and outcome.code == "REGION" and not v.facts.openings:
        say(path.name, "登记内容要到检查结束后才披露；在此之前可加 --at-result 核验名册、抽取与替补")
    for note in v.notes:
        say(path.name, note)
    if v.early and outcome is None:
        say(path.name, "登记内容尚未披露：只核验了名册、种子、抽取与替补，人员匹配（M、R、U 行）待披露后核验")
    if options.verbose:
        show_verdicts(v)
    if options.enterprise:
        return outcome is None and check_own(v, options.enterprise)
    return outcome is None


def check_own(v: Verification, path: Path) -> bool:
    try:
        if v.refusal is not None:
            raise Refusal("ENTERPRISE_DRAW", "这份抽取记录是反例")
        published = (v.record.expected or {}).get("result_text")
        text = published if v.early and isinstance(published, str) else v.text
        lines = own_lines(v.facts, text, load_json(path))
    except Refusal as refusal:
        print(refusal.code, path.name)
        explain(path.name, refusal)
        return False
    print("OK", path.name)
    for line in lines:
        print(printable(f"  {line}"))
    return True


def guarded(path: Path, options: argparse.Namespace) -> bool:
    """Whatever a hostile file provokes is a refusal, never green and never a traceback."""
    try:
        return verify_file(path, options)
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
        print("INTERNAL", path.name)
        explain(path.name, Refusal("INTERNAL", type(error).__name__))
        return False


def expand(names: list[Path]) -> Iterator[Path]:
    for name in names:
        if name.is_dir():
            yield from sorted(name.glob("*.json"))
        else:
            yield name


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description="独立核验公开随机抽取记录（ssj-draw/1），不联网，不依赖平台")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE|DIR", help="抽取记录文件，或其所在目录")
    parser.add_argument("--verbose", action="store_true", help="用中文列出四项结论及核验方法")
    parser.add_argument("--enterprise", type=Path, metavar="FILE", help="企业自查文件：是否在册、为何抽中或未抽中")
    parser.add_argument("--at-result", action="store_true", help="登记内容披露之前，先核验名册、种子、抽取与替补")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    paths = list(expand(options.files))
    if not paths:
        print("没有找到要核验的文件", file=sys.stderr)
        return 1
    if options.enterprise and len(paths) != 1:
        parser.error("--enterprise 须与恰好一个抽取记录文件一起使用")
    return 0 if all([guarded(path, options) for path in paths]) else 1


if __name__ == "__main__":
    sys.exit(main())
