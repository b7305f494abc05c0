"""One platform without services for all tests that leave it as they found it."""

from collections.abc import Iterator

import pytest

from deploy.embedded.platform import EmbeddedPlatform, embedded_platform


@pytest.fixture(scope="session")
def platform() -> Iterator[EmbeddedPlatform]:
    with embedded_platform(None, [], fast=True) as running:
        yield running
