"""`deploy/compose.yaml`: one host with every service, its own keys, its settings as the code asks for them."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import topology
from deploy.docker.prepare import write_all
from deploy.embedded.layout import open_data_folder

ROOT = Path(__file__).resolve().parents[3]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))["services"]
FOLDER = "${SSJ_DATA:-./data}"


def test_every_service_runs_and_migrates_first() -> None:
    for name in topology.PRODUCERS:
        assert SERVICES[name]["image"] == SERVICES[f"{name}-migrate"]["image"] == f"ssj/{name}:0.1.0"
        assert SERVICES[name]["depends_on"] == {f"{name}-migrate": {"condition": "service_completed_successfully"}}
        assert SERVICES[f"{name}-migrate"]["depends_on"] == {
            "provision": {"condition": "service_completed_successfully"}
        }


def test_no_service_holds_another_ones_key_and_only_the_gateway_listens() -> None:
    for name in topology.PRODUCERS:
        keys = [line for line in SERVICES[name]["volumes"] if "/keys/private/" in line]
        own = {f"{name}.pem", f"{name}.seal"} | ({"answers.keys"} if name == "credit" else set())
        assert {line.split(":")[-2].rsplit("/", 1)[1] for line in keys} == own
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["gateway"]["ports"])


def test_every_container_but_the_database_is_held_tightly() -> None:
    for name in SERVICES.keys() - {"postgres"}:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_everything_compose_mounts_is_prepared(tmp_path: Path) -> None:
    write_all(open_data_folder(tmp_path / "data", needed_bytes=0), "test")
    mounted = {line for one in SERVICES.values() for line in (*one.get("volumes", ()), *one.get("env_file", ()))}
    for line in mounted:
        if line.startswith(FOLDER):
            assert (tmp_path / "data" / line.removeprefix(f"{FOLDER}/").split(":")[0]).exists(), line
        elif line.startswith("./"):
            assert (ROOT / line.split(":")[0]).exists(), line


@pytest.mark.parametrize("service", topology.PRODUCERS)
def test_the_environment_file_satisfies_the_settings_of_its_service(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(open_data_folder(tmp_path / "data", needed_bytes=0), "test")
    for line in (tmp_path / "data" / "compose" / f"{service}.env").read_text("utf-8").splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    module = "gateway.settings" if service == "gateway" else f"services.{service}.settings"
    settings = getattr(importlib.import_module(module), f"{service.capitalize()}Settings")()
    assert (settings.port, settings.host, settings.profile, settings.district) == (
        8080,
        "0.0.0.0",
        "production",
        "test",
    )
    assert settings.owner_database_url.get_secret_value().endswith(f"@postgres:5432/ssj_{service}")
