"""Settings of the mock province, from `PROVINCE_…` variables."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProvinceSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PROVINCE_")

    port: int
    database_url: SecretStr
    """`postgresql://` URL of its own database."""
    token: SecretStr
    """What a sender shows as bearer."""
    drop_dir: Path
    """Packages lie in `out`, receipts go to `receipts`."""
    front_url: SecretStr | None = None
    """The front database (前置库), with the peer's own role."""
    front_district: str = ""
    poll_seconds: float = 0.3
