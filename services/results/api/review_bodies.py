"""Bodies of acts around publication."""

from __future__ import annotations

from pydantic import Field

from services.results.api.bodies import Short, Text
from shared.runtime.http import In


class ExemptionIn(In):
    """免予公示。"""

    ground: Short = Field(description="事由代码，见代码表 exemption_ground", examples=["trade_secret"])
    basis: Short = Field(description="依据（文号、条款）", examples=["政府信息公开条例第十五条"])
    reason: Text = Field(description="理由（不公开）", examples=["结果涉及企业未公开的配方，公开会损害其合法权益"])
