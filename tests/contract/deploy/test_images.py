"""Each image holds everything its program needs and nothing of another service (`deploy/docker/Dockerfile`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import topology
from deploy.docker.pick import OPERATIONS, pick

DOCKERFILE = Path(__file__).resolve().parents[3] / "deploy" / "docker" / "Dockerfile"


@pytest.mark.slow
@pytest.mark.parametrize("service", topology.PRODUCERS)
def test_an_image_starts_with_its_own_parts_alone(service: str, tmp_path: Path) -> None:
    pick(service, tmp_path)
    done = _start(tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert "migrate" in done.stdout
    others = {path.parent.name for path in tmp_path.glob("services/*/main.py")} - {service}
    assert not others


@pytest.mark.parametrize(
    "module", ["cli.main", "deploy.k8s.provision", "deploy.monitoring.watch", "deploy.k8s.secrets"]
)
def test_the_operations_image_starts_the_module_it_is_told(module: str, tmp_path: Path) -> None:
    pick(OPERATIONS, tmp_path)
    done = _start(tmp_path, module, "--help")
    assert "ModuleNotFoundError" not in done.stderr
    # What asks for settings gets as far as asking for them.
    assert done.returncode == 0 or "validation error" in done.stderr


def test_an_unknown_service_makes_no_image(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no service"):
        pick("nowhere", tmp_path)


def test_the_image_runs_as_nobody_and_installs_only_what_is_locked() -> None:
    lines = DOCKERFILE.read_text("utf-8")
    assert "USER 10001:10001" in lines
    assert "--require-hashes" in lines
    assert ":latest" not in lines


def _start(image: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    command = [sys.executable, str(image / "start.py"), *arguments]
    return subprocess.run(command, cwd="/", env=bare, capture_output=True, text=True, timeout=60)
