"""Where the code tables are kept: versions stay, the newest in effect is used for what is recorded today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.code_tables import TableVersion
from services.results.domain.vocabulary import Code, Vocabularies, Vocabulary

OUTCOME: Final = "outcome"
METHOD: Final = "method"
LISTING: Final = "listing"
EXEMPTION_GROUND: Final = "exemption_ground"
FOLLOW_UP: Final = "follow_up"
FOLLOW_UP_OUTCOME: Final = "follow_up_outcome"
MAJOR_DECISION: Final = "major_decision"
TERM: Final = "term"
DISCRETION: Final = "discretion"
# A district's own version comes before everybody's (`*`) of the same number.
_CURRENT: Final = text(
    "WITH chosen AS (SELECT DISTINCT ON (name) * FROM vocabularies"
    "  WHERE name = ANY (CAST(:names AS text[])) AND effective_on <= :on"
    "   AND (name <> 'outcome' OR CAST(:version AS integer) IS NULL OR version = :version)"
    "  ORDER BY name, version DESC, district DESC)"
    " SELECT c.name, v.title, c.version, v.effective_on, c.code, c.text, c.parent, c.kind, c.needs_follow_up,"
    "  c.visit_outcome, c.days, c.basis, c.max_severity FROM chosen v JOIN vocabulary_codes c"
    "  ON c.district = v.district AND c.name = v.name AND c.version = v.version"
    " ORDER BY c.name, c.ordinal"
)

_NEWEST: Final = text("SELECT title, version FROM vocabularies WHERE name = :name ORDER BY version DESC LIMIT 1")
_ADD: Final = text(
    "INSERT INTO vocabularies (district, name, version, title, source, effective_on)"
    " VALUES (current_setting('ssj.district'), :name, :version, :title, :source, :effective_on)"
)
_ADD_CODE: Final = text(
    "INSERT INTO vocabulary_codes (district, name, version, ordinal, code, text, parent, kind, days, basis,"
    " max_severity) VALUES (current_setting('ssj.district'), :name, :version, :ordinal, :code, :text, :parent, :kind,"
    " :days, :basis, :max_severity)"
)


class VocabularyStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def on(self, day: date, outcome_version: int | None = None) -> Vocabularies:
        """The tables a recording is coded in, in effect on `day`; the outcomes in `outcome_version` where one is given.

        Raises KeyError if a table has no such version.
        """
        found = await self._chosen(day, (OUTCOME, METHOD, LISTING), outcome_version)
        return Vocabularies(outcomes=found[OUTCOME], methods=found[METHOD], lists=found[LISTING])

    async def tables(self, day: date, *names: str) -> tuple[Vocabulary, ...]:
        """The tables of these names in effect on `day`, in this order. Raises KeyError for an unknown name."""
        found = await self._chosen(day, names, None)
        return tuple(found[name] for name in names)

    async def newest(self, name: str) -> tuple[str, int] | None:
        """Title and highest version of a table, in effect or not yet."""
        row = (await self._connection.execute(_NEWEST, {"name": name})).one_or_none()
        return None if row is None else (row.title, row.version)

    async def add(self, made: TableVersion) -> None:
        """A version of the district's own."""
        head = {"name": made.name, "version": made.version}
        about = {"title": made.title, "source": made.source, "effective_on": made.effective_on}
        await self._connection.execute(_ADD, head | about)
        columns = ("code", "text", "parent", "kind", "days", "basis", "max_severity")
        rows = [
            head | {"ordinal": place} | {name: getattr(row, name) for name in columns}
            for place, row in enumerate(made.codes, start=1)
        ]
        await self._connection.execute(_ADD_CODE, rows)

    async def _chosen(self, day: date, names: Sequence[str], version: int | None) -> dict[str, Vocabulary]:
        rows = await self._connection.execute(_CURRENT, {"names": list(names), "on": day, "version": version})
        found: dict[str, Vocabulary] = {}
        for (name, title, number, effective_on), codes in groupby(rows, key=lambda row: tuple(row[:4])):
            listed = {row.code: Code(*row[4:]) for row in codes}
            found[name] = Vocabulary(name, title, number, effective_on, listed)
        return found
