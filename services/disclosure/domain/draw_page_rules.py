"""How many are drawn, and by which rule, in words; and the chance that follows (draw-protocol 5.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_PPM: Final = 1_000_000
CLASSES: Final = {
    "S1": "信用风险 A 类",
    "S2": "信用风险 B 类",
    "S3": "信用风险 C 类",
    "S4": "信用风险 D 类",
    "S5": "尚未分类",
    "undisturbed": "不打扰名单",
    "excluded": "不参加抽取",
}
"""The platform's own strata (分层); others are shown by their id."""
_ROUNDING: Final = {"ceil": "小数进一", "floor": "小数舍去", "random": "小数由种子随机决定进舍，平均恰为该比例"}


@dataclass(frozen=True, slots=True)
class StratumRow:
    """One stratum in one scope: `chance_ppm` of each object in it to be drawn, `expected` objects in thousandths.

    `scope` None: no scope names it, nobody in it is drawn."""

    scope: str | None
    stratum: str
    label: str
    size: int
    root: str
    rule: str
    chance_ppm: int
    expected_milli: int


def strata_rows(members: Mapping[str, Any]) -> tuple[StratumRow, ...]:
    """Of a commitment's members: a row per scope and entry, then the strata that no scope names."""
    strata = {one["id"]: one for one in members["strata"]}
    rows = [row for scope in members["scopes"] for row in _rows_of(scope, strata)]
    named = {row.stratum for row in rows}
    idle = [_row(None, one, "留在名册里备查，不参加抽取", 0) for name, one in strata.items() if name not in named]
    return (*rows, *idle)


def _rows_of(scope: Mapping[str, Any], strata: Mapping[str, Mapping[str, Any]]) -> list[StratumRow]:
    entries = scope["strata"]
    if "total" in scope:
        return _by_total(scope, strata)
    return [
        _row(scope["id"], strata[entry["stratum"]], rule_words(entry), _milli(entry, strata[entry["stratum"]]["size"]))
        for entry in entries
    ]


def _by_total(scope: Mapping[str, Any], strata: Mapping[str, Mapping[str, Any]]) -> list[StratumRow]:
    """n follows N × weight; over all seeds exactly total × w / M on average."""
    entries = scope["strata"]
    weights = [strata[entry["stratum"]]["size"] * entry.get("weight", 1) for entry in entries]
    whole = sum(weights)
    rows = []
    for entry, weight in zip(entries, weights, strict=True):
        times = entry.get("weight", 1)
        weighed = "" if times == 1 else f"（每户按 {times} 户计）"
        words = f"全部分层共抽 {scope['total']} 户，按户数分配{weighed}，尾数由种子决定"
        milli = scope["total"] * weight * 1000 // whole if whole else 0
        rows.append(_row(scope["id"], strata[entry["stratum"]], words, milli))
    return rows


def rule_words(entry: Mapping[str, Any]) -> str:
    """The rule of an entry without a total."""
    mode = entry["mode"]
    if mode == "all":
        words = "全部抽中"
    elif mode == "count":
        words = f"抽 {entry['n']} 户"
    else:
        words = f"按 {percent(entry['ppm'])} 抽取，{_ROUNDING[entry['round']]}"
    bounds = [f"至少 {entry['min']} 户"] if "min" in entry else []
    bounds += [f"至多 {entry['max']} 户"] if "max" in entry else []
    return "，".join([words, *bounds])


def percent(ppm: int) -> str:
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + "%"


def _milli(entry: Mapping[str, Any], size: int) -> int:
    """Thousandths of objects drawn on average."""
    mode = entry["mode"]
    if mode == "all":
        milli = size * 1000
    elif mode == "count":
        milli = min(entry["n"], size) * 1000
    else:
        share = size * entry["ppm"]
        whole = {"ceil": -(-share // _PPM), "floor": share // _PPM}.get(entry["round"])
        milli = share * 1000 // _PPM if whole is None else whole * 1000
    milli = max(milli, min(entry.get("min", 0), size) * 1000)
    return int(min(milli, entry["max"] * 1000) if "max" in entry else milli)


def _row(scope: str | None, stratum: Mapping[str, Any], rule: str, milli: int) -> StratumRow:
    name, size = stratum["id"], stratum["size"]
    chance = milli * 1000 // size if size else 0
    return StratumRow(scope, name, CLASSES.get(name, name), size, stratum["root"], rule, chance, milli)


def team_words(scope: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    """Each department's team: 市场监管局：执法人员 2 名（其中 1 名须具备“食品安全”）."""
    found = []
    for department in scope["departments"]:
        team: Sequence[Mapping[str, Any]] = department["team"]
        experts = sum(slot.get("role") == "expert" for slot in team)
        tags = sorted({tag for slot in team for tag in slot.get("tags", ())})
        words = f"{names.get(department['id'], department['id'])}：执法人员 {len(team) - experts} 名"
        words += f"，专家 {experts} 名" if experts else ""
        found.append(words + (f"，须具备：{'、'.join(tags)}" if tags else ""))
    return tuple(found)
