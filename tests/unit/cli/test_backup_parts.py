"""What a backup is made of, without servers: wrapped keys, the manifest, whose word counts for a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.backup import manifest as manifests
from cli.backup.keys import put_back, read_passphrase, unwrap, wrap
from cli.backup.later import Later
from cli.ops.answer import CouldNot
from cli.ops.rotate import add_key
from deploy.embedded.layout import open_data_folder
from shared.runtime.outbox import LoggedEvent
from shared.runtime.sealed import SealKeys
from shared.values.ids import new_id

PASSPHRASE = "离线保管的一句长口令 2026"
EVENT = LoggedEvent(new_id(), "d", "x", "a", 1, "results.x.y.v1", "{}", None, datetime(2026, 11, 24, tzinfo=UTC), 1, 5)
MANIFEST = manifests.Manifest("t0", "t1", "d", "demo", 18, [], {}, {})


def a_folder(root: Path) -> bytes:
    data = open_data_folder(root, 0)
    data.secrets_file.write_text('{"postgres_admin": "geheim-geheim"}')
    data.private_key("credit").write_bytes(b"PEM")
    return wrap(data, PASSPHRASE)


def test_secrets_go_out_wrapped_and_come_back_as_they_were(tmp_path: Path) -> None:
    wrapped = a_folder(tmp_path / "one")
    assert b"geheim" not in wrapped
    again = open_data_folder(tmp_path / "two", 0)
    put_back(again, unwrap(wrapped, PASSPHRASE))
    assert again.private_key("credit").read_bytes() == b"PEM"
    assert again.secrets_file.stat().st_mode & 0o077 == 0


def test_altered_bytes_or_another_passphrase_open_nothing(tmp_path: Path) -> None:
    wrapped = a_folder(tmp_path / "one")
    for bytes_, passphrase in ((wrapped[:-1] + bytes([wrapped[-1] ^ 1]), PASSPHRASE), (wrapped, PASSPHRASE + "x")):
        with pytest.raises(CouldNot) as refused:
            unwrap(bytes_, passphrase)
        assert refused.value.code == "ssj.passphrase_wrong"


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("short\n")
    with pytest.raises(CouldNot):
        read_passphrase(tmp_path / "p")


def test_a_backup_with_a_file_changed_or_gone_is_named_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "databases").mkdir()
    part = tmp_path / manifests.dump_of("credit")
    part.write_bytes(b"rows")
    manifests.write(tmp_path, replace(MANIFEST, contents=manifests.contents_of(tmp_path)))
    found = manifests.read(tmp_path)
    manifests.check(tmp_path, found)
    part.write_bytes(b"Rows")
    with pytest.raises(CouldNot) as changed:
        manifests.check(tmp_path, found)
    part.unlink()
    with pytest.raises(CouldNot) as gone:
        manifests.check(tmp_path, found)
    assert {changed.value.code, gone.value.code} == {"ssj.backup_damaged"}


def test_half_a_backup_has_no_manifest_and_is_none(tmp_path: Path) -> None:
    with pytest.raises(CouldNot) as refused:
        manifests.read(tmp_path)
    assert refused.value.code == "ssj.no_backup"


def test_a_number_belongs_to_the_event_that_somebody_applied() -> None:
    later = Later()
    later.add(iter([EVENT, replace(EVENT, producer_seq=6)]), after=5)
    assert (later.at(5), later.top) == (None, 6)
    later.heard[6] = new_id()
    later.heard[8] = new_id()
    assert later.at(6) is None
    assert later.top == 8


def test_the_word_of_the_first_source_stays() -> None:
    later = Later()
    later.add(iter([EVENT]), after=0)
    later.add(iter([replace(EVENT, event_id=new_id())]), after=0)
    assert later.at(5) == EVENT


def test_a_new_key_stands_in_front_and_all_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "x.seal"
    file.write_text("k1 " + "A" * 43 + "=\n")
    sealed = SealKeys.load(file).seal("13912345678")
    assert [add_key(file, "k"), add_key(file, "k")] == ["k2", "k3"]
    keys = SealKeys.load(file)
    assert [*keys.keys] == ["k3", "k2", "k1"]
    assert keys.open(sealed) == "13912345678"
