"""Row-level security of department-owned tables, in one place (架构 Identity, SEC3).

A table that a department owns has `district text`, `owner_department text`, and may have `participants text[]`.
Read: owner and participants, and who reads all of the district. Write: the owner, and the service's own worker.
An unset context shows nothing: `current_setting(…, true)` is then NULL or empty and equals no row.
"""

from __future__ import annotations

from alembic import op

_DISTRICT = "district = current_setting('ssj.district', true)"
_OWNER = "owner_department = current_setting('ssj.department', true)"
_PARTICIPANT = "current_setting('ssj.department', true) = ANY (participants)"
_READS_ALL = "current_setting('ssj.reads_all', true) = 'on'"
_WORKER = "current_setting('ssj.worker', true) = 'on'"
_OFFICE = "current_setting('ssj.joint_office', true) = 'on'"


def protect_table(table: str, *, participants: bool = False, office_writes: bool = False) -> None:
    """Puts a department-owned table behind its policies.

    `participants`: departments named in the column of that name read too. `office_writes`: the joint office
    (联席会议办公室) reads and writes it besides the owner, e.g. to approve a joint plan.
    """
    readers = [_OWNER, _READS_ALL, _WORKER]
    writers = [_OWNER, _WORKER]
    if participants:
        readers.append(_PARTICIPANT)
    if office_writes:
        readers.append(_OFFICE)
        writers.append(_OFFICE)
    read = f"{_DISTRICT} AND ({' OR '.join(readers)})"
    write = f"{_DISTRICT} AND ({' OR '.join(writers)})"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})")
    op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({write})")
    op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})")


def protect_district(table: str) -> None:
    """A table shared by all departments of a district: the district alone bounds it (B10)."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_district ON {table} USING ({_DISTRICT}) WITH CHECK ({_DISTRICT})")
