"""What can stop the embedded platform from running: one Chinese sentence, a stable code and an exit code each.

EmbeddedError
├── PortInUse            10    ├── PlatformAlreadyRunning 14    ├── DatabaseUnreachable 18
├── DiskFull             11    ├── ProcessFailed          15    ├── BrokerUnreachable   19
├── DataFolderUnusable   12    ├── ProvisioningFailed     16    ├── UnknownService      20
└── BinaryMissing        13    └── MigrationFailed        17    └── RuntimeFolderUnsafe 21
"""

from pathlib import Path
from typing import ClassVar


class EmbeddedError(Exception):
    """The platform cannot start or go on. `str(error)` is the sentence shown to the person at the keyboard."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "platform.failed"


class PortInUse(EmbeddedError):
    exit_code = 10
    code = "platform.port_in_use"

    def __init__(self, port: int, purpose: str) -> None:
        super().__init__(
            f"端口 {port}（{purpose}）已被其他程序占用，请停止该程序或另选端口（网关端口用 SSJ_PORT 指定）。"
        )
        self.port = port


class DiskFull(EmbeddedError):
    exit_code = 11
    code = "platform.disk_full"

    def __init__(self, folder: Path, free: int, needed: int) -> None:
        super().__init__(
            f"磁盘空间不足：{folder} 所在磁盘仅剩 {free // 2**20} MB，至少需要 {needed // 2**20} MB，"
            "请清理磁盘或用 SSJ_DATA 指定其他位置。"
        )


class DataFolderUnusable(EmbeddedError):
    """The folder belongs to another version or to somebody else, or its remains are still busy. Nothing is changed."""

    exit_code = 12
    code = "platform.data_folder_unusable"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"数据目录 {folder} 不能使用：{reason}。")


class BinaryMissing(EmbeddedError):
    exit_code = 13
    code = "platform.binary_missing"

    def __init__(self, program: str, searched: str, remedy: str) -> None:
        super().__init__(f"找不到程序 {program}（已查找：{searched}），{remedy}。")


class PlatformAlreadyRunning(EmbeddedError):
    exit_code = 14
    code = "platform.already_running"

    def __init__(self, folder: Path, pid: int | None) -> None:
        who = f"（进程号 {pid}）" if pid else ""
        super().__init__(f"数据目录 {folder} 上已有一个平台在运行{who}，请先停止它。")
        self.pid = pid


class ProcessFailed(EmbeddedError):
    exit_code = 15
    code = "platform.process_failed"

    def __init__(self, name: str, reason: str, last_lines: tuple[str, ...] = ()) -> None:
        tail = "".join(f"\n    {line}" for line in last_lines)
        super().__init__(f"进程 {name} 未能启动：{reason}。" + (f"最后的日志：{tail}" if tail else ""))
        self.process = name


class ProvisioningFailed(EmbeddedError):
    exit_code = 16
    code = "platform.provisioning_failed"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"配置 {what} 失败：{reason}。")


class MigrationFailed(EmbeddedError):
    exit_code = 17
    code = "platform.migration_failed"

    def __init__(self, service: str, exit_code: int, last_lines: tuple[str, ...]) -> None:
        tail = "".join(f"\n    {line}" for line in last_lines)
        super().__init__(f"服务 {service} 的数据库迁移失败（退出码 {exit_code}）。最后的日志：{tail}")
        self.service = service


class DatabaseUnreachable(EmbeddedError):
    exit_code = 18
    code = "platform.database_unreachable"

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"连接不上 PostgreSQL（{address}）：{reason}。")


class BrokerUnreachable(EmbeddedError):
    exit_code = 19
    code = "platform.broker_unreachable"

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"连接不上 NATS（{address}）：{reason}。")


class UnknownService(EmbeddedError):
    exit_code = 20
    code = "platform.unknown_service"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"不能启动服务 {name}：{reason}。")


class RuntimeFolderUnsafe(EmbeddedError):
    exit_code = 21
    code = "platform.runtime_folder_unsafe"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"临时运行目录 {folder} 不安全：{reason}，请删除后重试。")
