"""QR codes (二维码) of permanent addresses, drawn here as SVG: they work without a script and print sharply."""

from __future__ import annotations

import io
from typing import Final

import segno
from markupsafe import Markup, escape

_BORDER: Final = 4
"""Quiet zone of four modules: ISO/IEC 18004, 6.3.8."""


def qr_svg(address: str, label: str) -> Markup:
    """`address` as an inline SVG without inline style; `label` is what a screen reader says of it. Error correction M,
    as printed papers get folded and stamped."""
    code = segno.make(address, error="m", micro=False)
    drawn = io.BytesIO()
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=_BORDER, svgclass=None, lineclass=None
    )
    svg = drawn.getvalue().decode().strip()
    opening, rest = svg.split(">", 1)
    said = f' role="img" aria-label="{escape(label)}" class="qr" focusable="false"'
    return Markup(f"{opening}{said}>{rest}")  # noqa: S704 - segno's own drawing; the label is escaped
