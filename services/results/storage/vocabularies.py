"""Where the code tables are kept: versions stay, the newest in effect is used for what is recorded today."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.vocabulary import Code, Vocabularies, Vocabulary

OUTCOME: Final = "outcome"
METHOD: Final = "method"
LISTING: Final = "listing"
# A district's own version comes before everybody's (`*`) of the same number.
_CURRENT: Final = text(
    "WITH chosen AS (SELECT DISTINCT ON (name) * FROM vocabularies"
    "  WHERE effective_on <= :on AND (name <> 'outcome' OR CAST(:version AS integer) IS NULL OR version = :version)"
    "  ORDER BY name, version DESC, district DESC)"
    " SELECT c.name, v.title, c.version, v.effective_on, c.code, c.text, c.parent, c.kind, c.needs_follow_up,"
    "  c.visit_outcome FROM chosen v JOIN vocabulary_codes c"
    "  ON c.district = v.district AND c.name = v.name AND c.version = v.version"
    " ORDER BY c.name, c.ordinal"
)


class VocabularyStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def on(self, day: date, outcome_version: int | None = None) -> Vocabularies:
        """The tables in effect on `day`; the outcomes in `outcome_version` where one is given.

        Raises KeyError if a table has no such version.
        """
        rows = await self._connection.execute(_CURRENT, {"on": day, "version": outcome_version})
        found: dict[str, Vocabulary] = {}
        for (name, title, version, effective_on), codes in groupby(rows, key=lambda row: tuple(row[:4])):
            listed = {row.code: Code(*row[4:]) for row in codes}
            found[name] = Vocabulary(name, title, version, effective_on, listed)
        return Vocabularies(outcomes=found[OUTCOME], methods=found[METHOD], lists=found[LISTING])
