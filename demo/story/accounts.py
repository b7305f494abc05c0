"""Who acts in the story: one account per role and department, all with the demo password."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from demo.story.stage import PASSWORD, Stage

ADMIN = "admin"
OFFICE = "lxb.office"
OFFICE_SECOND = "lxb.second"
INITIATOR, PARTICIPANTS = "wjw", ("scjg", "rsj")
JOINT = (INITIATOR, *PARTICIPANTS)
WITNESSES = {"notary": "孟津公证处", "discipline": "区纪委监委派驻组"}
SECURITY = "security"
PEER, PEER_SECRET = "procurement", "demo-secret-of-procurement-platform"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    name: str
    department: str
    roles: tuple[str, ...]


def department_admin(department: str) -> str:
    return f"{department}.admin"


def reviewer(department: str) -> str:
    return f"{department}.legal"


def demo_accounts(departments: list[str]) -> list[DemoAccount]:
    """Everybody who signs in before the draw; the inspectors drawn get theirs after it."""
    office = [
        DemoAccount(SECURITY, "安全管理员", "lxb", ("security_admin",)),
        DemoAccount(OFFICE, "联席会议办公室经办人", "lxb", ("joint_office",)),
        DemoAccount(OFFICE_SECOND, "联席会议办公室复核人", "lxb", ("joint_office",)),
        DemoAccount("auditor", "审计员", "sjj", ("auditor",)),
        DemoAccount("supervision", "行政执法监督（司法局）", "sfj", ("supervision",)),
        DemoAccount("operations", "运行维护", "lxb", ("operations",)),
    ]
    admins = [
        DemoAccount(department_admin(code), f"{code} 部门管理员", code, ("department_admin",)) for code in departments
    ]
    legal = [DemoAccount(reviewer(code), f"{code} 法制审核", code, ("reviewer",)) for code in JOINT]
    witnesses = [DemoAccount(f"witness.{key}", name, "jz", ("witness",)) for key, name in WITNESSES.items()]
    return [*office, *admins, *legal, *witnesses]


async def open_accounts(stage: Stage) -> None:
    """The first account is made on the machine; all others by it through the gateway."""
    with stage.step("gateway.accounts", "开立账号，登记接入系统"):
        stage.machinery.create_administrator(ADMIN, PASSWORD)
        accounts = demo_accounts([department.code for department in stage.district.departments])
        await open_accounts_together(stage, [(account, None) for account in accounts])
        body = {"client_id": PEER, "name": "区公共资源交易平台", "scopes": ["credit.check"], "secret": PEER_SECRET}
        client = await stage.act(ADMIN, "/api/gateway/v1/clients", body, status=201)
        await stage.act(SECURITY, f"/api/gateway/v1/client-changes/{client['change_id']}/approval", status=200)
        refused = await (await stage.sign_in(OFFICE)).get("/api/gateway/v1/accounts")
        stage.equal(refused.status_code, 403, "非管理员查看账号")
        stage.note(f"{len(accounts) + 1} 个账号")


async def open_accounts_together(stage: Stage, wanted: Sequence[tuple[DemoAccount, str | None]]) -> None:
    """A few at a time: the memory-hard hash takes its time on purpose."""
    gate = asyncio.Semaphore(4)

    async def one(account: DemoAccount, inspector_id: str | None) -> None:
        async with gate:
            await open_account(stage, account, inspector_id)
            await stage.sign_in(account.login)

    await asyncio.gather(*(one(account, inspector_id) for account, inspector_id in wanted))


async def open_account(stage: Stage, account: DemoAccount, inspector_id: str | None = None) -> None:
    body = {
        "login": account.login,
        "name": account.name,
        "department": account.department,
        "roles": list(account.roles),
        "inspector_id": inspector_id,
        "password": PASSWORD,
    }
    await stage.act(ADMIN, "/api/gateway/v1/accounts", body, status=201)


def sign_in_table() -> Table:
    """The demo's sign-ins, for the person who started it."""
    table = Table(title=f"演示账号（密码均为 {PASSWORD}）", title_justify="left", show_edge=False)
    table.add_column("账号")
    table.add_column("身份")
    for login, who in (
        (ADMIN, "系统管理员：开立账号，提出接入系统"),
        (SECURITY, "安全管理员：审批接入系统"),
        (OFFICE, "联席会议办公室"),
        (department_admin(INITIATOR), "部门管理员（发起部门）"),
        (reviewer(INITIATOR), "法制审核"),
        ("witness.notary", "见证方：公证处"),
        ("auditor", "审计员"),
        ("supervision", "行政执法监督"),
        ("operations", "运行维护：查看并重新处理被搁置的事件"),
        (f"{PEER}（接入系统，密钥 {PEER_SECRET}）", "区公共资源交易平台：查询联合惩戒"),
    ):
        table.add_row(login, who)
    return table
