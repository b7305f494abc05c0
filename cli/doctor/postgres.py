"""The database server, its databases and roles (`promises` section 6; SEC3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg

from cli.doctor.checks import Check, judged, skipped
from deploy import topology
from deploy.embedded.provision_postgres import database_name, role_name
from deploy.embedded.services import Site

SERVER = "数据库服务器"
DATABASES = "数据库与角色"
TIME = "时钟"
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
ROLE_SETTINGS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "15s"}
MAX_DRIFT = 2.0
OLDEST_UNSENT = 60
OLDEST_UNSIGNED = 26


async def check_postgres(site: Site) -> AsyncIterator[Check]:
    """All checks of the server and of the database of every service that runs."""
    try:
        admin = await asyncpg.connect(site.admin_dsn, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        yield judged(
            "postgres.reachable", SERVER, f"无法连接（{type(error).__name__}）", "", "请确认 PostgreSQL 已启动"
        )
        return
    try:
        async for check in _server(admin):
            yield check
        for service in sorted(site.ports):
            yield await _roles(admin, service)
            yield await _apart(admin, service)
    finally:
        await admin.close()
    for service in sorted(site.ports):
        async for check in _database(site, service):
            yield check


async def _server(admin: asyncpg.Connection[Any]) -> AsyncIterator[Check]:
    version = admin.get_server_version()
    yield judged(
        "postgres.version", SERVER, None if version.major >= 15 else f"版本 {version.major} 低于 15", str(version.major)
    )
    for name in MUST_BE_ON:
        value = await admin.fetchval("SELECT current_setting($1)", name)
        wrong = None if value == "on" else f"{name} = {value}，应为 on"
        yield judged(f"postgres.{name}", SERVER, wrong, value, f"在 postgresql.conf 中设 {name} = on 并重载")
    drift = abs((await admin.fetchval("SELECT clock_timestamp()") - datetime.now(UTC)).total_seconds())  # noqa: TID251
    wrong = None if drift <= MAX_DRIFT else f"数据库与本机时钟相差 {drift:.1f} 秒"
    yield judged("clock.drift", TIME, wrong, f"相差 {drift:.2f} 秒", "请检查 NTP 对时")


async def _roles(admin: asyncpg.Connection[Any], service: str) -> Check:
    """The app role owns nothing, bypasses nothing, and has its time limits."""
    role = role_name(service, "app")
    row = await admin.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolconfig,"
        " EXISTS (SELECT FROM pg_database WHERE datdba = r.oid) AS owns FROM pg_roles r WHERE rolname = $1",
        role,
    )
    if row is None:
        return judged(f"role.{role}", DATABASES, f"缺少角色 {role}", "", "重新执行 make run 以补建角色")
    faults = [
        text
        for bad, text in (
            (row["rolsuper"], "是超级用户"),
            (row["rolbypassrls"], "可绕过行级安全"),
            (row["rolcreaterole"], "可建立角色"),
            (row["owns"], "拥有数据库"),
        )
        if bad
    ]
    kept = dict(line.split("=", 1) for line in row["rolconfig"] or ())
    faults += [
        f"{name} 为 {kept.get(name)}，应为 {value}" for name, value in ROLE_SETTINGS.items() if kept.get(name) != value
    ]
    return judged(f"role.{role}", DATABASES, f"{role}：{'；'.join(faults)}" if faults else None, "权限与时限正确")


async def _apart(admin: asyncpg.Connection[Any], service: str) -> Check:
    """No other service's role may open this database."""
    others = [role_name(name, kind) for name in topology.PRODUCERS if name != service for kind in ("owner", "app")]
    intruders = await admin.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1) AND has_database_privilege(rolname, $2, 'CONNECT')",
        others,
        database_name(service),
    )
    names = "、".join(row["rolname"] for row in intruders)
    return judged(
        f"database.{service}.apart",
        DATABASES,
        f"{names} 可以打开 {database_name(service)}" if names else None,
        "互相隔离",
    )


async def _database(site: Site, service: str) -> AsyncIterator[Check]:
    dsn = site.admin_dsn.rpartition("/")[0] + f"/{database_name(service)}"
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        yield judged(f"database.{service}", DATABASES, f"无法打开（{type(error).__name__}）", "")
        return
    try:
        yield await knows_chinese(connection, service)
        yield await _protected(connection, service)
        yield await _delivered(connection, service)
        yield await _parked(connection, service)
        yield await _signed(connection, service)
        yield await _clock(connection, site, service)
    finally:
        await connection.close()


async def knows_chinese(connection: asyncpg.Connection[Any], service: str) -> Check:
    """In a database of locale C the trigram index exists and finds nothing Chinese (`performance` section 6)."""
    check_id = f"database.{service}.locale"
    try:
        found = await connection.fetchval("SELECT show_trgm('宏达')")
    except asyncpg.UndefinedFunctionError:
        return skipped(check_id, DATABASES, "没有 pg_trgm 扩展")
    return judged(
        check_id, DATABASES, None if found else "LC_CTYPE 不是 UTF-8，中文检索失效", "C.UTF-8", "以 C.UTF-8 重建数据库"
    )


async def _protected(connection: asyncpg.Connection[Any], service: str) -> Check:
    """Every table with an owner department is behind forced row-level security."""
    bare = await connection.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'owner_department'"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'change_sets'"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    names = "、".join(row["relname"] for row in bare)
    return judged(f"database.{service}.rls", DATABASES, f"未启用强制行级安全：{names}" if names else None, "已启用")


async def _delivered(connection: asyncpg.Connection[Any], service: str) -> Check:
    waited = await connection.fetchval("SELECT extract(epoch FROM now() - min(occurred_at)) FROM outbox_waits")
    late = waited is not None and waited > OLDEST_UNSENT
    return judged(
        f"outbox.{service}",
        "事件",
        f"有事件 {waited:.0f} 秒未发出" if late else None,
        "无积压",
        "请查看服务日志中的 relay 行",
    )


async def _parked(connection: asyncpg.Connection[Any], service: str) -> Check:
    count = await connection.fetchval("SELECT count(*) FROM dead_letters WHERE redriven_at IS NULL")
    return judged(f"dead_letters.{service}", "事件", f"{count} 个事件被搁置" if count else None, "无", "处理后重新投递")


async def _signed(connection: asyncpg.Connection[Any], service: str) -> Check:
    """SEC11: what was sealed is under a checkpoint within 26 hours."""
    hours = await connection.fetchval(
        "SELECT extract(epoch FROM now() - min(sealed_at)) / 3600 FROM audit_places"
        " WHERE seq > coalesce((SELECT max(size) FROM audit_checkpoints), 0)"
    )
    wrong = f"有留痕 {hours:.0f} 小时未经检查点签名" if hours is not None and hours > OLDEST_UNSIGNED else None
    return judged(f"checkpoint.{service}", "审计", wrong, "已签名", "查看该服务日志中的 audit.seal_interrupted")


async def _clock(connection: asyncpg.Connection[Any], site: Site, service: str) -> Check:
    moved = await connection.fetchval("SELECT moved_by FROM demo_clocks")
    wrong = f"时钟被移动 {moved}，而当前不是演示环境" if moved and site.profile != "demo" else None
    return judged(f"clock.{service}", TIME, wrong, f"移动 {moved}" if moved else "未移动", "删除 demo_clocks 中的行")
