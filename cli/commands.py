"""The commands of who runs the platform, beside those in `cli.main`: each reads its options and hands them on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.ops.answer import Answer, ProgressKind, give
from deploy.embedded.__main__ import DEFAULT_DATA
from deploy.embedded.options import PlatformOptions

Data = Annotated[Path, typer.Option("--data", envvar="SSJ_DATA", help="数据目录")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
Shown = Annotated[ProgressKind, typer.Option("--progress", help="进度：auto、bar、text 或 none（写到标准错误）")]
PassphraseFile = Annotated[Path, typer.Option(help="口令文件（第一行，至少 12 个字符）", exists=True)]
PostgresDsn = Annotated[str | None, typer.Option(envvar="SSJ_POSTGRES_DSN", help="使用已有的 PostgreSQL")]
NatsUrl = Annotated[str | None, typer.Option(envvar="SSJ_NATS_URL", help="使用已有的 NATS")]


def status(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """一屏看清运行状况：服务、事件通道、待发事件、搁置事件、检查点。退出码 0 正常，1 有异常，2 未能检查。"""
    from cli.ops.status import status as look

    sys.exit(give(lambda: look(data), as_json=as_json))


def redrive(
    data: Data = DEFAULT_DATA,
    service: Annotated[str | None, typer.Option(help="只处理该服务搁置的事件")] = None,
    producer: Annotated[str | None, typer.Option(help="只处理来自该服务的事件")] = None,
    seq: Annotated[int | None, typer.Option(help="只处理该编号的事件")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="只列出，不处理")] = False,
    as_json: AsJson = False,
) -> None:
    """重新处理被搁置的事件，旧的在先。退出码 0 全部处理，1 仍有搁置，2 未能执行。"""
    from cli.ops.redrive import Wanted
    from cli.ops.redrive import redrive as drive

    wanted = Wanted(service, producer, seq)
    sys.exit(give(lambda: drive(data, wanted, only_list=only_list), as_json=as_json))


def replay(
    service: Annotated[str, typer.Argument(help="服务名")],
    data: Data = DEFAULT_DATA,
    swap: Annotated[bool, typer.Option("--swap", help="信用服务：一致时以重建的数据替换现有数据")] = False,
    as_json: AsJson = False,
) -> None:
    """从头重读一个服务的事件日志；信用服务另由记账日志重建并比较。退出码 0 一致，1 有出入，2 未能检查。"""
    from cli.ops.replay import replay as read

    sys.exit(give(lambda: read(data, service, swap=swap), as_json=as_json))


def backup(
    to: Annotated[Path, typer.Option("--to", help="备份写入的目录（须不存在）")],
    passphrase_file: PassphraseFile,
    data: Data = DEFAULT_DATA,
    progress: Shown = ProgressKind.AUTO,
    as_json: AsJson = False,
) -> None:
    """备份运行中的平台：各服务数据库、文件、密钥（以口令加密）、清单。退出码 0 完成，2 未完成。"""
    from cli.backup.keys import read_passphrase
    from cli.backup.take import backup as take

    sys.exit(give(lambda: take(data, to, read_passphrase(passphrase_file), progress), as_json=as_json))


def restore(  # noqa: PLR0913 - a parameter per command-line option
    backup_folder: Annotated[Path, typer.Option("--from", help="备份目录", exists=True)],
    data: Data = DEFAULT_DATA,
    service: Annotated[str | None, typer.Option(help="只恢复该服务；不指明则整体恢复到空目录")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="备份时的口令文件（整体恢复须有）")] = None,
    postgres_dsn: PostgresDsn = None,
    nats_url: NatsUrl = None,
    progress: Shown = ProgressKind.AUTO,
    as_json: AsJson = False,
) -> None:
    """恢复整个平台，或由较早的备份恢复一个服务（平台须已停止）。退出码 0 无缺失，1 有待补录，2 未能恢复。"""
    from cli.backup.keys import read_passphrase
    from cli.backup.restore import restore as put_back

    options = PlatformOptions(data_dir=data, postgres_dsn=postgres_dsn, nats_url=nats_url)

    def work() -> Answer:
        passphrase = read_passphrase(passphrase_file) if passphrase_file else None
        return put_back(backup_folder, options, service, passphrase, progress)

    sys.exit(give(work, as_json=as_json))


def reentry(
    data: Data = DEFAULT_DATA,
    service: Annotated[str | None, typer.Option(help="只看该服务")] = None,
    done: Annotated[list[int] | None, typer.Option(help="已补录的编号，从清单上注销")] = None,
    as_json: AsJson = False,
) -> None:
    """恢复之后待补录的事项。退出码 0 没有，1 尚有，2 未能检查。"""
    from cli.backup.reentry import reentry as look

    sys.exit(give(lambda: look(data, service, tuple(done or ())), as_json=as_json))


def rotate_keys(
    data: Data = DEFAULT_DATA,
    service: Annotated[str | None, typer.Option(help="只更换该服务的密钥")] = None,
    progress: Shown = ProgressKind.AUTO,
    as_json: AsJson = False,
) -> None:
    """逐个服务更换加密密钥并重新加密个人信息，平台不停。退出码 0 完成，2 未完成。"""
    from cli.ops.rotate import rotate_keys as rotate

    sys.exit(give(lambda: rotate(data, service, progress), as_json=as_json))


def support_bundle(
    to: Annotated[Path, typer.Argument(help="写入的文件（.tar.gz，须不存在）")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """收集日志、版本与检查结果供支持人员使用；口令、密钥与个人信息隐去。退出码 0 完成，2 未完成。"""
    from cli.ops.bundle import support_bundle as gather

    sys.exit(give(lambda: gather(data, to), as_json=as_json))


def add_commands(app: typer.Typer) -> None:
    """Registers them all."""
    for command in (status, redrive, replay, backup, restore, reentry, rotate_keys, support_bundle):
        app.command()(command)
