"""Settings of draw, from `DRAW_…` variables."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class DrawSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="DRAW_")
