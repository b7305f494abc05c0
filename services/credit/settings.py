"""Settings of credit, from `CREDIT_…` variables."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class CreditSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CREDIT_")

    answer_keys_file: Path
    """Ed25519 keys that sign answers, one a line: the first signs, all are published."""
