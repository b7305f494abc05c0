"""`ssj`: the platform's command line. stdout is data, stderr is talk; 0 fine, 1 found something, 2 could not check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.commands import add_commands
from deploy.embedded.__main__ import DEFAULT_DATA, DEFAULT_PORT

app = typer.Typer(
    add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, help="双随机监管平台命令行工具"
)
DataOption = Annotated[Path, typer.Option("--data", envvar="SSJ_DATA", help="数据目录")]


@app.command()
def run(
    data: DataOption = DEFAULT_DATA,
    port: Annotated[int, typer.Option(envvar="SSJ_PORT", help="网关端口")] = DEFAULT_PORT,
    postgres_dsn: Annotated[str | None, typer.Option(envvar="SSJ_POSTGRES_DSN", help="使用已有的 PostgreSQL")] = None,
    nats_url: Annotated[str | None, typer.Option(envvar="SSJ_NATS_URL", help="使用已有的 NATS")] = None,
    seed: Annotated[int, typer.Option(help="演示数据的种子")] = 1,
) -> None:
    """启动整个平台；数据目录为空时先演示一个完整的监管周期，然后持续服务。"""
    from cli.run import run_platform

    sys.exit(run_platform(data, port, postgres_dsn, nats_url, seed))


@app.command()
def story(
    seed: Annotated[int, typer.Option(help="演示数据的种子")] = 1,
    expect: Annotated[list[str] | None, typer.Option(help="改动一项预期：名称=值（用于试验核对是否有效）")] = None,
    fault: Annotated[str | None, typer.Option(help="演示中制造的故障")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果，过程写到标准错误")] = False,
) -> None:
    """在全新的临时数据目录中演示并逐步核对整个监管周期，结束后停止。"""
    from cli.run import play_story

    sys.exit(play_story(seed, expect or [], fault, as_json=as_json))


@app.command()
def doctor(
    data: DataOption = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """检查正在运行的平台的设置，说明哪里不对。"""
    from cli.doctor.examine import doctor as examine

    sys.exit(examine(data, as_json=as_json))


@app.command(name="verify-draw")
def verify_draw(
    files: Annotated[list[Path], typer.Argument(help="抽取记录文件或目录", exists=True)],
    verbose: Annotated[bool, typer.Option(help="逐项说明")] = False,
) -> None:
    """核验抽取记录：与网上公开的独立核验程序相同。"""
    from verifier.verify import main as verify

    sys.exit(verify([*(["--verbose"] if verbose else []), *(str(path) for path in files)]))


@app.command(name="export-audit")
def export_audit(
    service: Annotated[str, typer.Argument(help="服务名")],
    into: Annotated[Path, typer.Argument(help="写入的文件（JSON，每行一条）")],
    data: DataOption = DEFAULT_DATA,
    dsn: Annotated[str | None, typer.Option(help="直接指明该服务的数据库（须能读全部行）")] = None,
) -> None:
    """导出一个服务的审计链、留痕、事件日志与公示内容，供离线核验。"""
    from cli.trail import export_of
    from deploy.embedded.errors import EmbeddedError

    try:
        lines = export_of(data, service, into, dsn)
    except (EmbeddedError, OSError) as error:
        print(f"✗ {error}", file=sys.stderr)
        sys.exit(2)
    print(f"{into}: {lines} 行", file=sys.stderr)


@app.command(name="verify-audit", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def verify_audit(context: typer.Context) -> None:
    """核验审计链：与可单独取走的离线核验程序相同（--help 见 verifier/verify_audit.py）。"""
    from verifier.verify_audit import main as verify

    sys.exit(verify(context.args))


@app.command()
def migration(service: str, message: str) -> None:
    """新建一个数据库迁移文件。"""
    from alembic import command

    from shared.runtime.migrate import alembic_config

    command.revision(alembic_config(service), message, head="head")


@app.command()
def snapshots() -> None:
    """重新生成 docs/api/ 下的接口与事件文档，以及错误目录 docs/errors.md。"""
    from cli.errors import write_errors
    from cli.snapshots import write_snapshots

    for name in [*write_snapshots(), write_errors().name]:
        print(name)


add_commands(app)

if __name__ == "__main__":
    app()
