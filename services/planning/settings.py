"""Settings of planning, from `PLANNING_…` variables."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class PlanningSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="PLANNING_")
