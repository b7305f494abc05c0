"""The public log as it was told: texts byte for byte, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.disclosure.domain.draw_page_documents import DocumentAltered, LogDocument
from shared.runtime.database import Driver

_ADD: Final = (
    "INSERT INTO draw_documents (district, log_seq, draw_id, kind, text, digest, published_at)"
    " SELECT $1, * FROM unnest($2::integer[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])"
    " ON CONFLICT (district, log_seq) DO NOTHING"
)
_KEPT: Final = "SELECT log_seq, text FROM draw_documents WHERE district = $1 AND log_seq = ANY ($2::integer[])"
_OF_DRAW: Final = (
    "SELECT log_seq, draw_id, text FROM draw_documents WHERE district = $1 AND draw_id = $2 ORDER BY log_seq"
)
_TEXTS: Final = "SELECT log_seq, text FROM draw_documents WHERE district = $1 AND log_seq <= $2 ORDER BY log_seq"
_HEAD: Final = "SELECT coalesce(max(log_seq), 0) FROM draw_documents WHERE district = $1"
_AFTER: Final = (
    "SELECT log_seq, kind FROM draw_documents WHERE district = $1 AND draw_id = $2 AND log_seq > $3"
    " ORDER BY log_seq LIMIT 100"
)


class DrawDocumentStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def keep(self, documents: Sequence[LogDocument]) -> None:
        """Told twice is kept once. Raises DocumentAltered where another text stands under the number."""
        columns = [
            [getattr(one, name) for one in documents]
            for name in ("log_seq", "draw_id", "kind", "text", "digest", "published_at")
        ]
        await self._driver.execute(_ADD, self._district, *columns)
        told = {one.log_seq: one.text for one in documents}
        for row in await self._driver.fetch(_KEPT, self._district, list(told)):
            if row["text"] != told[row["log_seq"]]:
                raise DocumentAltered(log_seq=row["log_seq"])

    async def of_draw(self, draw_id: UUID) -> list[LogDocument]:
        rows = await self._driver.fetch(_OF_DRAW, self._district, draw_id)
        return [LogDocument.read(row["log_seq"], row["draw_id"], row["text"]) for row in rows]

    async def whole_log(self) -> list[str]:
        """All texts from number 1 on, without a gap: what comes after a gap has to wait for it."""
        head = await self.head()
        rows = await self._driver.fetch(_TEXTS, self._district, head)
        texts = [row["text"] for row in rows]
        whole = [number == row["log_seq"] for number, row in enumerate(rows, start=1)]
        return texts[: whole.index(False)] if False in whole else texts

    async def head(self) -> int:
        """Number of the last document kept, 0 for none."""
        return int(await self._driver.fetchval(_HEAD, self._district) or 0)

    async def after(self, draw_id: UUID, log_seq: int) -> list[tuple[int, str]]:
        """Number and kind of the draw's documents behind `log_seq`."""
        rows = await self._driver.fetch(_AFTER, self._district, draw_id, log_seq)
        return [(row["log_seq"], row["kind"]) for row in rows]
