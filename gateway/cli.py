"""The first account: made on the machine itself, since nobody can sign in before it."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

import typer

from gateway.domain.accounts import LoginTaken, PasswordTooWeak, assert_password
from gateway.settings import GatewaySettings
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.usecases.open_account import ADMIN, OpenAccount, open_account
from shared.runtime.database import Database
from shared.runtime.principal import service_principal


def create_administrator(login: str, name: str = "系统管理员", department: str = "SCJG") -> None:
    """建立首个系统管理员账号；密码从标准输入读取。"""
    password = sys.stdin.readline().rstrip("\n")
    try:
        assert_password(password, login)
        asyncio.run(_create(OpenAccount(login, name, department, frozenset({ADMIN}), None, password)))
    except PasswordTooWeak as weak:
        typer.echo(weak.detail, err=True)
        raise typer.Exit(2) from weak
    except LoginTaken as taken:
        typer.echo(taken.detail, err=True)
        raise typer.Exit(1) from taken
    typer.echo(f"已建立账号 {login}")


async def _create(command: OpenAccount) -> None:
    settings = GatewaySettings()
    database = Database(settings.database_url.get_secret_value(), 1)
    machine = service_principal("gateway", settings.district)
    machine = replace(machine, subject="operator:console", roles=frozenset({ADMIN}))
    uow = GatewayUnitOfWork(database, machine)
    uow.acting("create_administrator", command)
    try:
        await open_account(command, uow)
    finally:
        await database.close()
