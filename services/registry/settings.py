"""Settings of registry, from `REGISTRY_…` variables."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class RegistrySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="REGISTRY_")

    import_file_limit_mb: int = 512
    """The largest import file taken (批量导入文件上限)."""
