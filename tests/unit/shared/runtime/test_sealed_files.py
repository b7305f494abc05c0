"""Files that may hold personal data are sealed at rest, and read as they were sent (SEC6)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from shared.runtime.files import BLOCK, FileStore, FileTooLarge
from shared.runtime.sealed import SealKeys, seal_keys, use_seal_keys


@pytest.fixture(autouse=True)
def _own_keys() -> Iterator[None]:
    try:
        before = seal_keys()
    except RuntimeError:
        before = SealKeys({"k0": b"0" * 32})
    use_seal_keys(SealKeys({"k1": b"1" * 32}))
    yield
    use_seal_keys(before)


async def sent(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 300_000):
        yield content[start : start + 300_000]


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
async def test_a_sealed_file_is_read_as_it_was_sent_under_the_digest_of_its_content(tmp_path: Path, size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    store = FileStore(tmp_path)
    stored = await store.put(sent(content), 10 * BLOCK, sealed=True)
    assert (stored.digest, stored.size) == (hashlib.sha256(content).hexdigest(), size)
    with store.kept(stored.digest).open() as file:
        assert file.read() == content
    assert size < 100 or content[:100] not in store.path(stored.digest).read_bytes()


async def test_a_file_in_the_clear_is_read_the_same_way(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    stored = await store.put(sent(b"open data"), BLOCK)
    with store.kept(stored.digest).open() as file:
        assert file.read() == b"open data" == store.path(stored.digest).read_bytes()


async def test_old_files_open_after_a_new_key(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    stored = await store.put(sent(b"secret"), BLOCK, sealed=True)
    use_seal_keys(SealKeys({"k2": b"2" * 32, "k1": b"1" * 32}))
    with store.kept(stored.digest).open() as file:
        assert file.read() == b"secret"


@pytest.mark.parametrize("kept", ["cut", "swapped", "altered"])
async def test_a_file_that_was_cut_swapped_or_altered_does_not_open(tmp_path: Path, kept: str) -> None:
    store = FileStore(tmp_path)
    stored = await store.put(sent(b"a" * BLOCK + b"b" * BLOCK + b"c" * 9), 10 * BLOCK, sealed=True)
    path = store.path(stored.digest)
    sealed = path.read_bytes()
    start, block = len(sealed) - (BLOCK + 28) * 2 - 9 - 28, BLOCK + 28
    first, second, rest = sealed[start : start + block], sealed[start + block : start + 2 * block], sealed[-9 - 28 :]
    changed = {
        "cut": sealed[:start] + first + second,
        "swapped": sealed[:start] + second + first + rest,
        "altered": sealed[:-1] + bytes([sealed[-1] ^ 1]),
    }[kept]
    path.write_bytes(changed)
    with pytest.raises(InvalidTag), store.kept(stored.digest).open() as file:
        file.read()


async def test_a_file_over_the_limit_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        await FileStore(tmp_path).put(sent(b"x" * 11), 10, sealed=True)
    assert os.listdir(tmp_path) == []
