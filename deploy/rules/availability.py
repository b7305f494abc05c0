"""KM26–KM32: how many there are, what may be missing, the broker and the databases."""

import re
from typing import Final

from deploy.rules.containers import serving
from deploy.rules.model import Findings, Object, Pod, World, quantity, rule, seconds, selects

FULL: Final = ("production", "staging")
"""Overlays that must survive the loss of a node."""
ONE_INSTANCE: Final = "ssj.platform/one-instance"
ONE_LEADER: Final = "ssj.platform/one-leader"


def scaler_of(world: World, owner: Object) -> Object | None:
    """The autoscaler of a workload."""
    scalers = world.of("HorizontalPodAutoscaler", "ScaledObject")
    return next((found for found in scalers if found.get("spec.scaleTargetRef.name") == owner.name), None)


def fewest(world: World, pod: Pod) -> int:
    """Pods there are at least: the autoscaler's floor, else the fixed number."""
    scaler = scaler_of(world, pod.owner)
    floor = None if scaler is None else scaler.get("spec.minReplicas", scaler.get("spec.minReplicaCount", 0))
    return int(floor if floor is not None else pod.owner.get("spec.replicas", 1))


@rule("KM26")
def enough(world: World) -> Findings:
    for pod in serving(world):
        if scaler_of(world, pod.owner) and pod.owner.get("spec.replicas") is not None:
            yield world.found("KM26", pod, "has a fixed number of replicas beside its autoscaler")
        needed = 3 if (pod.service, pod.component) == ("gateway", "api") else 2
        if world.overlay in FULL and fewest(world, pod) < needed:
            yield world.found("KM26", pod, f"fewer than {needed} replicas")


@rule("KM27")
def budgets(world: World) -> Findings:
    for pod in serving(world):
        own = [one for one in world.of("PodDisruptionBudget") if selects(one.get("spec.selector"), pod.labels)]
        if len(own) != 1:
            yield world.found("KM27", pod, f"has {len(own)} disruption budgets, not one")
            continue
        least, most = own[0].get("spec.minAvailable"), own[0].get("spec.maxUnavailable")
        if most == 0 or (least is not None and not (isinstance(least, int) and least < fewest(world, pod))):
            yield world.found("KM27", own[0], "lets no pod go: a node could never be emptied")


@rule("KM28")
def scalers(world: World) -> Findings:
    names = {pod.owner.name for pod in serving(world)}
    for found in world.of("HorizontalPodAutoscaler", "ScaledObject"):
        if found.get("spec.scaleTargetRef.name") not in names:
            yield world.found("KM28", found, f"scales {found.get('spec.scaleTargetRef.name')}, which is not there")
    for found in world.of("HorizontalPodAutoscaler"):
        by = {one.get("resource", {}).get("name") for one in found.get("spec.metrics", [])}
        if not by or not by <= {"cpu", "memory"}:
            yield world.found("KM28", found, "must scale by cpu or memory")
    for found in world.of("ScaledObject"):
        for trigger in found.get("spec.triggers", []):
            if trigger.get("type") == "nats-jetstream" and (wrong := _wrong_trigger(world, trigger["metadata"])):
                yield world.found("KM28", found, wrong)


def _wrong_trigger(world: World, facts: dict[str, str]) -> str | None:
    if facts.get("consumer") not in world.wishes.durables.get(facts.get("stream", ""), ()):
        return f"no durable {facts.get('consumer')} on stream {facts.get('stream')}"
    return None if facts.get("lagThreshold") else "lagThreshold is not set"


@rule("KM29")
def leaders(world: World) -> Findings:
    for pod in serving(world):
        if pod.component == "worker" and not pod.owner.annotations.get(ONE_LEADER):
            yield world.found("KM29", pod, f"does not say what keeps its consumers in order ({ONE_LEADER})")
        if pod.component == "worker" and scaler_of(world, pod.owner):
            yield world.found("KM29", pod, "is scaled, which its ordered lanes cannot use")


@rule("KM30")
def broker_of_three(world: World) -> Findings:
    broker = next((pod for pod in world.pods if pod.service == "nats" and pod.owner.kind == "StatefulSet"), None)
    if broker is None:
        yield world.found("KM30", None, "there is no broker")
        return
    text = str(broker.spec)
    headless = world.named("Service", str(broker.owner.get("spec.serviceName")))
    checks = {
        "three replicas": broker.owner.get("spec.replicas") == 3,
        "a headless service": headless is not None and headless.get("spec.clusterIP") == "None",
        "a volume claim": bool(broker.owner.get("spec.volumeClaimTemplates")),
        "a lame-duck preStop": "ldm" in text,
        "the JetStream health probes": all(f"js-{part}-only=true" in text for part in ("server", "enabled")),
        "a spread that is never given up": any(
            one["topologyKey"] == "kubernetes.io/hostname" and one["whenUnsatisfiable"] == "DoNotSchedule"
            for one in broker.spec.get("topologySpreadConstraints", ())
        ),
    }
    for wanted, held in checks.items():
        if not held:
            yield world.found("KM30", broker, f"the broker lacks {wanted}")


@rule("KM31")
def broker_settings(world: World) -> Findings:
    config = next((found for found in world.of("ConfigMap") if found.name.startswith("nats-config")), None)
    broker = world.named("StatefulSet", "nats")
    if config is None or broker is None:
        yield world.found("KM31", broker, "the broker has no configuration")
        return
    text, users = config.get("data", {}).get("nats.conf", ""), config.get("data", {}).get("users.conf", "")
    claim = quantity(broker.get("spec.volumeClaimTemplates.0.spec.resources.requests.storage", "0"))
    store = re.search(r"^\s*max_file_store:\s*(\d+)GB", text, re.MULTILINE)
    checks = {
        "sync_interval: always": re.search(r"^\s*sync_interval:\s*always\s*$", text, re.MULTILINE),
        "max_file_store below its volume": store and int(store.group(1)) * 2**30 < claim,
        "TLS for clients": re.search(r"^tls \{", text, re.MULTILINE),
        "mutual TLS between servers": re.search(
            r"^cluster \{.*?^  tls \{[^}]*verify: true", text, re.MULTILINE | re.DOTALL
        ),
        "the users of the topology (python -m deploy.k8s.nats_users)": users == world.wishes.permissions,
        "no anonymous user": "no_auth_user" not in text + users and 'include "users.conf"' in text,
    }
    for wanted, held in checks.items():
        if not held:
            yield world.found("KM31", config, f"the broker's configuration lacks {wanted}")


@rule("KM32")
def databases(world: World) -> Findings:
    clusters = {cluster.name for cluster in world.databases}
    for name in world.wishes.services:
        if f"{name}-pg" not in clusters:
            yield world.found("KM32", None, f"service {name} has no database cluster")
    for cluster in world.databases:
        for wrong in _wrong_database(world, cluster):
            yield world.found("KM32", cluster, wrong)


def _wrong_database(world: World, cluster: Object) -> list[str]:
    single = world.overlay not in FULL and cluster.get("spec.instances") == 1 and cluster.annotations.get(ONE_INSTANCE)
    archiving = [one for one in cluster.get("spec.plugins", []) if one.get("isWALArchiver")]
    stores = {found.name: found for found in world.of("ObjectStore")}
    store = stores.get(archiving[0]["parameters"]["barmanObjectName"]) if archiving else None
    backups = [found for found in world.of("ScheduledBackup") if found.get("spec.cluster.name") == cluster.name]
    checks = {
        "has fewer than three instances": single or cluster.get("spec.instances", 0) >= 3,
        "does not wait for a second instance": single or cluster.get("spec.postgresql.synchronous.number", 0) >= 1,
        "archives by the deprecated barmanObjectStore": not cluster.get("spec.backup.barmanObjectStore"),
        "archives no log through the Barman Cloud plugin": store is not None,
        "keeps backups for no stated time": store is not None and store.get("spec.retentionPolicy"),
        "has no scheduled backup": backups and all(found.get("spec.method") == "plugin" for found in backups),
        "may archive later than five minutes": 0
        < seconds(cluster.get("spec.postgresql.parameters.archive_timeout", "0s"))
        <= 300,
    }
    return [wrong for wrong, right in checks.items() if not right]
