"""Real processes for the fault runs: one platform for them all, a district and a history for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from tests.faults.scene import Scene


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=1, help="seed of the fault runs")


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: seed {seed_of(config)}"


def seed_of(config: pytest.Config) -> int:
    """1 too where this file was read too late to add its option (`pytest tests`)."""
    return int(config.getoption("seed", default=1))


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    return seed_of(request.config)


@pytest.fixture(scope="package")
def whole_platform() -> Iterator[EmbeddedPlatform]:
    """All services as processes of their own. Without fsync: processes are killed here, never the machine."""
    with embedded_platform(None, topology.SERVICES, fast=True) as running:
        yield running


@pytest.fixture
async def scene(whole_platform: EmbeddedPlatform, seed: int, district: str, tmp_path: Path) -> AsyncIterator[Scene]:
    print(f"seed {seed}: repeat with --seed {seed}; history in {tmp_path / 'history.jsonl'}")
    made = Scene(whole_platform, seed, district, tmp_path)
    await made.make_whole()
    yield made
    await made.close()
