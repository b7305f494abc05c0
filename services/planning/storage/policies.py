"""Row-level security beyond the common helpers: drafts stay at home, what is public is read by the whole district.

`shared.runtime.rls.protect_table` gives owner, participants and joint office their access first (架构 Identity); these
add to it. Policies of one kind are joined with OR, restrictive ones with AND.
"""

from __future__ import annotations

from alembic import op

_DISTRICT = "{table}.district = current_setting('ssj.district', true)"
_INSIDERS = (
    "owner_department = current_setting('ssj.department', true) OR current_setting('ssj.reads_all', true) = 'on'"
    " OR current_setting('ssj.worker', true) = 'on'"
)


def open_when(table: str, condition: str) -> None:
    """Every department of the district reads the rows for which `condition` holds (published ones)."""
    district = _DISTRICT.format(table=table)
    op.execute(f"CREATE POLICY {table}_public ON {table} FOR SELECT USING ({district} AND ({condition}))")


def hide_drafts(table: str, column: str) -> None:
    """A draft is read by its owner only (and by who reads all of the district)."""
    op.execute(
        f"CREATE POLICY {table}_draft ON {table} AS RESTRICTIVE FOR SELECT USING ({column} <> 'draft' OR {_INSIDERS})"
    )


def hide_without(table: str, parent: str, key: str) -> None:
    """Rows of a parent that is hidden are hidden too."""
    op.execute(
        f"CREATE POLICY {table}_parent ON {table} AS RESTRICTIVE FOR SELECT USING ({_has_parent(table, parent, key)})"
    )


def append_only(table: str) -> None:
    """Rows are added and never changed or deleted, whoever asks (W17: earlier versions are not lost)."""
    for act in ("UPDATE", "DELETE"):
        op.execute(f"CREATE POLICY {table}_no_{act.lower()} ON {table} AS RESTRICTIVE FOR {act} USING (false)")


def follow_parent(table: str, parent: str, key: str, also: str = "") -> None:
    """Rows are read and added by whoever sees their parent row; `also` are further columns that both have."""
    district = _DISTRICT.format(table=table)
    visible = f"{district} AND {_has_parent(table, parent, key, also)}"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({visible})")
    op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({visible})")


def _has_parent(table: str, parent: str, key: str, also: str = "") -> str:
    own_key = "id" if not also else key
    more = f" AND p.{also} = {table}.{also}" if also else ""
    return f"EXISTS (SELECT FROM {parent} p WHERE p.district = {table}.district AND p.{own_key} = {table}.{key}{more})"


def run_statements(statements: str) -> None:
    """Runs statements parted by a semicolon at the end of a line."""
    for statement in statements.split(";\n"):
        if statement.strip():
            op.execute(statement)
