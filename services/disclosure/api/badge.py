"""The badge of an object: an SVG of the newest published result, without script, style or link."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from services.disclosure.domain.views import EntityPage

_GREY, _GREEN, _AMBER = "#505a5f", "#005a30", "#8a4b00"
_SIGN: Final = 14
"""Width of a Chinese sign at 14 px."""
_PAD: Final = 10


def badge_svg(page: EntityPage) -> str:
    """Words tell what colour tells: 未发现问题, 发现问题."""
    label = "双随机抽查"
    if not page.latest:
        said, colour = "没有公示的结果", _GREY
    else:
        newest = page.latest[0]
        verdict = "发现问题" if newest.has_problem else "未发现问题"
        if newest.state == "withdrawn":
            verdict = "结果已撤回"
        said = f"{newest.concluded_on.isoformat()} {verdict}"
        colour = _GREY if newest.state == "withdrawn" else _AMBER if newest.has_problem else _GREEN
    left, right = _width(label), _width(said)
    title = escape(f"{page.name}：{label} {said}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="28" role="img">'
        f"<title>{title}</title>"
        f'<rect width="{left}" height="28" fill="#0b0c0c"/>'
        f'<rect x="{left}" width="{right}" height="28" fill="{colour}"/>'
        f'<g fill="#ffffff" font-family="sans-serif" font-size="14" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="19">{escape(label)}</text>'
        f'<text x="{left + right / 2:g}" y="19">{escape(said)}</text></g></svg>'
    )


def _width(text: str) -> int:
    return sum(_SIGN if ord(sign) > 255 else 8 for sign in text) + 2 * _PAD
