"""Settings of the gateway, from `GATEWAY_…` variables."""

from pydantic import SecretStr
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
    password_days: int = 90
    """After so many days an officer can do nothing but set a new password (SEC20); 0: passwords do not age."""
    oidc_issuer: str = ""
    """The issuer of people (统一身份认证), as it names itself; empty: local accounts only."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_redirect: str = ""
    """`https://<this platform>/oauth2/callback`, as registered with the issuer."""
    oidc_hosts: frozenset[str] = frozenset()
    """Hosts besides the issuer's own that its addresses may lie on (SEC23)."""
    oidc_private_network: bool = False
    """The issuer stands in the own network: private addresses may be called."""
    oidc_plain_http: bool = False
    """For tests on one machine alone."""
    trusted_proxies: int = 0
    """Proxies of our own before the door: that many addresses at the end of `X-Forwarded-For` are believed."""
    local_per_minute: int = 6_000
    """Requests a minute of one officer, or of one address without sign-in, at one replica."""
