"""Versioned tables as of a moment: the current rows, or of every row the version that was known then (L7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.registry.domain.moments import Moment

_KNOWN: Final = "CAST(:known_at AS timestamptz)"


def rows_at(table: str, moment: Moment) -> str:
    """What to select from, under the table's own name; goes with `moment_values`.

    A row that has not changed since is taken as it stands: only of the others the history is searched.
    """
    if moment.known_at is None:
        return table
    return (
        f"(SELECT * FROM {table} WHERE changed_at <= {_KNOWN} UNION ALL"  # noqa: S608 - constants only
        f" (SELECT DISTINCT ON (h.id) h.* FROM {table}_history h JOIN {table} t ON t.id = h.id"
        f" WHERE t.changed_at > {_KNOWN} AND h.changed_at <= {_KNOWN} ORDER BY h.id, h.version DESC)) AS {table}"
    )


def moment_values(moment: Moment) -> Mapping[str, Any]:
    return {} if moment.known_at is None else {"known_at": moment.known_at}
