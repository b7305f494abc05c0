"""What is heard from draw: the documents of the public log. Its other public facts (committed, completed, voided) tell
nothing that does not stand in them; visits are not public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.disclosure.domain.draw_page_documents import LogDocument
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_draws import keep_documents
from shared.events.draw import DocumentPublishedV1
from shared.events.envelope import Heard
from shared.runtime.inbox import Handlers


async def on_document_published(heard: Sequence[Heard[DocumentPublishedV1]], uow: DisclosureUnitOfWork) -> None:
    events = [one.event for one in heard]
    await keep_documents([LogDocument.read(one.log_seq, one.draw_id, one.text) for one in events], uow)


FROM_DRAW: Final[Handlers] = {DocumentPublishedV1: on_document_published}
