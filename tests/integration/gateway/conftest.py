"""The gateway as processes: two replicas over one database, registry and credit behind them, the two administrators."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.ports import free_port
from tests.support.door import OFFICE, SECURITY, create_first_administrator, open_an_account, sign_in, wait_for_port


@pytest.fixture(scope="package")
def door() -> Iterator[EmbeddedPlatform]:
    with embedded_platform(None, ["registry", "credit", "gateway"], fast=True) as platform:
        create_first_administrator(platform)
        open_an_account(platform, *SECURITY, "security_admin")
        open_an_account(platform, *OFFICE, "joint_office")
        yield platform


@pytest.fixture(scope="package")
def office(door: EmbeddedPlatform) -> str:
    """The joint office's access token."""
    return sign_in(door, *OFFICE)


@pytest.fixture(scope="package")
def second_replica(door: EmbeddedPlatform) -> Iterator[str]:
    """Its address. It asks administrators for a second factor, as an installation that is no demo does."""
    port = free_port(set())
    own = {"GATEWAY_PORT": str(port), "GATEWAY_SECOND_FACTOR_REQUIRED": "true"}
    environment = os.environ | door.environment("gateway") | own
    command = [sys.executable, "-m", "gateway.main", "api"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
