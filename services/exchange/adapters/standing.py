"""What a peer has, asked over HTTP: `GET {url}/datasets/{dataset}/rows`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import orjson

from services.exchange.adapters.guarded_http import GuardedClient
from services.exchange.domain.batches import DeliveryFailed
from services.exchange.domain.reconciling import StandingSource, There
from services.exchange.settings import ExchangeSettings


class HttpStanding:
    def __init__(self, client: GuardedClient, url: str, token: str) -> None:
        self._client, self._url, self._token = client, url.rstrip("/"), token

    async def standing(self, dataset: str) -> Sequence[There]:
        url = f"{self._url}/datasets/{quote(dataset, safe='')}/rows"
        answer = await self._client.request(
            "GET", url, {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        if answer.status != 200:
            raise DeliveryFailed(detail=f"答复 {answer.status}")
        try:
            return [
                There(
                    str(row["row_key"]),
                    int(row["version"]),
                    str(row["digest"]),
                    str(row["org_code"]),
                    int(row["copies"]),
                )
                for row in orjson.loads(answer.content)["rows"]
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise DeliveryFailed(detail="对账数据无法识别") from error


def make_standings(settings: ExchangeSettings) -> Mapping[str, StandingSource]:
    """Peer → where it shows what it has: its `reconcile_url`, or the `url` of an HTTP channel."""
    client = GuardedClient(settings.timeout_seconds, settings.allowed_private)
    return {
        peer: HttpStanding(client, channel.reconcile_url or channel.url, channel.token.get_secret_value())
        for peer, channel in settings.channels.items()
        if channel.reconcile_url or channel.url
    }
