"""What the firm keeps where a code is worth nothing (检查码答复凭据, B18): a text for people, signed as it stands.

The first line names the form, so that no other thing the service signs can be taken for a receipt or the other way
round. What somebody typed is shown by letters, digits and hyphens only: nothing he writes can look like our words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

FORM: Final = "检查码答复凭据（ssj-receipt/1）"
_LONGEST: Final = 60
_SIGNS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")


def receipt_text(typed: str, district: str, answer: str, answered_at: datetime) -> str:
    """UTF-8, lines ending in a line feed. `answered_at` in the zone it is to be shown in."""
    lines = (
        FORM,
        f"所查检查码：{shown(typed)}",
        f"所在地区：{district}",
        f"答复时间：{answered_at.isoformat(timespec='seconds')}",
        f"平台答复：{answer}",
    )
    return "".join(f"{line}\n" for line in lines)


def shown(typed: str) -> str:
    """The code as typed; a sign that no code has stands as 口."""
    return "".join(sign if sign in _SIGNS else "口" for sign in typed[:_LONGEST])
