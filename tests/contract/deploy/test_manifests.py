"""The rendered overlays against Kubernetes' schemas, the code and the secrets (KM; requirements B10)."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import topology
from deploy.embedded.layout import open_data_folder
from deploy.k8s import nats_users
from deploy.k8s.secrets import MADE_ELSEWHERE, manifest, secrets_of
from deploy.rules.check import world_of
from deploy.rules.model import Object, Pod, Wishes, pod_of
from deploy.rules.operations import sums
from deploy.rules.render import MANIFESTS, OVERLAYS, render
from shared.runtime.database import BARE_CONNECTIONS

Rendered = Callable[[str], tuple[Object, ...]]
VALIDATE = Path(sys.executable).with_name("kubernetes-validate")
ROOT = Path(__file__).resolve().parents[3]


def test_every_overlay_and_the_secrets_fit_the_schemas_of_kubernetes(rendered: Rendered, tmp_path: Path) -> None:
    """Objects with the same fields and kinds of values are validated once: the validator loads its schemas for each."""
    made = secrets_of(open_data_folder(tmp_path / "data", needed_bytes=0))
    bodies = [manifest(name, "ssj", content) for name, content in made.items()]
    bodies += [one.body for overlay in OVERLAYS for one in rendered(overlay)]
    shapes = {json.dumps(_shape(body), sort_keys=True): body for body in bodies}
    assert len(shapes) > len({body["kind"] for body in bodies})
    (file := tmp_path / "out.yaml").write_text(yaml.safe_dump_all(shapes.values()), "utf-8")
    done = _validate(file)
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if line.startswith("ERROR"))


def _shape(body: object, at: str = "") -> object:
    """The fields of an object and the kinds of its values; what names its kind and chooses among few is kept."""
    if isinstance(body, dict):
        return {key: _shape(value, key) for key, value in body.items()}
    if isinstance(body, list):
        return sorted({json.dumps(_shape(value, at), sort_keys=True) for value in body})
    return body if at in ("kind", "apiVersion", "type", "protocol", "operator") else type(body).__name__


def test_a_misspelt_field_does_not_fit(tmp_path: Path) -> None:
    deployment = next(one for one in render("small") if one.kind == "Deployment")
    text = yaml.safe_dump(deployment.body).replace("readOnlyRootFilesystem", "readOnlyRootFileSystem")
    (file := tmp_path / "out.yaml").write_text(text, "utf-8")
    assert _validate(file).returncode != 0


def _validate(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run((VALIDATE, "--strict", *files), capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("service", topology.PRODUCERS)
def test_each_service_of_the_topology_has_its_file_and_its_objects(service: str, rendered: Rendered) -> None:
    assert (MANIFESTS / "base" / f"{service}.yaml").is_file()
    held = {(one.kind, one.name) for one in rendered("production")}
    parts = {("Deployment", "api"), ("Deployment", "worker"), ("Job", "migrate"), ("HorizontalPodAutoscaler", "api")}
    wanted = {(kind, f"{service}-{part}") for kind, part in parts} | {
        ("Cluster", f"{service}-pg"),
        ("Service", service),
    }
    assert wanted <= held


@pytest.mark.parametrize("service", topology.PRODUCERS)
def test_a_service_knows_where_those_are_whom_it_calls(service: str, rendered: Rendered, wishes: Wishes) -> None:
    (variables,) = [_variables(pod) for pod in _pods(rendered) if pod.owner.name == f"{service}-worker"]
    peers = json.loads(variables[f"{service.upper()}_PEERS"])
    assert peers == {name: f"http://{name}:8080" for name in wishes.calls[service]}


def test_every_pod_of_a_service_gets_the_same_settings(rendered: Rendered) -> None:
    by_name = {pod.owner.name: _variables(pod) for pod in _pods(rendered)}
    for service in topology.PRODUCERS:
        assert by_name[f"{service}-api"] == by_name[f"{service}-worker"]
        prefix = f"{service.upper()}_"
        migrate = {name for name in by_name[f"{service}-migrate"] if name.startswith(prefix)}
        served = {name for name in by_name[f"{service}-worker"] if name.startswith(prefix)}
        assert migrate == served | {f"{prefix}OWNER_DATABASE_URL"}


def test_the_users_of_the_broker_are_those_of_the_topology() -> None:
    assert nats_users.FILE.read_text("utf-8") == nats_users.render(), "run python -m deploy.k8s.nats_users"


def test_every_secret_the_manifests_take_is_made_by_somebody(rendered: Rendered, tmp_path: Path) -> None:
    made = secrets_of(open_data_folder(tmp_path / "data", needed_bytes=0))
    wanted = {pair for overlay in OVERLAYS for one in rendered(overlay) for pair in _secrets_of(one)}
    assert {name for name, _ in wanted} == set(made) | set(MADE_ELSEWHERE)
    missing = [(name, key) for name, key in wanted if name in made and key is not None and key not in made[name]]
    assert not missing


def test_secrets_made_twice_are_the_same(tmp_path: Path) -> None:
    data = open_data_folder(tmp_path / "data", needed_bytes=0)
    assert secrets_of(data) == secrets_of(data)


def test_every_module_a_pod_starts_exists(rendered: Rendered) -> None:
    started = [
        pod.containers[0]["args"][0]
        for pod in _pods(rendered)
        if pod.containers[0]["image"].startswith("ssj/operations")
    ]
    assert started
    assert all((ROOT / Path(*module.split("."))).with_suffix(".py").is_file() for module in started)


def test_what_each_overlay_asks_for_is_written_down(rendered: Rendered, wishes: Wishes) -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text("utf-8")
    for overlay in OVERLAYS:
        cpu, memory = sums(world_of(overlay, wishes, rendered(overlay)))
        assert f"| `{overlay}` | {cpu:.1f} | {memory / 2**30:.1f} |" in page


def test_production_and_staging_differ_only_in_sizes_names_and_the_namespace(rendered: Rendered) -> None:
    def shape(overlay: str) -> set[tuple[str, str]]:
        return {(one.kind, one.name.replace("-staging", "")) for one in rendered(overlay)}

    assert shape("production") == shape("staging")
    assert shape("small") == shape("dev") or {name for _, name in shape("small") ^ shape("dev")} == {"ssj", "ssj-dev"}


def _pods(rendered: Rendered) -> list[Pod]:
    kinds = ("Deployment", "StatefulSet", "Job", "CronJob")
    return [pod_of(one) for one in rendered("production") if one.kind in kinds]


def _variables(pod: Pod) -> dict[str, str]:
    return {one["name"]: str(one.get("value", one.get("valueFrom"))) for one in pod.containers[0].get("env", ())}


def _secrets_of(found: Object) -> set[tuple[str, str | None]]:
    """(name, key) of every Secret an object takes; None: all of it."""
    pairs: set[tuple[str, str | None]] = set()
    for body in _walk(found.body):
        if "secretKeyRef" in body:
            pairs.add((body["secretKeyRef"]["name"], body["secretKeyRef"]["key"]))
        for field, name in (("secret", "secretName"), ("secret", "name"), ("passwordSecret", "name")):
            source = body.get(field)
            if isinstance(source, dict) and name in source:
                keys = [item["key"] for item in source.get("items", ())] or [None]
                pairs |= {(source[name], key) for key in keys}
        for field in ("accessKeyId", "secretAccessKey"):
            if field in body:
                pairs.add((body[field]["name"], body[field]["key"]))
        pairs |= {(one["name"], None) for one in body.get("certificateRefs", ())}
        if isinstance(body.get("secretName"), str):
            pairs.add((body["secretName"], None))
    return pairs


def _walk(body: object) -> list[dict[str, Any]]:
    if isinstance(body, dict):
        return [body, *(found for value in body.values() for found in _walk(value))]
    return [found for value in body for found in _walk(value)] if isinstance(body, list) else []


def test_all_processes_of_a_service_use_three_fifths_of_its_connections_at_most(rendered: Rendered) -> None:
    """`promises` section 6: pool size × replicas ≤ 60 % of max_connections."""
    pool, bare, leader = 8, BARE_CONNECTIONS, 2
    held = {(one.kind, one.name): one for one in rendered("production")}
    for service in topology.PRODUCERS:
        apis = held["HorizontalPodAutoscaler", f"{service}-api"].get("spec.maxReplicas")
        workers = held["Deployment", f"{service}-worker"].get("spec.replicas")
        allowed = int(held["Cluster", f"{service}-pg"].get("spec.postgresql.parameters.max_connections"))
        assert apis * (pool + bare) + workers * (pool + bare + leader) <= 0.6 * allowed


def test_the_streams_fit_the_brokers_disk() -> None:
    config = (MANIFESTS / "base" / "nats" / "nats.conf").read_text("utf-8")
    (room,) = re.findall(r"max_file_store: (\d+)GB", config)
    assert sum(stream.max_bytes for stream in topology.declared_streams()) <= int(room) * 10**9
