"""Credit (信用): facts, credit records, classes, lists, measures and flags, and who is restricted where."""

import asyncio
from typing import Annotated, cast

import typer

from services.credit.adapters.answer_keys import AnswerKeys
from services.credit.adapters.registry import RegistryClient
from services.credit.adapters.results import ResultsClient
from services.credit.api.routers import ROUTERS
from services.credit.messaging.handlers import FROM_REGISTRY, FROM_RESULTS
from services.credit.settings import CreditSettings
from services.credit.storage.answer_log import AnswerLog
from services.credit.storage.rulebooks import RuleShelf
from services.credit.storage.unit_of_work import Answering, CreditUnitOfWork
from services.credit.usecases.keep_up import keep_up
from services.credit.usecases.rebuild import rebuild_at
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def open_units(process: Process) -> UnitOfWorkFactory:
    """Units of work that share registry's client and the rules read so far."""
    client, shelf = RegistryClient(process.peers["registry"]), RuleShelf()
    keys = AnswerKeys.load(cast(CreditSettings, process.settings).answer_keys_file)
    codes = ResultsClient(process.peers["results"])
    answering = Answering(keys, AnswerLog(process.database), process.files, codes)

    def open_unit(principal: Principal) -> CreditUnitOfWork:
        return CreditUnitOfWork(process.database, principal, client, shelf, answering)

    return open_unit


def rebuild(
    check: Annotated[bool, typer.Option(help="只比较，不替换")] = False,
    force: Annotated[bool, typer.Option(help="与现有数据不一致时仍然替换（数据已损坏时用）")] = False,
) -> None:
    """由记账日志重建信用档案，与现有数据逐行比较后替换。"""
    owner = CreditSettings().owner_database_url
    if owner is None:
        typer.echo("缺少所有者数据库地址（CREDIT_OWNER_DATABASE_URL），无法重建", err=True)
        raise typer.Exit(2)
    done = asyncio.run(rebuild_at(owner.get_secret_value(), compare=not force, swap=not check))
    typer.echo(done.told())
    raise typer.Exit(0 if done.is_same else 1)


SERVICE = Service(
    name="credit",
    title="信用服务",
    settings=CreditSettings,
    unit_of_work=CreditUnitOfWork,
    routers=ROUTERS,
    hears={"results": FROM_RESULTS, "registry": FROM_REGISTRY},
    jobs=[keep_up],
    asks=("registry", "results"),
    answers=("registry", "disclosure", "exchange"),
    extend=open_units,
    commands=[rebuild],
)

if __name__ == "__main__":
    run(SERVICE)
