"""What is heard from results: statements of enterprises (陈述申辩) that passed moderation (B6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.disclosure.domain.privacy import scrubbed
from services.disclosure.domain.statements import Statement
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_statements import keep_statements
from shared.events.envelope import Heard
from shared.events.results import StatementPublishedV1
from shared.runtime.inbox import Handlers


async def on_statement_published(heard: Sequence[Heard[StatementPublishedV1]], uow: DisclosureUnitOfWork) -> None:
    told = [one.event for one in heard]
    await keep_statements(
        [
            Statement(
                one.statement_id,
                one.result_id,
                one.result_version,
                one.entity_id,
                scrubbed(one.text),
                one.published_at,
            )
            for one in told
        ],
        uow,
    )


STATEMENTS_OF_RESULTS: Final[Handlers] = {StatementPublishedV1: on_statement_published}
