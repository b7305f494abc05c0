"""SEC3: row-level security behind every table of a district or a department, as PostgreSQL itself has it after the
migrations; and what its policies show, table by table, with a row in each.
"""

from __future__ import annotations

import pytest

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from tests.security.conftest import House
from tests.security.databases import (
    HERE,
    OURS,
    THEIRS,
    THERE,
    Table,
    as_administrator,
    as_application,
    put_a_row,
    seen_by,
    tables_of,
)

RUNTIME = {
    "outboxes": "the relay numbers and publishes the log of all districts; no route reads it but the peers' feed",
    "audits": "written with each act and read by nobody over HTTP",
    "dead_letters": "operations look after the whole installation; rows are told of without their bodies",
}
"""Tables of the runtime that name a district and stand outside row-level security."""
OPEN = {
    "disclosure.search_names": "public names: LIKE and @> are not leakproof and reach no index behind a policy",
    "registry.import_expiries": "ids and times only: the worker clears up in every district",
    "registry.import_queue": "ids only: the worker looks for work of every district",
}
FOR_ALL = {
    "results.vocabularies": "district `*` holds the code tables of the nation and the province, public by themselves",
    "results.vocabulary_codes": "as the vocabularies",
}
"""Tables with rows that everybody sees, a context or none."""
DISTRICT_WIDE = {
    "registry.change_sets": "that something changed is told to all; what changed is read through its own table",
    "registry.libraries": "a library is offered to the plans of every department",
    "registry.libraries_history": "as the libraries",
    "draw.draws": "that a ceremony takes place is known to all of the district (migration draw_0001)",
    "results.contacts": "one ledger of all contacts with a firm: without the others' a cap means nothing (B17)",
    "draw.no_disturb_entries": "that an object is not to be disturbed is heeded by every department's pools",
}
"""Tables with an owner that another department of the district may read, at least in part, and why."""


@pytest.fixture(scope="module")
async def tables(house: House, platform: EmbeddedPlatform) -> list[Table]:
    return [table for name in topology.PRODUCERS for table in await tables_of(platform, name)]


def bounded(tables: list[Table]) -> list[Table]:
    """Those that name a district or an owner and are no exception."""
    return [
        table
        for table in tables
        if {"district", "owner_department"} & table.columns and table.name not in RUNTIME and str(table) not in OPEN
    ]


def test_every_table_of_a_district_or_department_is_behind_forced_row_security(tables: list[Table]) -> None:
    open_tables = [str(table) for table in bounded(tables) if not table.forced]
    assert open_tables == [], "protect_table or protect_district in the migration, or a reason in this file"
    assert len(bounded(tables)) > 40


def test_the_exceptions_are_still_there(tables: list[Table]) -> None:
    names = {str(table) for table in tables}
    assert {name for name in (*OPEN, *DISTRICT_WIDE) if name not in names} == set()
    assert set(RUNTIME) <= {table.name for table in tables if not table.forced}


def test_every_policy_asks_for_the_district(tables: list[Table]) -> None:
    lax = [
        f"{table}: {policy}" for table in bounded(tables) for policy in table.policies if "ssj.district" not in policy
    ]
    assert lax == []


def test_every_owned_table_has_a_policy_that_asks_for_the_department(tables: list[Table]) -> None:
    lax = [
        str(table)
        for table in bounded(tables)
        if table.is_owned and not any("ssj.department" in policy for policy in table.policies)
    ]
    assert sorted(set(lax) - set(DISTRICT_WIDE)) == []


async def test_the_application_owns_nothing_and_cannot_pass_over(
    platform: EmbeddedPlatform, tables: list[Table]
) -> None:
    assert {table.owner for table in tables if table.owner != f"{table.service}_owner"} == set()
    for name in topology.PRODUCERS:
        async with as_application(platform, name) as connection:
            role = await connection.fetchrow(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication,"
                " pg_has_role(current_user, $1, 'MEMBER') AS is_owner FROM pg_roles WHERE rolname = current_user",
                f"{name}_owner",
            )
        assert tuple(role) == (f"{name}_app", False, False, False, False, False)


async def test_a_partition_is_no_way_around_its_table(platform: EmbeddedPlatform, tables: list[Table]) -> None:
    """Grants and policies of a partition are its own: by its name it would pass by those of its table."""
    ways: list[str] = []
    for table in bounded(tables):
        async with as_administrator(platform, table.service) as connection:
            rows = await connection.fetch(
                "SELECT t.relid::regclass::text AS name, verb FROM pg_partition_tree($1::text::regclass) t"
                " JOIN pg_class c ON c.oid = t.relid, unnest(ARRAY['SELECT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS verb"
                " WHERE t.level > 0 AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
                " AND has_table_privilege($2, t.relid, verb)",
                table.name,
                f"{table.service}_app",
            )
        ways += [f"{table.service}: {row['verb']} {row['name']}" for row in rows]
    assert ways == []


async def rows_seen(platform: EmbeddedPlatform, tables: list[Table], context: dict[str, str]) -> dict[str, int]:
    """Table → rows its application sees in the context, each with one row of `HERE` and `OURS` in it. Rolled back."""
    seen: dict[str, int] = {}
    for name in topology.PRODUCERS:
        async with as_administrator(platform, name) as connection:
            for table in tables:
                if table.service == name:
                    transaction = connection.transaction()
                    await transaction.start()
                    await put_a_row(connection, table)
                    seen[str(table)] = await seen_by(connection, table, context)
                    await transaction.rollback()
    return seen


def stands_alone(table: Table) -> bool:
    """Whether a row is judged by its own columns, not by a row of another table."""
    return not table.narrowed and not any("EXISTS" in policy for policy in table.policies)


ALL_RIGHTS = {"reads_all": "on", "worker": "on", "joint_office": "on"}


async def test_without_a_context_every_table_is_empty(platform: EmbeddedPlatform, tables: list[Table]) -> None:
    seen = await rows_seen(platform, bounded(tables), {})
    assert {name for name, rows in seen.items() if rows} == set(FOR_ALL)


async def test_another_district_sees_nothing_whatever_its_rights(
    platform: EmbeddedPlatform, tables: list[Table]
) -> None:
    """B10."""
    seen = await rows_seen(platform, bounded(tables), {"district": THERE, "department": OURS, **ALL_RIGHTS})
    assert {name for name, rows in seen.items() if rows} == set(FOR_ALL)


async def test_another_department_sees_nothing_of_what_a_department_owns(
    platform: EmbeddedPlatform, tables: list[Table]
) -> None:
    owned = [table for table in bounded(tables) if table.is_owned and str(table) not in DISTRICT_WIDE]
    seen = await rows_seen(platform, owned, {"district": HERE, "department": THEIRS})
    assert {name for name, rows in seen.items() if rows} == set()
    assert len(seen) > 15


async def test_the_owner_and_the_services_own_worker_see_it(platform: EmbeddedPlatform, tables: list[Table]) -> None:
    """The tables above are not empty because nothing is in them."""
    alone = [table for table in bounded(tables) if stands_alone(table) and str(table) not in FOR_ALL]
    for context in ({"department": OURS}, {"worker": "on"}):
        seen = await rows_seen(platform, alone, {"district": HERE, **context})
        assert {name for name, rows in seen.items() if rows != 1} == set()


async def test_the_application_adds_to_log_and_audit_and_takes_nothing_away(platform: EmbeddedPlatform) -> None:
    """SEC9, first depth: by grants, partitions included. The relay numbers the log's rows, so it may UPDATE those."""
    held: list[str] = []
    for name in topology.PRODUCERS:
        async with as_administrator(platform, name) as connection:
            rows = await connection.fetch(
                "SELECT t.relid::regclass::text AS name, p.verb,"
                " has_table_privilege($1, t.relid, p.verb) AS holds, has_table_privilege($1, t.relid, 'INSERT') AS adds"
                " FROM (SELECT relid FROM pg_partition_tree('outboxes') UNION SELECT 'audits'::regclass) AS t (relid),"
                " unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p (verb)",
                f"{name}_app",
            )
        held += [
            f"{name}: {row['verb']} {row['name']}"
            for row in rows
            if row["holds"] and not (row["verb"] == "UPDATE" and row["name"].startswith("outboxes"))
        ]
        assert {row["adds"] for row in rows} == {True}
    assert held == []
