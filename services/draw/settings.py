"""Settings of draw, from `DRAW_…` variables."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class DrawSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="DRAW_")

    beacon_drop: Path | None = None
    """Folder in which files bring public values (公共随机源); None: values are typed in."""
