"""HTTP push: a batch is PUT under its number, so that sending it again is the same act to the peer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.exchange.adapters.guarded_http import Answered, GuardedClient
from services.exchange.adapters.wire import batch_on_wire, receipts_of
from services.exchange.domain.batches import Answer, Batch, DeliveryFailed, NotKnown, Pending
from services.exchange.domain.rows import OutboundRow

JSON: Final = "application/json"


class HttpPush:
    """`PUT {url}/batches/{number}` and, where the outcome is unknown, `GET` of the same."""

    def __init__(self, client: GuardedClient, url: str, token: str, sender: str) -> None:
        self._client, self._url, self._token, self._sender = client, url.rstrip("/"), token, sender

    async def deliver(self, batch: Batch, rows: Sequence[OutboundRow]) -> Answer:
        body = batch_on_wire(batch, rows, self._sender)
        answer = await self._client.request("PUT", self._place(batch), self._headers(), body)
        if answer.status == 404:
            raise DeliveryFailed(detail="答复 404")
        return _read(answer, batch)

    async def ask(self, batch: Batch) -> Answer:
        answer = await self._client.request("GET", self._place(batch), self._headers())
        return NotKnown() if answer.status == 404 else _read(answer, batch)

    def _place(self, batch: Batch) -> str:
        return f"{self._url}/batches/{batch.number}"

    def _headers(self) -> dict[str, str]:
        # A header that ends with a blank is none.
        return {"Content-Type": JSON, **({"Authorization": f"Bearer {self._token}"} if self._token else {})}


def _read(answer: Answered, batch: Batch) -> Answer:
    if answer.status == 202:
        return Pending()
    if answer.status != 200:
        raise DeliveryFailed(detail=f"答复 {answer.status}")
    return receipts_of(answer.content, batch.number)
