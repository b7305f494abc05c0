"""Settings of the exchange, from `EXCHANGE_…` variables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class Channel(BaseModel):
    """How a peer is reached: `http` needs `url` (https, or a host of `allowed_private`) and may have `token`; `file`
    needs `folder` (its subfolders `out` and `receipts`); `table` needs nothing, the peer reads our front tables."""

    transport: Literal["http", "file", "table"]
    url: str = ""
    token: SecretStr = SecretStr("")
    folder: Path | None = None
    reconcile_url: str = ""
    """Where the peer shows what it has, if that is not `url`."""


class ExchangeSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="EXCHANGE_")

    channels: dict[str, Channel] = Field(default_factory=dict)
    """Peer → channel. Rows of a peer without one stay staged."""
    maps_dir: Path | None = None
    """Field maps and code tables of the installation, in place of the shipped ones."""
    sender: str = ""
    """What we call ourselves to peers; the district where empty."""
    region: str = "410308"
    """行政区划代码 (GB/T 2260) sent with every row."""
    poll_seconds: float = 1.0
    retry_seconds: float = 1.0
    """The first pause after a failed attempt; later ones double."""
    patience_hours: float = 24.0
    """A batch without all its receipts after so long goes to the work list."""
    reconcile_hour: int = 2
    """The day's reconciliation is made from this hour on (Asia/Shanghai)."""
    timeout_seconds: float = 10.0
    allowed_private: list[str] = Field(default_factory=list)
    """Hosts (and no others) that may lie in private address ranges and be called without TLS (SEC23)."""
