"""Settings of the gateway, from `GATEWAY_…` variables."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    access_minutes: int = 30
    """Life of an access token; the internal token behind it lives a minute."""
    upstream_seconds: float = 30.0
    """Total time limit of an ordinary upstream call."""
    second_factor_required: bool = True
    """Administrators do nothing but enrol before they have a second factor. The demo installation leaves it to them."""
    local_per_minute: int = 6_000
    """Requests a minute of one officer, or of one address without sign-in, at one replica."""
