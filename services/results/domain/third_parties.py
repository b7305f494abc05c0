"""Commissioned third parties (受托专业机构, D4, L4): whoever commissions pays (谁委托、谁付费)."""

from __future__ import annotations

from collections.abc import Sequence

from services.results.domain.content import ThirdParty
from shared.values.errors import Invalid


class PayerNotCommissioner(Invalid):
    """Work plan 二（三）: the cost is borne by whoever commissions; never by the firm."""

    message = "受托机构“{name}”的费用由委托部门承担，“{payer}”不是参加这次检查的部门"


class ReportFileMissing(Invalid):
    message = "报告“{title}”写了文件摘要，但文件没有附为证据"


class ThirdPartyRepeated(Invalid):
    message = "受托机构“{name}”重复填写"


def check_third_parties(parties: Sequence[ThirdParty], departments: Sequence[str]) -> None:
    """`departments`: those of the visit. Raises PayerNotCommissioner, ThirdPartyRepeated."""
    seen: set[tuple[str, str]] = set()
    for party in parties:
        if party.payer not in departments:
            raise PayerNotCommissioner(name=party.name, payer=party.payer)
        if (party.name, party.scope) in seen:
            raise ThirdPartyRepeated(name=party.name)
        seen.add((party.name, party.scope))
