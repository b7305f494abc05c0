"""Which results hold a major decision (重大决定) that needs a legal review of its own before it takes effect (R7).

What is major is data, the table `major_decision`: lists, outcomes, a severity from which on.
Source: 行政处罚法 (2021) 第五十八条, 国办发〔2018〕118号.
"""

from __future__ import annotations

from typing import Final

from services.results.domain.publication import PublicContent
from services.results.domain.vocabulary import Code, Vocabulary

LIST: Final = "list"
OUTCOME: Final = "outcome"
SEVERITY: Final = "severity"
"""Kinds of rows; a severity's number stands in the row's `code`."""


def major_grounds(content: PublicContent, rules: Vocabulary) -> tuple[str, ...]:
    """What makes the result a major decision, in the table's words; none if it is not one."""
    return tuple(row.text for row in rules.codes.values() if _holds(row, content))


def _holds(row: Code, content: PublicContent) -> bool:
    match row.kind:
        case "list":
            return content.listing is not None and content.listing.list_code == row.code
        case "outcome":
            return row.code in content.outcome_codes
        case "severity":
            return row.code.isdecimal() and any(found.severity >= int(row.code) for found in content.findings)
    return False
