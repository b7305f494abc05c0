"""SEC5, SEC6, first depth: a planted telephone number is looked for wherever anything goes out.

Inspectors', experts' and legal representatives' numbers, by file and by hand, in rows that were taken and in rows that
were not. Whoever may see the field sees it masked; in the clear it stands nowhere.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from uuid import UUID

import orjson
import pytest
from structlog.testing import capture_logs

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from shared.runtime.sealed import masked
from shared.values.ids import new_id
from tests.builders.registry import District
from tests.security.conftest import House
from tests.security.databases import as_administrator, tables_of
from tests.security.planting import NAME, Planted, plant_by_file, plant_by_hand, read_everything


@pytest.fixture(scope="module")
async def planted(house: House) -> Planted:
    found = Planted(District(house["registry"], f"d{str(new_id())[-12:]}"))
    with capture_logs() as logs:
        await found.district.set_up()
        await plant_by_file(found)
        await plant_by_hand(found)
        await read_everything(found, dict(house))
    found.logs += logs
    return found


def unpacked(content: bytes) -> bytes:
    """A workbook as its parts; anything else as it is."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"\n".join(book.read(part) for part in book.namelist())


async def test_the_canaries_are_in(planted: Planted) -> None:
    """Each way in was really gone: what was taken is sealed and opens, what was refused was refused for its reason."""
    assert len(set(planted.canaries)) == len(planted.canaries) > 20
    statuses = Counter(what.rpartition(" ")[2] for what, _ in planted.answers)
    assert {"200", "201", "409", "412", "422"} <= set(statuses)
    async with planted.district.registry.work(planted.district.office) as work:
        inspector = await work.inspectors.find(UUID(planted.ids["inspector_id"]))
    assert inspector.content.phone in planted.canaries


async def test_no_answer_shows_one(planted: Planted) -> None:
    found = {what: planted.found_in(unpacked(content)) for what, content in planted.answers}
    assert {what: canaries for what, canaries in found.items() if canaries} == {}
    shown = b"".join(unpacked(content) for _, content in planted.answers)
    assert NAME.encode() in shown
    assert str(masked(planted.canaries[0])).encode() in shown, "its department sees it masked"


async def test_the_exports_were_read(planted: Planted) -> None:
    """Both forms of every list of registry that goes out as a file, with the owner's rows in them."""
    exports = {what.rpartition(" ")[0] for what, _ in planted.answers if "/export 200" in what}
    assert len(exports) > 5
    files = [unpacked(content) for what, content in planted.answers if "/v1/entities/export 200" in what]
    assert sum(NAME.encode() in content for content in files) >= 2
    assert any(content.startswith(b"PK") for what, content in planted.answers if "/export 200" in what)


async def test_no_log_line_shows_one(planted: Planted) -> None:
    lines = orjson.dumps(planted.logs, default=str)
    assert planted.found_in(lines) == []
    assert lines.count(b"request.done") > 100


async def test_no_table_of_any_service_holds_one_in_the_clear(planted: Planted, platform: EmbeddedPlatform) -> None:
    """Log and events, audits, kept answers, staging, findings, histories, replicas: every table of every database."""
    holders: list[str] = []
    named: list[str] = []
    for service in topology.PRODUCERS:
        async with as_administrator(platform, service) as connection:
            for table in await tables_of(platform, service):
                count = f"SELECT count(*) FROM {table.name} t WHERE t::text ~ $1"
                holders += [f"{table}"] * bool(await connection.fetchval(count, planted.pattern))
                named += [f"{table}"] * bool(await connection.fetchval(count, NAME))
    assert holders == []
    assert "registry.entities" in named
