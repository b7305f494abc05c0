"""The commands of who runs the platform, on a real one: each told apart by its exit code, its JSON and its effect."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from cli.backup.restore import restore
from cli.backup.take import take
from cli.ops.answer import CouldNot, Exit, ProgressKind, Steps
from cli.ops.rotate import Rotated, add_key, move_columns
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.process import PROJECT_ROOT
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.servers import temporary_data_folder
from shared.runtime.sealed import SealKeys
from shared.values.ids import new_id

ID_NUMBER = "110101199003074514"
PHONE = "13912345678"
PASSPHRASE = "离线保管的一句长口令 2026"


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedPlatform]:
    with embedded_platform(None, ["registry"], fast=True) as platform:
        yield platform


def ssj(*arguments: str) -> tuple[int, Any]:
    """As from the shell, with `--json`."""
    argv = [sys.executable, "-m", "cli.main", *arguments, "--json"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=PROJECT_ROOT, timeout=120)
    return done.returncode, json.loads(done.stdout)


async def sql(platform: EmbeddedPlatform, question: str, *values: Any) -> Any:
    connection = await asyncpg.connect(dsn_of(platform.admin_dsn, database_name("registry")))
    try:
        return await connection.fetchval(question, *values)
    finally:
        await connection.close()


async def without_guard(platform: EmbeddedPlatform, statement: str) -> None:
    """As only the server's administrator can: past the triggers that keep the log."""
    connection = await asyncpg.connect(dsn_of(platform.admin_dsn, database_name("registry")))
    try:
        await connection.execute(f"SET session_replication_role = replica; {statement}")
    finally:
        await connection.close()


def of(platform: EmbeddedPlatform) -> str:
    return f"--data={platform.data.root}"


def test_without_a_platform_a_command_says_so_as_json_and_with_code_two(tmp_path: Path) -> None:
    code, said = ssj("status", f"--data={tmp_path}")
    assert code == Exit.COULD_NOT_CHECK
    assert said["error"]["code"] == "platform.data_folder_unusable"


def test_status_of_a_platform_in_order_is_fine(running: EmbeddedPlatform) -> None:
    code, said = ssj("status", of(running))
    assert (code, said["fine"]) == (Exit.FINE, True)
    assert [one["name"] for one in said["services"] if one["ready"]] == ["registry"]


async def park(platform: EmbeddedPlatform, kind: str) -> None:
    await sql(
        platform,
        "INSERT INTO dead_letters (producer, producer_seq, event_id, district, type, aggregate_id, payload,"
        " occurred_at, code, reason, parked_at) VALUES ('results', 7, $1, 'd1', $2, 'a', '{}', now(), 'x', 'y', now())",
        new_id(),
        kind,
    )


async def test_a_parked_event_shows_in_status_and_stays_where_its_handler_still_fails(
    running: EmbeddedPlatform,
) -> None:
    """REL12, from the machine itself: refused by code, and the exit code says that something is left."""
    await park(running, "results.nothing.known.v9")
    try:
        assert (await asyncio.to_thread(ssj, "status", of(running)))[0] == Exit.FOUND_SOMETHING
        listed = await asyncio.to_thread(ssj, "redrive", of(running), "--list")
        driven = await asyncio.to_thread(ssj, "redrive", of(running))
        waits = await sql(running, "SELECT count(*) FROM dead_letters WHERE redriven_at IS NULL")
    finally:
        await sql(running, "DELETE FROM dead_letters")
    assert (listed[0], listed[1]["letters"][0]["outcome"]) == (Exit.FOUND_SOMETHING, "waiting")
    assert (driven[0], driven[1]["letters"][0]["outcome"]) == (Exit.FOUND_SOMETHING, "request.still_unknown_type")
    assert waits == 1


async def test_replay_names_a_number_that_is_missing_from_the_log(running: EmbeddedPlatform) -> None:
    """REL7: a log that is whole is read to its end; one with a hole is not passed off as whole."""
    assert (await asyncio.to_thread(ssj, "replay", "registry", of(running)))[0] == Exit.FINE
    insert = (
        "INSERT INTO outboxes (event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload,"
        " occurred_at, log_epoch, producer_seq) VALUES ($1, 'd1', 'x', 'x', 1, 'registry.x.y.v1', '{}', now(), 1,"
        " (SELECT coalesce(max(producer_seq), 0) + 5 FROM outboxes)) RETURNING producer_seq"
    )
    await sql(running, insert, new_id())
    code, said = await asyncio.to_thread(ssj, "replay", "registry", of(running))
    await without_guard(running, "DELETE FROM outboxes WHERE type = 'registry.x.y.v1'")
    assert code == Exit.FOUND_SOMETHING
    assert any("之后是" in fault for fault in said["faults"])


async def test_sealed_values_move_under_the_new_key_but_those_that_may_not_change(
    running: EmbeddedPlatform, tmp_path: Path
) -> None:
    """SEC6: an append-only table keeps its bytes and is counted; bytes that only look sealed stay as they are."""
    file = tmp_path / "x.seal"
    file.write_text(running.data.seal_key("registry").read_text())
    old = SealKeys.load(file)
    add_key(file, "k")
    keys, rotated = SealKeys.load(file), Rotated("registry", "k2")
    connection = await asyncpg.connect(dsn_of(running.admin_dsn, database_name("registry")))
    try:
        for table in ("probe_free", "probe_kept", "probe_noise"):
            await connection.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, phone bytea)")
        for table, value in (
            ("probe_free", old.seal(PHONE)),
            ("probe_kept", old.seal(PHONE)),
            ("probe_noise", b"k1:no"),
        ):
            await connection.execute(f"INSERT INTO {table} VALUES (1, $1)", value)
        await connection.execute(
            "CREATE FUNCTION probe_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stay'; END $$;"
            " CREATE TRIGGER stay BEFORE UPDATE ON probe_kept FOR EACH ROW EXECUTE FUNCTION probe_stay()"
        )
        await move_columns(connection, keys, rotated)
        moved = bytes(await connection.fetchval("SELECT phone FROM probe_free"))
        await connection.execute("DROP TABLE probe_free, probe_kept, probe_noise; DROP FUNCTION probe_stay")
    finally:
        await connection.close()
    assert (rotated.moved, rotated.kept) == (1, {"probe_kept.phone": 1, "probe_noise.phone": 1})
    assert (moved.partition(b":")[0], keys.open(moved)) == (b"k2", PHONE)


@pytest.mark.slow
async def test_new_sealing_keys_move_every_sealed_value_while_the_service_runs(running: EmbeddedPlatform) -> None:
    """SEC6: the old key still opens, the new one seals, the act is in the trail without the key."""
    keys_before = SealKeys.load(running.data.seal_key("registry"))
    await sql(running, "CREATE TABLE sealed_probe (id integer PRIMARY KEY, phone bytea)")
    for number in range(3):
        await sql(running, "INSERT INTO sealed_probe VALUES ($1, $2)", number, keys_before.seal(PHONE))
    code, said = await asyncio.to_thread(ssj, "rotate-keys", of(running), "--service=registry")
    keys = SealKeys.load(running.data.seal_key("registry"))
    sealed = await sql(running, "SELECT array_agg(phone) FROM sealed_probe")
    audited = await sql(running, "SELECT command::text FROM audits WHERE action = 'rotate_seal_key'")
    await sql(running, "DROP TABLE sealed_probe")
    assert (code, said["services"][0]["moved"]) == (Exit.FINE, 3)
    assert [bytes(one).partition(b":")[0] for one in sealed] == [b"k2"] * 3
    assert {keys.open(bytes(one)) for one in sealed} == {PHONE}
    assert list(keys.keys) == ["k2", "k1"]
    assert "k2" in audited
    assert base64.b64encode(keys.keys["k2"]).decode() not in audited


def test_a_support_bundle_holds_no_secret_and_no_personal_data(running: EmbeddedPlatform, tmp_path: Path) -> None:
    """SEC5, SEC30: canaries planted in a log are looked for in every byte of the archive."""
    password = running.site.credentials["registry_app"]
    canaries = [ID_NUMBER, PHONE, password, "canary@example.gov.cn", "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln"]
    log = running.data.logs / "canary.log"
    log.write_text("\n".join(f'{{"event": "x", "said": "{one}"}}' for one in canaries), "utf-8")
    to = tmp_path / "bundle.tar.gz"
    code, said = ssj("support-bundle", str(to), of(running))
    log.unlink()
    with tarfile.open(to) as archive:
        parts = {name: archive.extractfile(name).read().decode() for name in archive.getnames()}  # type: ignore[union-attr]
    assert code == Exit.FINE
    assert {"versions.json", "doctor.json", "status.json", "logs/registry.log"} <= {*said["parts"]}
    assert '"event": "x"' in parts["ssj-support/logs/canary.log"]
    secrets = [*running.site.credentials.passwords.values(), *canaries]
    assert [one for one in secrets for text in parts.values() if one in text] == []


def test_a_backup_is_restored_and_a_damaged_one_is_refused(running: EmbeddedPlatform, tmp_path: Path) -> None:
    """REL26, small: the commands themselves, from the shell and on a stopped platform's folder."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n", "utf-8")
    folder = tmp_path / "backup"
    code, said = ssj("backup", f"--to={folder}", f"--passphrase-file={passphrase}", of(running))
    assert (code, list(said["numbered"])) == (Exit.FINE, ["registry"])
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert running.site.credentials["registry_owner"].encode() not in everything
    assert ssj("backup", f"--to={folder}", f"--passphrase-file={passphrase}", of(running))[0] == Exit.COULD_NOT_CHECK
    assert ssj("restore", f"--from={folder}", "--service=registry", of(running))[1]["error"]["code"] == (
        "ssj.platform_running"
    )
    dump = folder / "databases" / "registry.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    os.sync()
    code, said = ssj("restore", f"--from={folder}", f"--passphrase-file={passphrase}", f"--data={tmp_path / 'new'}")
    assert (code, said["error"]["code"]) == (Exit.COULD_NOT_CHECK, "ssj.backup_damaged")
    assert not (tmp_path / "new").exists()


def test_a_wrong_passphrase_opens_nothing(running: EmbeddedPlatform, tmp_path: Path) -> None:
    taken = take(running.site, tmp_path / "backup", PASSPHRASE, Steps(lambda number, text: None))
    options = PlatformOptions(data_dir=tmp_path / "new", fast=True)
    with pytest.raises(CouldNot) as refused:
        restore(taken.folder, options, None, "另一句同样长的口令 2026", ProgressKind.NONE)
    assert refused.value.code == "ssj.passphrase_wrong"


@pytest.mark.slow
def test_the_commands_bring_back_one_service_and_the_whole_platform(tmp_path: Path) -> None:
    """REL26, from the shell: backup of a running platform; one service beside the others; everything anew."""
    root, anew = temporary_data_folder(True), temporary_data_folder(True)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n", "utf-8")
    folder = tmp_path / "backup"
    try:
        with embedded_platform(root, ["registry"], fast=True):
            assert ssj("backup", f"--to={folder}", f"--passphrase-file={passphrase}", f"--data={root}")[0] == Exit.FINE
        one = ssj("restore", f"--from={folder}", "--service=registry", f"--data={root}")
        whole = ssj("restore", f"--from={folder}", f"--passphrase-file={passphrase}", f"--data={anew}")
        for data in (root, anew):
            with embedded_platform(data, ["registry"], fast=True):
                assert ssj("status", f"--data={data}")[1]["services"][0]["log_epoch"] == 2
                assert ssj("reentry", f"--data={data}") == (Exit.FINE, {"left": []})
    finally:
        shutil.rmtree(root)
        shutil.rmtree(anew)
    assert (one[0], whole[0]) == (Exit.FINE, Exit.FINE)
    assert list(one[1]["services"]) == list(whole[1]["services"]) == ["registry"]
