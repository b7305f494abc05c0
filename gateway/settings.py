"""Settings of the gateway, from `GATEWAY_…` variables."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    access_minutes: int = 30
    """Life of an access token; the internal token behind it lives a minute."""
    upstream_seconds: float = 30.0
    """Total time limit of an ordinary upstream call."""
