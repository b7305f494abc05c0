"""The set statements of an import over its staged rows: written once, for every kind, from its `ImportTable`.

`s` is a staged row, `t` the stored row it is about. A column that the file does not give keeps its stored value.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.registry.storage.import_tables import ImportTable
from services.registry.storage.versions import KEPT_BY_TRIGGER

STAGED = "staged_rows"
VERSIONING = "district, id, version, change_set_id, changed_at"
_ACT = "CAST(:change_set_id AS uuid), CAST(:at AS timestamptz)"


class ImportSql:
    """`provided`: the fields the file gives, by column or default."""

    def __init__(self, table: ImportTable, provided: Iterable[str]) -> None:
        self._table, self._provided = table, frozenset(provided)

    def create(self) -> str:
        columns = ", ".join(f"{name} {kind}" for name, kind in self._table.stored.items())
        return (
            f"CREATE TEMPORARY TABLE {STAGED} (line integer NOT NULL, id uuid NOT NULL, content_mark bytea NOT NULL,"
            f" target_id uuid, outcome text, {columns}) ON COMMIT DROP"
        )

    def conflicts(self, key: str) -> str:
        """Rows of one key with more than one content: (line, value, lines of the key)."""
        return (
            f"WITH torn AS (SELECT {key} AS value, array_agg(line ORDER BY line) AS lines FROM {STAGED}"  # noqa: S608
            f" WHERE {key} IS NOT NULL GROUP BY {key} HAVING count(DISTINCT content_mark) > 1)"
            f" SELECT s.line, torn.value, torn.lines FROM {STAGED} s JOIN torn ON torn.value = s.{key} ORDER BY s.line"
        )

    def duplicates(self) -> str:
        """Rows equal to an earlier one: (line, first line)."""
        return (
            "SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY content_mark) AS first"  # noqa: S608
            f" FROM {STAGED} WHERE outcome IS NULL) equal WHERE line > first ORDER BY line"
        )

    def settle(self) -> str:
        """Gives the rows of `:lines` their outcome."""
        return (
            f"UPDATE {STAGED} SET outcome = :outcome"  # noqa: S608
            " WHERE outcome IS NULL AND line = ANY (CAST(:lines AS integer[]))"
        )

    def link(self, key: str) -> str:
        """Finds the stored row by one key where no stronger key found it."""
        return (
            f"UPDATE {STAGED} s SET target_id = t.id FROM {self._table.table} t"  # noqa: S608
            f" WHERE s.outcome IS NULL AND s.target_id IS NULL AND t.{key} = s.{key}"
        )

    def lock_targets(self) -> str:
        """Holds the stored rows in one order, so that nobody changes them between judging and writing."""
        return (
            f"SELECT count(*) FROM (SELECT 1 FROM {self._table.table} WHERE id IN"  # noqa: S608
            f" (SELECT target_id FROM {STAGED} WHERE outcome IS NULL AND target_id IS NOT NULL)"
            " ORDER BY id FOR UPDATE) held"
        )

    def disagreements(self, key: str) -> str:
        """Rows whose `key` belongs to another stored row than the one they are about: (line, value)."""
        return (
            f"SELECT s.line, s.{key} AS value FROM {STAGED} s JOIN {self._table.table} t ON t.{key} = s.{key}"  # noqa: S608
            " WHERE s.outcome IS NULL AND t.id <> s.target_id ORDER BY s.line"
        )

    def same_targets(self) -> str:
        """Several rows about one stored row: (line, lines)."""
        return (
            f"WITH shared AS (SELECT target_id, array_agg(line ORDER BY line) AS lines FROM {STAGED}"  # noqa: S608
            " WHERE outcome IS NULL AND target_id IS NOT NULL GROUP BY target_id HAVING count(*) > 1)"
            f" SELECT s.line, shared.lines FROM {STAGED} s JOIN shared USING (target_id)"
            " WHERE s.outcome IS NULL ORDER BY s.line"
        )

    def unanswered(self) -> str:
        """Rows the importing department does not answer for, before or after the change: (line)."""
        before = self._table.responsible or "false"
        return (
            f"WITH merged AS ({self._merged()})"  # noqa: S608
            f" SELECT r.line FROM merged r LEFT JOIN {self._table.table} t ON t.id = r.target_id"
            f" WHERE NOT ({before}) OR (t.id IS NOT NULL AND NOT ({before.replace('r.', 't.')})"
            f"{self._unowned('t')}) ORDER BY r.line"
        )

    def _unowned(self, alias: str) -> str:
        """An object that nobody answers for yet may be taken on by whoever declares it (L6)."""
        return f" AND cardinality({alias}.departments) > 0" if "departments" in self._table.columns else ""

    def classify(self) -> str:
        compared = self._table.compared
        new = ", ".join(f"r.{name}" for name in compared)
        old = ", ".join(f"t.{name}" for name in compared)
        return (
            f"WITH merged AS ({self._merged()}) UPDATE {STAGED} s SET outcome = CASE WHEN t.id IS NULL THEN 'new'"  # noqa: S608
            f" WHEN ROW({new}) IS DISTINCT FROM ROW({old}) THEN 'changed' ELSE 'unchanged' END"
            f" FROM merged r LEFT JOIN {self._table.table} t ON t.id = r.target_id WHERE s.line = r.line"
        )

    def older(self) -> str:
        """Changed rows whose stored content was written after `:as_of`, by whom but an event: (line, changed at)."""
        return (
            "SELECT s.line, kept.at FROM (SELECT s.line, s.target_id"  # noqa: S608
            f" FROM {STAGED} s JOIN {self._table.table} t ON t.id = s.target_id"
            " WHERE s.outcome = 'changed' AND t.changed_at > CAST(:as_of AS timestamptz)) s CROSS JOIN LATERAL"
            f" (SELECT max(h.changed_at) AS at FROM {self._table.table}_history h"
            " JOIN change_sets c ON c.district = h.district AND c.id = h.change_set_id"
            " WHERE h.id = s.target_id AND h.changed_at > CAST(:as_of AS timestamptz) AND c.origin <> 'event') kept"
            " WHERE kept.at IS NOT NULL ORDER BY s.line"
        )

    def set_aside(self) -> str:
        """Takes changed rows of `:lines` out of what is written."""
        return (
            f"UPDATE {STAGED} SET outcome = 'older'"  # noqa: S608
            " WHERE outcome = 'changed' AND line = ANY (CAST(:lines AS integer[]))"
        )

    def _merged(self) -> str:
        columns = ", ".join(f"{self._value(name)} AS {name}" for name in self._table.stored)
        return (
            f"SELECT s.line, s.target_id, {columns} FROM {STAGED} s"  # noqa: S608
            f" LEFT JOIN {self._table.table} t ON t.id = s.target_id WHERE s.outcome IS NULL"
        )

    def _value(self, column: str) -> str:
        if column in self._table.keys:
            return f"coalesce(s.{column}, t.{column})"  # a key once known is not lost by a file that leaves it out
        if self._table.source_field(column) in self._provided:
            return f"s.{column}"
        return f"CASE WHEN t.id IS NULL THEN s.{column} ELSE t.{column} END"

    def write_new(self) -> str:
        """Writes new rows with their history. Gives the number of versions made.

        Joins nothing: behind a COPY into a library that was empty, or after one that broke off, the planner believes
        the table has no rows and would read all of it once per staged row.
        """
        values = ", ".join(f"s.{name}" for name in self._table.stored)
        return self._written(f"s.id, 1, {_ACT}, {values} FROM {STAGED} s WHERE s.outcome = 'new'", "")

    def write_changed(self) -> str:
        """Writes changed rows with their history. Gives the number of versions made."""
        values = ", ".join(self._value(name) for name in self._table.stored)
        updates = ", ".join(f"{name} = excluded.{name}" for name in self._table.stored)
        return self._written(
            f"t.id, t.version + 1, {_ACT}, {values} FROM {STAGED} s JOIN {self._table.table} t ON t.id = s.target_id"
            " WHERE s.outcome = 'changed'",
            " ON CONFLICT (district, id) DO UPDATE SET version = excluded.version,"
            f" change_set_id = excluded.change_set_id, changed_at = excluded.changed_at, {updates}",
        )

    def _written(self, rows: str, conflict: str) -> str:
        return (
            f"WITH written AS (INSERT INTO {self._table.table} AS kept"
            f" ({VERSIONING}, {', '.join(self._table.stored)}) SELECT :district, {rows} ORDER BY s.line{conflict}"
            f" RETURNING kept.*){self._remembered()}"
        )

    def _remembered(self) -> str:
        table = self._table.table
        if table in KEPT_BY_TRIGGER:
            return " SELECT count(*) FROM written"
        return (
            f", remembered AS (INSERT INTO {table}_history SELECT * FROM written RETURNING 1)"  # noqa: S608
            " SELECT count(*) FROM remembered"
        )
