"""One webhook over HTTP: signed by the library of Standard Webhooks with every secret in use, posted by the guarded
client (SEC23, SEC24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from services.exchange.adapters.guarded_http import GuardedClient
from services.exchange.domain.webhooks import Endpoint, Message


class WebhookSender:
    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    async def send(self, endpoint: Endpoint, message: Message, now: datetime) -> int:
        """The receiver's status. Raises DeliveryFailed where it cannot be reached."""
        headers = signed_headers(endpoint.secrets, message, now) | {"Content-Type": "application/json"}
        answer = await self._client.request("POST", endpoint.url, headers, message.body.encode())
        return answer.status


def signed_headers(keys: Sequence[str], message: Message, now: datetime) -> dict[str, str]:
    at = now.astimezone(UTC).replace(microsecond=0)
    name = str(message.id)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(name, at, message.body) for key in keys),
    }
