"""`python -m deploy.k8s.provision`: streams and durables of the cluster's broker as `deploy.topology` declares them.

Run by a Job before the services and every ten minutes after: a broker that lost its store gets its streams back, and
the consumers pull the events from the producers' logs. Exit 0 done; 1 the broker refuses or does not answer (stderr).
"""

import asyncio
import sys
from urllib.parse import quote

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.embedded.errors import EmbeddedError
from deploy.embedded.provision_nats import provision_nats
from deploy.topology import GIB


class ProvisionSettings(BaseSettings):
    """From `PROVISION_…` variables. `max_bytes`: bytes a stream may hold."""

    model_config = SettingsConfigDict(env_prefix="PROVISION_")

    nats_host: str
    nats_user: str
    nats_password: SecretStr
    scheme: str = "tls"
    replicas: int = 3
    max_bytes: int = GIB

    @property
    def url(self) -> str:
        login = f"{quote(self.nats_user, safe='')}:{quote(self.nats_password.get_secret_value(), safe='')}"
        return f"{self.scheme}://{login}@{self.nats_host}"


def main() -> int:
    """Declares what is missing or different."""
    settings = ProvisionSettings()
    try:
        asyncio.run(provision_nats(settings.url, max_bytes=settings.max_bytes, replicas=settings.replicas))
    except EmbeddedError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    sys.stdout.write("消息流与消费者已与声明一致\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
