"""A database and two roles per service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.provision_postgres import dsn_of, provision_postgres

KINDS = ("owner", "app")


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("service", topology.PRODUCERS)
async def test_a_service_opens_its_own_database_and_no_other(
    platform: EmbeddedPlatform, service: str, kind: str
) -> None:
    """SEC29: no service's role can open another's database, nor the maintenance ones."""
    own = platform.database_url(service, kind)
    async with connected(own) as connection:
        assert await connection.fetchval("SELECT current_user") == f"{service}_{kind}"
    others = [f"ssj_{name}" for name in topology.PRODUCERS if name != service]
    for database in [*others, "postgres", "template1"]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(dsn_of(own, database), timeout=5)


async def test_a_wrong_password_is_refused(platform: EmbeddedPlatform) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(dsn_of(platform.admin_dsn, "ssj_credit", "credit_app", "wrong"), timeout=5)


async def test_the_app_works_on_the_owners_tables_but_shapes_none(platform: EmbeddedPlatform) -> None:
    """SEC3: the app role is not the owner and cannot pass over row-level security."""
    async with connected(platform.database_url("draw", "owner")) as owner:
        await owner.execute("CREATE TABLE visits_probe (id bigint GENERATED ALWAYS AS IDENTITY, note text)")
        try:
            async with connected(platform.database_url("draw")) as app:
                await app.execute("INSERT INTO visits_probe (note) VALUES ('上门')")
                await app.execute("UPDATE visits_probe SET note = '已上门'")
                assert await app.fetchval("SELECT note FROM visits_probe") == "已上门"
                await app.execute("DELETE FROM visits_probe")
                for statement in (
                    "CREATE TABLE own_idea (id int)",
                    "ALTER TABLE visits_probe ADD COLUMN extra int",
                    "TRUNCATE visits_probe",
                    "DROP TABLE visits_probe",
                ):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await app.execute(statement)
        finally:
            await owner.execute("DROP TABLE visits_probe")


async def test_neither_role_of_a_service_is_privileged(platform: EmbeddedPlatform) -> None:
    async with connected(platform.admin_dsn) as admin:
        rows = await admin.fetch(
            "SELECT rolname FROM pg_roles WHERE rolname ~ '_(owner|app)$' AND rolcanlogin "
            "AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)"
        )
    assert {row["rolname"] for row in rows} == {f"{name}_{kind}" for name in topology.PRODUCERS for kind in KINDS}


async def test_the_app_has_time_limits_and_the_owner_has_none(platform: EmbeddedPlatform) -> None:
    """promises.md section 6."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    limits = {}
    for kind in KINDS:
        async with connected(platform.database_url("results", kind)) as connection:
            limits[kind] = [await connection.fetchval(f"SHOW {name}") for name in names]
    assert limits == {"owner": ["0", "0", "0"], "app": ["5s", "2s", "15s"]}


async def test_every_database_sorts_alike_and_has_its_extensions(platform: EmbeddedPlatform) -> None:
    for service in topology.PRODUCERS:
        async with connected(platform.database_url(service)) as connection:
            shape = await connection.fetchrow(
                "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, "
                "pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()"
            )
            extensions = await connection.fetch("SELECT extname FROM pg_extension")
        assert tuple(shape) == ("UTF8", "C.UTF-8", "C.UTF-8", f"{service}_owner")
        assert {row["extname"] for row in extensions} >= {"pg_trgm", "btree_gist"}


async def test_pages_carry_checksums_and_logins_use_scram(platform: EmbeddedPlatform) -> None:
    async with connected(platform.admin_dsn) as admin:
        assert await admin.fetchval("SHOW data_checksums") == "on"
        assert await admin.fetchval("SHOW listen_addresses") == "127.0.0.1"
        methods = await admin.fetch("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert [row["auth_method"] for row in methods] == ["scram-sha-256"]


async def test_provisioning_again_keeps_the_data_and_mends_a_role(platform: EmbeddedPlatform) -> None:
    async with connected(platform.database_url("planning", "owner")) as owner:
        await owner.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    async with connected(platform.admin_dsn) as admin:
        await admin.execute("ALTER ROLE planning_app SET statement_timeout = 0")
        await admin.execute("ALTER ROLE planning_app BYPASSRLS PASSWORD 'changed'")
    await provision_postgres(platform.admin_dsn, topology.PRODUCERS, platform.site.credentials, private_server=True)
    async with connected(platform.database_url("planning")) as app:
        assert await app.fetchval("SHOW statement_timeout") == "5s"
        assert await app.fetchval("SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
        assert await app.fetchval("SELECT count(*) FROM kept") == 0
    async with connected(platform.database_url("planning", "owner")) as owner:
        await owner.execute("DROP TABLE kept")
