"""`ssj verify-audit` against the database's superuser (SEC10): each way of tampering is done by SQL and named.

Every tampering happens in a transaction of the administrator that is exported from inside and rolled back.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli.trail import export_trail, trail_lines
from deploy.embedded.provision_postgres import database_name, dsn_of
from shared.runtime.audit_checkpoints import Signer
from shared.runtime.audit_rows import AUDIT, AUDIT_COLUMNS, EVENT, canonical, shown
from shared.runtime.audit_seal import Sealer, Sealing
from shared.runtime.audit_store import read_tail, read_times
from shared.runtime.audit_tree import chain_hash, leaf_hash
from shared.runtime.outbox import COLUMNS
from shared.values.ids import new_id
from tests.builders.people import the_joint_office
from tests.builders.results import a_record_body
from tests.integration.draw.conftest import Led, draw, lead
from tests.integration.results.conftest import Inspection, inspection
from tests.integration.runtime.test_audit_chain import numbering_of
from tests.support.served import Served
from verifier.verify_audit import main, signature_holds

__all__ = ["draw", "inspection", "lead"]
DAY = timedelta(days=1)
BACKDATED = "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"
Serve = Callable[..., Awaitable[Served]]


@dataclass
class Court:
    """One service's database in the hands of its administrator, and what was kept out of his reach."""

    served: Served
    admin: asyncpg.Connection[Any]
    folder: Path
    heard: pytest.CaptureFixture[str] | None = None

    @property
    def name(self) -> str:
        return self.served.name

    async def seal(self, *, sign: bool = True) -> None:
        """Numbers, seals and signs all that was committed; keeps the checkpoint as a file."""
        async with numbering_of(self.served):
            pass
        process = self.served.process
        signer = Signer(self.name, "d", process.key)
        dsn = self.served.platform.database_url(self.name)
        sealer = Sealer(Sealing(dsn, signer, DAY, self.folder, lambda: True, process.work))
        await sealer.begin(self.admin)
        if sign:
            await sealer.sign(self.admin)

    @asynccontextmanager
    async def tampering(self, *statements: str) -> AsyncIterator[asyncpg.Connection[Any]]:
        transaction = self.admin.transaction()
        await transaction.start()
        await self.admin.execute("SET LOCAL session_replication_role = replica")
        try:
            for statement in statements:
                await self.admin.execute(statement)
            yield self.admin
        finally:
            await transaction.rollback()

    async def export(self, name: str = "export.jsonl") -> Path:
        path = self.folder / name
        lines = [json.dumps(line, ensure_ascii=False) async for line in trail_lines(self.admin, self.name)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    async def verdict(self, *more: str, kept: bool = True) -> set[str]:
        """The findings, `CODE` each; empty for OK."""
        return {line.split()[0] for line in await self.lines(*more, kept=kept)}

    async def lines(self, *more: str, kept: bool = True) -> list[str]:
        arguments = [str(await self.export()), "--keys", str(self.served.platform.data.public_keys), *more]
        if kept:
            arguments += ["--checkpoints", str(self.folder / "checkpoints")]
        assert self.heard is not None
        self.heard.readouterr()
        code = main(arguments)
        found = self.heard.readouterr().out.splitlines()
        assert (code == 0) == (found == ["OK"])
        return [] if code == 0 else found

    async def some(self, query: str) -> Any:
        return await self.admin.fetchval(query)


@asynccontextmanager
async def opened(served: Served, folder: Path, heard: pytest.CaptureFixture[str] | None = None) -> AsyncIterator[Court]:
    dsn = dsn_of(served.platform.admin_dsn, database_name(served.name))
    admin = await asyncpg.connect(dsn)
    yield Court(served, admin, folder, heard)
    await admin.close()


@pytest.fixture(scope="module")
async def sealed(served: Serve, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Court]:
    """Registry with an act under each of its last two checkpoints."""
    registry, office = await served("registry"), the_joint_office(f"d{str(new_id())[-12:]}")
    async with opened(registry, tmp_path_factory.mktemp("court")) as found:
        for code in ("SCJG", "SLJ"):
            body = {"code": code, "name": f"部门{code}", "short_name": code}
            async with registry.client(office) as client:
                assert (await client.post("/v1/departments", json=body)).status_code == 201
            await found.seal()
        yield found


@pytest.fixture
def court(sealed: Court, capfd: pytest.CaptureFixture[str]) -> Court:
    sealed.heard = capfd
    return sealed


async def rehash(admin: asyncpg.Connection[Any]) -> None:
    """What a clever superuser does after an edit: every leaf and every link made anew, as if nothing had been."""
    rows = {row["id"]: canonical(shown(AUDIT, row)) for row in await admin.fetch(f"SELECT {AUDIT_COLUMNS} FROM audits")}
    found = await admin.fetch(f"SELECT {COLUMNS} FROM outboxes")
    rows |= {row["event_id"]: canonical(shown(EVENT, row)) for row in found}
    chain, changed = b"", []
    for place in await admin.fetch("SELECT seq, row_id FROM audit_places ORDER BY seq"):
        leaf = leaf_hash(rows[place["row_id"]])
        chain = chain_hash(chain, leaf)
        changed.append((place["seq"], leaf, chain))
    await admin.executemany("UPDATE audit_places SET leaf = $2, chain = $3 WHERE seq = $1", changed)


ONE_AUDIT = "(SELECT row_id FROM audit_places WHERE kind = 'audit' ORDER BY seq LIMIT 1)"
ONE_EVENT = "(SELECT row_id FROM audit_places WHERE kind = 'event' ORDER BY seq LIMIT 1)"
COPIED = (
    "INSERT INTO audits SELECT '{}', district, 'somebody', act_for, department, roles, action, command, event_ids,"
    " request_id, acted_at, outcome FROM audits LIMIT 1"
)


async def test_an_untouched_trail_is_found_whole(court: Court) -> None:
    async with court.tampering():
        assert await court.verdict() == set()
        assert await court.verdict(kept=False) == set()


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (f"UPDATE audits SET actor = 'x' WHERE id = {ONE_AUDIT}", {"ROW_CHANGED"}),
        (f"UPDATE audits SET acted_at = acted_at + interval '1 us' WHERE id = {ONE_AUDIT}", {"ROW_CHANGED"}),
        (f"UPDATE audits SET outcome = 'x' WHERE id = {ONE_AUDIT}", {"ROW_CHANGED"}),
        (f"DELETE FROM audits WHERE id = {ONE_AUDIT}", {"ROW_DELETED"}),
        (COPIED.format(BACKDATED), {"ROW_INSERTED"}),
        (f"UPDATE outboxes SET payload = payload || ' ' WHERE event_id = {ONE_EVENT}", {"ROW_CHANGED"}),
        (f"UPDATE outboxes SET district = 'x' WHERE event_id = {ONE_EVENT}", {"ROW_CHANGED"}),
        (f"DELETE FROM outboxes WHERE event_id = {ONE_EVENT}", {"ROW_DELETED"}),
        (
            "UPDATE audits AS a SET command = b.command, actor = b.actor, acted_at = b.acted_at, action = 'swapped'"
            f" FROM audits AS b WHERE a.id = {ONE_AUDIT} AND b.id <> a.id",
            {"ROW_CHANGED"},
        ),
        (f"DELETE FROM audit_places WHERE row_id = {ONE_AUDIT}", {"PLACE_MISSING", "REWRITTEN"}),
        ("UPDATE audit_places SET chain = leaf WHERE seq = 2", {"CHAIN_BROKEN"}),
        ("DELETE FROM audit_places WHERE seq > (SELECT max(seq) - 2 FROM audit_places)", {"TAIL_CUT"}),
    ],
)
async def test_what_the_superuser_does_to_the_trail_is_named(court: Court, tampering: str, named: set[str]) -> None:
    """Edit, delete, insert, swap, cut tail."""
    async with court.tampering(tampering):
        found = await court.verdict()
    assert named <= found <= named | {"ROW_INSERTED"}, "a row whose place is gone is old in a long run of tests only"


async def test_the_changed_row_is_named_by_its_id(court: Court) -> None:
    row_id = await court.some(f"SELECT {ONE_AUDIT}")
    async with court.tampering(f"UPDATE audits SET actor = 'x' WHERE id = '{row_id}'"):
        (line,) = await court.lines()
    assert line.startswith(f"ROW_CHANGED registry audit {row_id} ")


async def test_two_places_that_changed_places_are_named(court: Court) -> None:
    """The rows stay as they were; only their order is another."""
    swap = (
        "UPDATE audit_places AS p SET row_id = q.row_id, leaf = q.leaf, kind = q.kind, log_seq = q.log_seq"
        " FROM audit_places AS q WHERE (p.seq, q.seq) IN (VALUES (1, 2), (2, 1))"
    )
    async with court.tampering("ALTER TABLE audit_places DROP CONSTRAINT uq_audit_places_row_id", swap) as admin:
        plain = await court.verdict()
        await rehash(admin)
        rehashed = await court.verdict()
    assert {"CHAIN_BROKEN", "REWRITTEN"} <= plain
    assert "REWRITTEN" in rehashed


async def test_a_chain_made_anew_is_named_by_the_checkpoints(court: Court) -> None:
    """The whole chain is consistent again; only the signed roots say otherwise. An earlier export says which row."""
    async with court.tampering():
        earlier = await court.export("earlier.jsonl")
    row_id = await court.some("SELECT row_id FROM audit_places WHERE kind = 'audit' ORDER BY seq DESC LIMIT 1")
    async with court.tampering(f"UPDATE audits SET actor = 'x' WHERE id = '{row_id}'") as admin:
        await rehash(admin)
        assert await court.verdict() == {"REWRITTEN"}
        assert await court.verdict(kept=False) == {"REWRITTEN"}
        lines = await court.lines("--earlier", str(earlier))
        await admin.execute("DELETE FROM audit_checkpoints")
        without = await court.verdict()
        nothing_kept = await court.verdict(kept=False)
    assert [line.split()[0] for line in lines] == ["REWRITTEN", "EARLIER_DIFFERS"]
    assert str(row_id) in lines[1]
    assert without == {"REWRITTEN", "CHECKPOINT_DELETED"}
    assert nothing_kept == {"NO_CHECKPOINT"}


async def test_a_tail_cut_with_its_checkpoint_is_named_by_those_kept_elsewhere(court: Court) -> None:
    last = await court.some("SELECT max(number) FROM audit_checkpoints")
    size = await court.some(f"SELECT size FROM audit_checkpoints WHERE number = {last - 1}")
    cut = (
        f"DELETE FROM audits WHERE id IN (SELECT row_id FROM audit_places WHERE seq > {size})",
        f"DELETE FROM outboxes WHERE event_id IN (SELECT row_id FROM audit_places WHERE seq > {size})",
        "DELETE FROM outboxes WHERE producer_seq IS NULL",
        f"DELETE FROM audit_places WHERE seq > {size}",
        f"DELETE FROM audit_checkpoints WHERE number = {last}",
    )
    async with court.tampering(*cut):
        assert await court.verdict() == {"TAIL_CUT", "CHECKPOINT_DELETED"}
        assert await court.verdict(kept=False) == set(), "without anything kept elsewhere nobody can know"


async def test_a_checkpoint_of_another_hand_is_named(court: Court) -> None:
    """Rewritten and signed anew with a key of one's own, or with the service's own stolen key."""
    last = await court.some("SELECT max(number) FROM audit_checkpoints")
    before = await court.some(f"SELECT body FROM audit_checkpoints WHERE number = {last - 1}")
    forged: dict[str, set[str]] = {}
    for name, key in (("own", Ed25519PrivateKey.generate()), ("stolen", court.served.process.key)):
        async with court.tampering(f"UPDATE audits SET actor = 'x' WHERE id = {ONE_AUDIT}") as admin:
            await rehash(admin)
            body = json.loads(before) | {"number": last}
            edge, at = (await read_tail(admin)).edge, (await read_times(admin)).real
            body |= {"root": edge.root().hex(), "size": edge.size, "signed_at": at.isoformat()}
            text = canonical(body).decode()
            await admin.execute(
                "UPDATE audit_checkpoints SET body = $1, signature = $2 WHERE number = $3",
                text,
                key.sign(text.encode()),
                last,
            )
            forged[name] = await court.verdict()
    assert forged == {"own": {"CHECKPOINT_FORGED", "REWRITTEN"}, "stolen": {"CHECKPOINT_DIFFERS", "REWRITTEN"}}


async def test_a_row_slipped_in_with_an_old_date_and_sealed_is_named(court: Court) -> None:
    async with court.tampering(COPIED.format(BACKDATED)) as admin:
        before = await read_tail(admin)
        row = await admin.fetchrow(f"SELECT {AUDIT_COLUMNS} FROM audits WHERE id = '{BACKDATED}'")
        assert row is not None
        leaf = leaf_hash(canonical(shown(AUDIT, row)))
        await admin.execute(
            "INSERT INTO audit_places VALUES ($1, 'audit', $2, NULL, $3, $4)",
            before.edge.size + 1,
            row["id"],
            leaf,
            chain_hash(before.chain, leaf),
        )
        assert await court.verdict() == {"ROW_LATE"}


async def test_an_export_that_was_cut_or_edited_by_hand_is_refused(
    court: Court, capfd: pytest.CaptureFixture[str]
) -> None:
    dsn = dsn_of(court.served.platform.admin_dsn, database_name(court.name))
    path = court.folder / "whole.jsonl"
    count = await export_trail(dsn, court.name, path)
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == count
    path.write_text("\n".join(lines[:-1]) + "\n", "utf-8")
    assert main([str(path), "--keys", str(court.served.platform.data.public_keys)]) == 1
    assert capfd.readouterr().out.startswith("FORMAT")


async def test_a_tampered_published_result_is_named(
    inspection: Inspection, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """B5: also with a digest to match, because the log holds what was published."""
    path = await inspection.published(a_record_body(inspection.team))
    result_id = path.rpartition("/")[2]
    named: list[set[str]] = []
    async with opened(inspection.results, tmp_path, capfd) as court:
        await court.seal()
        for tampering in (
            "UPDATE result_versions SET body = replace(body, '{', '{ ')",
            "UPDATE result_versions SET body = '{}', digest = encode(sha256('{}'), 'hex')",
            "DELETE FROM result_versions",
            "UPDATE result_versions SET version = version + 1",
        ):
            async with court.tampering(f"{tampering} WHERE record_id = '{result_id}'"):
                named.append({line.split()[0] for line in await court.lines() if result_id in line})
        async with court.tampering():
            untouched = [line for line in await court.lines() if result_id in line]
    changed, gone, new = "PUBLISHED_CHANGED", "PUBLISHED_DELETED", "PUBLISHED_INSERTED"
    assert named == [{changed}, {changed}, {gone}, {gone, new}]
    assert untouched == []


async def test_a_tampered_document_of_the_draw_is_named(
    lead: Callable[..., Awaitable[Led]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    led = await lead()
    await led.led_to_result()
    async with opened(led.served, tmp_path, capfd) as court:
        await court.seal()
        where = f"WHERE district = '{led.district}' AND log_seq = 2"
        async with court.tampering():
            before = await court.lines()
        for tampering, named in (
            (f"UPDATE log_documents SET text = text || ' ' {where}", "PUBLISHED_CHANGED"),
            (f"DELETE FROM log_documents {where}", "PUBLISHED_DELETED"),
        ):
            async with court.tampering(tampering):
                assert [line for line in await court.lines() if line not in before] == [
                    line for line in await court.lines() if line.startswith(f"{named} draw document {led.district}/2 ")
                ]
    assert [line for line in before if led.district in line] == []


def test_the_pure_python_signature_check_agrees_with_the_library() -> None:
    """RFC 8032: a bit more or less anywhere and it does not hold."""
    key = Ed25519PrivateKey.generate()
    public, message = key.public_key().public_bytes_raw(), b"checkpoint"
    signature = key.sign(message)
    assert signature_holds(public, message, signature)
    for place in (0, 31, 32, 63):
        broken = bytes([*signature[:place], signature[place] ^ 1, *signature[place + 1 :]])
        assert not signature_holds(public, message, broken)
    assert not signature_holds(public, message + b" ", signature)
    assert not signature_holds(Ed25519PrivateKey.generate().public_key().public_bytes_raw(), message, signature)
