"""Charts drawn on the server: inline SVG with the table of the same numbers beside it, from one object.

Places along x are in percent of the width and nothing is scaled, so letters keep their size on a phone. Nothing is told
by colour alone: every bar and point has its number, the second row of figures a hatched bar or a square point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

_BAR: Final = 14
_LABEL: Final = 20
_ROOM: Final = 78.0
"""Percent of the width that the longest bar takes; its number stands behind it."""
_PLOT: Final = 180
_TOP: Final = 24
_LEFT: Final = 6.0
_RIGHT: Final = 94.0


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures: a name and a number for each label; None where there is none (never a sentinel)."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is shown as a drawing and as a table. `unit` is written behind every number (家次, %)."""

    title: str
    axis: str
    """Heading of the table's first column: 部门, 月份."""
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    digits: int = 0

    def __post_init__(self) -> None:
        if any(len(one.values) != len(self.labels) for one in self.series) or not 1 <= len(self.series) <= 2:
            raise ValueError("every label has one number in one or two rows")

    @property
    def is_empty(self) -> bool:
        return not any(value is not None for one in self.series for value in one.values)

    def told(self, value: float | None) -> str:
        """A number as people read it, the same in drawing and table."""
        return "无数据" if value is None else f"{value:,.{self.digits}f}{self.unit}"

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Of the table: label, then a number for each series."""
        return [(label, [self.told(one.values[at]) for one in self.series]) for at, label in enumerate(self.labels)]

    @property
    def top(self) -> float:
        return max((value for one in self.series for value in one.values if value is not None), default=0.0) or 1.0


def _svg(chart: Chart, height: int, parts: Sequence[str]) -> Markup:
    said = "、".join(one.name for one in chart.series)
    head = (
        f'<svg role="img" class="chart" width="100%" height="{height}" focusable="false"'
        f' aria-label="{escape(chart.title)}：{escape(said)}。数值见随附表格。">'
    )
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 - parts are made below, every text escaped


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.2f}%" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def bars(chart: Chart) -> Markup:
    """Lying bars, for labels that are words: each label above its bars, each number behind its bar."""
    step = _LABEL + (_BAR + 6) * len(chart.series) + 8
    parts = []
    for at, label in enumerate(chart.labels):
        y = at * step
        parts.append(_text(0, y + 15, label, "label"))
        for row, one in enumerate(chart.series):
            parts.append(_bar(chart, one.values[at], y + _LABEL + row * (_BAR + 6), row))
    return _svg(chart, step * len(chart.labels), parts)


def _bar(chart: Chart, value: float | None, y: float, row: int) -> str:
    width = 0.0 if value is None else max(value, 0.0) / chart.top * _ROOM
    drawn = f'<rect x="0" y="{y:.0f}" width="{width:.2f}%" height="{_BAR}" class="s{row}"/>' if width else ""
    told = f'<text x="{width:.2f}%" dx="6" y="{y + 12:.0f}" class="value">{escape(chart.told(value))}</text>'
    return drawn + told


def lines(chart: Chart) -> Markup:
    """Points over time, joined where both ends are known; the number stands at each point."""
    parts = [f'<line x1="{_LEFT - 2}%" x2="{_RIGHT + 2}%" y1="{_TOP + _PLOT}" y2="{_TOP + _PLOT}" class="axis"/>']
    below = 20 if len(chart.series) == 1 else 38  # room for the numbers under the second row's points
    places = [_place(at, len(chart.labels)) for at in range(len(chart.labels))]
    for x, label in zip(places, chart.labels, strict=True):
        parts.append(_text(x, _TOP + _PLOT + below, label, "label", "middle"))
    for row, one in enumerate(chart.series):
        parts += _line(chart, one, places, row)
    return _svg(chart, _TOP + _PLOT + below + 10, parts)


def _place(at: int, count: int) -> float:
    return (_LEFT + _RIGHT) / 2 if count == 1 else _LEFT + (_RIGHT - _LEFT) * at / (count - 1)


def _line(chart: Chart, one: Series, places: Sequence[float], row: int) -> list[str]:
    points = [
        None if value is None else (x, _TOP + _PLOT * (1 - max(value, 0.0) / chart.top))
        for x, value in zip(places, one.values, strict=True)
    ]
    parts = [
        f'<line x1="{a[0]:.2f}%" y1="{a[1]:.1f}" x2="{b[0]:.2f}%" y2="{b[1]:.1f}" class="l{row}"/>'
        for a, b in pairwise(points)
        if a is not None and b is not None
    ]
    above = -8 if row == 0 else 18
    for point, value in zip(points, one.values, strict=True):
        if point is not None:
            parts.append(_mark(point, row))
            parts.append(_text(point[0], point[1] + above, chart.told(value), "value", "middle"))
    return parts


def _mark(point: tuple[float, float], row: int) -> str:
    x, y = point
    if row == 0:
        return f'<circle cx="{x:.2f}%" cy="{y:.1f}" r="4" class="p0"/>'
    return (
        f'<svg x="{x:.2f}%" y="{y:.1f}" overflow="visible"><rect x="-4" y="-4" width="8" height="8" class="p1"/></svg>'
    )
