"""KM08–KM10, KM13–KM25: images, sizes, probes, ends, environment, roll-out."""

import re
from typing import Final

from deploy.rules.model import Findings, Json, Pod, World, dig, rule, selects

PREFIX: Final = "ssj/"
"""The one registry prefix of the manifests; an overlay's `images` put the installation's registry before it."""
LIVE: Final = {"/health/live", "/healthz?js-enabled-only=true"}
"""Paths that look at nothing but the process itself."""
SECRET_NAME: Final = re.compile(r"PASSWORD|SECRET|TOKEN|CREDENTIAL|(^|_)KEY($|_)", re.IGNORECASE)
PLACE_NAME: Final = re.compile(r"_(FILE|DIR)$")
LOGIN_IN_URL: Final = re.compile(r"://[^/\s:@]+:(?!\$\()[^/\s@]+@")
SECRET_CONTENT: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|password\s*[:=]\s*[\"']?(?!\$)[A-Za-z0-9]", re.IGNORECASE
)
PRIORITY: Final = {"nats", "gateway"}
KINDS_WITH_PROBES: Final = {"Deployment", "StatefulSet"}


def serving(world: World) -> list[Pod]:
    """Pods that stay and answer."""
    return [pod for pod in world.pods if pod.owner.kind in KINDS_WITH_PROBES]


@rule("KM08")
def fixed_images(world: World) -> Findings:
    images = [(pod, str(one.get("image", ""))) for pod in world.pods for one in pod.containers]
    images += [(pod, str(pod.owner.get("spec.imageName", ""))) for pod in world.all_pods if not pod.containers]
    for pod, image in images:
        name, _, tag = image.partition("@") if "@" in image else image.rpartition(":")
        if not name or not tag or tag == "latest":
            yield world.found("KM08", pod, f"image “{image}” has no fixed tag or digest")
        elif not name.startswith(PREFIX):
            yield world.found("KM08", pod, f"image “{image}” is not under {PREFIX}")


@rule("KM09")
def sizes(world: World) -> Findings:
    for pod in world.pods:
        for one in pod.containers:
            asked, limit = dig(one, "resources.requests", {}), dig(one, "resources.limits", {})
            missing = {"cpu", "memory", "ephemeral-storage"} - set(asked)
            missing |= {f"limit of {name}" for name in ("memory", "ephemeral-storage") if name not in limit}
            if missing:
                yield world.found("KM09", pod, f"container {one['name']} lacks {', '.join(sorted(missing))}")


@rule("KM10")
def servers_get_what_they_ask(world: World) -> Findings:
    sized = [(pod, dig(one, "resources", {})) for pod in world.pods if pod.service == "nats" for one in pod.containers]
    sized += [(pod, pod.owner.get("spec.resources", {})) for pod in world.all_pods if not pod.containers]
    for pod, resources in sized:
        if not resources or resources.get("requests") != resources.get("limits"):
            yield world.found("KM10", pod, "requests and limits differ")


@rule("KM13")
def three_probes(world: World) -> Findings:
    for pod in serving(world):
        for one in pod.containers:
            paths = {kind: dig(one, f"{kind}Probe.httpGet.path") for kind in ("startup", "liveness", "readiness")}
            if missing := [kind for kind, path in paths.items() if not path]:
                yield world.found("KM13", pod, f"container {one['name']} has no probe for {', '.join(missing)}")
            elif paths["liveness"] == paths["readiness"]:
                yield world.found("KM13", pod, f"liveness and readiness ask the same path {paths['liveness']}")


@rule("KM14")
def liveness_looks_inward(world: World) -> Findings:
    for pod in serving(world):
        for one in pod.containers:
            path = dig(one, "livenessProbe.httpGet.path")
            if path not in LIVE:
                yield world.found("KM14", pod, f"liveness asks {path}, which may look at others")


@rule("KM15")
def time_to_end(world: World) -> Findings:
    for pod in serving(world):
        for one in pod.containers:
            command = dig(one, "lifecycle.preStop.exec.command")
            if not command:
                yield world.found("KM15", pod, f"container {one['name']} has no preStop")
                continue
            slept = re.search(r"sleep\((\d+)\)", " ".join(command))
            drain = world.wishes.drain_seconds if pod.component in ("api", "worker") else 20
            needed = int(slept.group(1) if slept else 0) + drain + 5
            given = pod.spec.get("terminationGracePeriodSeconds", 30)
            if given <= needed:
                yield world.found("KM15", pod, f"{given} s to end; sleep, drain and margin need more than {needed}")


@rule("KM16")
def spread(world: World) -> Findings:
    for pod in serving(world):
        by = {one["topologyKey"] for one in pod.spec.get("topologySpreadConstraints", ()) if _own(one, pod)}
        if "kubernetes.io/hostname" not in by and not dig(pod.spec, "affinity.podAntiAffinity"):
            yield world.found("KM16", pod, "nothing keeps its pods on different nodes")


def _own(constraint: Json, pod: Pod) -> bool:
    return selects(constraint.get("labelSelector"), pod.labels)


@rule("KM17")
def priorities(world: World) -> Findings:
    known = {found.name for found in world.of("PriorityClass")}
    for pod in serving(world):
        if pod.service in PRIORITY and pod.spec.get("priorityClassName") not in known:
            yield world.found("KM17", pod, "has no priority class")
    for cluster in world.databases:
        if cluster.get("spec.priorityClassName") not in known:
            yield world.found("KM17", cluster, "has no priority class")


@rule("KM18")
def labels(world: World) -> Findings:
    for pod in world.pods:
        for key in ("name", "component", "part-of", "managed-by"):
            if f"app.kubernetes.io/{key}" not in pod.labels:
                yield world.found("KM18", pod, f"pods lack the label app.kubernetes.io/{key}")
        selector = pod.owner.get("spec.selector")
        if pod.owner.kind in KINDS_WITH_PROBES and not selects(selector, pod.labels):
            yield world.found("KM18", pod, "its selector does not take its own pods")


@rule("KM19")
def no_plain_secrets(world: World) -> Findings:
    for pod in world.pods:
        for one in pod.containers:
            for variable in one.get("env", ()):
                value, name = str(variable.get("value", "")), variable["name"]
                named = SECRET_NAME.search(name) and not PLACE_NAME.search(name)
                if (named and value) or LOGIN_IN_URL.search(value):
                    yield world.found("KM19", pod, f"{name} carries a secret in the open")
    for found in world.of("ConfigMap"):
        for key, value in found.get("data", {}).items():
            if SECRET_CONTENT.search(value) or LOGIN_IN_URL.search(value):
                yield world.found("KM19", found, f"{key} carries a secret in the open")
    for found in world.of("Secret"):
        yield world.found("KM19", found, "a Secret stands in the manifests; the installation makes its own")


@rule("KM20")
def secrets_must_be_there(world: World) -> Findings:
    for pod in world.pods:
        for one in pod.containers:
            if any("secretRef" in source for source in one.get("envFrom", ())):
                yield world.found("KM20", pod, f"container {one['name']} takes a whole Secret into its environment")
            for variable in one.get("env", ()):
                if dig(variable, "valueFrom.secretKeyRef.optional"):
                    yield world.found("KM20", pod, f"the secret of {variable['name']} is optional")
        for volume in pod.spec.get("volumes", ()):
            sources = [volume.get("secret", {}), *(s.get("secret", {}) for s in dig(volume, "projected.sources", []))]
            if any(source.get("optional") for source in sources):
                yield world.found("KM20", pod, f"the secret of volume {volume['name']} is optional")


@rule("KM21")
def no_variable_twice(world: World) -> Findings:
    for pod in world.pods:
        for one in pod.containers:
            names = [variable["name"] for variable in one.get("env", ())]
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield world.found("KM21", pod, f"{name} is set twice")


@rule("KM22")
def named_ports(world: World) -> Findings:
    for pod in world.pods:
        for one in pod.containers:
            if any(not port.get("name") for port in one.get("ports", ())):
                yield world.found("KM22", pod, f"a port of container {one['name']} has no name")
    for service in world.of("Service"):
        behind = [
            pod for pod in serving(world) if selects({"matchLabels": service.get("spec.selector", {})}, pod.labels)
        ]
        ports = {port.get("name") for pod in behind for one in pod.containers for port in one.get("ports", ())}
        for port in service.get("spec.ports", []):
            if port.get("targetPort") not in ports:
                yield world.found("KM22", service, f"targetPort {port.get('targetPort')} is no port of its pods")


@rule("KM23")
def a_change_rolls(world: World) -> Findings:
    """Every ConfigMap a pod reads has a hash in its name, and stands in the manifests."""
    hashed = {found.name for found in world.of("ConfigMap") if re.search(r"-[a-z0-9]{10}$", found.name)}
    for pod in world.pods:
        for name in sorted(_config_maps(pod) - hashed):
            yield world.found("KM23", pod, f"ConfigMap {name} has no hash in its name, or is not declared")


def _config_maps(pod: Pod) -> set[str]:
    found: set[str] = set()
    for volume in pod.spec.get("volumes", ()):
        for source in (volume, *dig(volume, "projected.sources", [])):
            found |= {source["configMap"]["name"]} if "configMap" in source else set()
    for one in pod.containers:
        references = [dig(variable, "valueFrom.configMapKeyRef.name") for variable in one.get("env", ())]
        references += [dig(source, "configMapRef.name") for source in one.get("envFrom", ())]
        found |= {name for name in references if name}
    return found


@rule("KM24")
def history_and_deadline(world: World) -> Findings:
    for pod in serving(world):
        wanted = ("revisionHistoryLimit", "progressDeadlineSeconds")[: 2 if pod.owner.kind == "Deployment" else 1]
        for key in wanted:
            if pod.owner.get(f"spec.{key}") is None:
                yield world.found("KM24", pod, f"{key} is not set")


@rule("KM25")
def nobody_goes_before_another_came(world: World) -> Findings:
    for found in world.of("Deployment"):
        roll = found.get("spec.strategy.rollingUpdate", {})
        if (
            found.get("spec.strategy.type") != "RollingUpdate"
            or roll.get("maxUnavailable") != 0
            or not roll.get("maxSurge")
        ):
            yield world.found("KM25", found, "must roll with maxUnavailable 0 and maxSurge of at least 1")
