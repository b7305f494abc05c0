"""Settings of disclosure, from `DISCLOSURE_…` variables."""

from pydantic_settings import SettingsConfigDict

from services.disclosure.api.site import Site
from shared.runtime.settings import ServiceSettings


class DisclosureSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="DISCLOSURE_")

    portal: Site = Site()
    """Slots of the portal's header and footer, one JSON object."""
    result_public_months: int = 60
    """Term of publicity (公示期) of a result, from its first publication; fixed for the district."""
