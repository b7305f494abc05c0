"""KM40–KM48: migrations, cron jobs, figures, alerts, rights, versions, quotas."""

import json
import re
from typing import Final

from deploy.rules.containers import serving
from deploy.rules.model import Findings, World, dig, quantity, rule, selects

METRIC: Final = re.compile(r"\b(?!cnpg_io_cluster)(?:ssj|cnpg|kubelet|certmanager|barman_cloud|kube)_[a-z0-9_]+\b")
WATCHED: Final = {
    "outbox age": "ssj_outbox_oldest_seconds",
    "consumer gap": "ssj_consumer_gap",
    "dead letters": "ssj_dead_letters",
    "publication deadline": "ssj_publish_deadline_days",
    "checkpoint age": "ssj_checkpoint_age_seconds",
    "backup age": "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp",
    "certificate expiry": "certmanager_certificate_expiration_timestamp_seconds",
    "NATS disk": "ssj_nats_store_bytes",
    "PostgreSQL connections": "cnpg_backends_total",
}
STABLE: Final = {
    "v1", "apps/v1", "batch/v1", "policy/v1", "autoscaling/v2", "networking.k8s.io/v1", "scheduling.k8s.io/v1",
    "rbac.authorization.k8s.io/v1", "gateway.networking.k8s.io/v1", "postgresql.cnpg.io/v1", "barmancloud.cnpg.io/v1",
    "monitoring.coreos.com/v1", "keda.sh/v1alpha1",
}  # fmt: skip
CLUSTER_WIDE: Final = {"Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding"}
REFUSED_RESOURCES: Final = {"*", "pods/exec", "pods/attach"}
SMALL: Final = {"small": (4.0, 8 * 2**30), "dev": (4.0, 8 * 2**30)}
"""CPU and bytes that the small overlays may ask for in all."""


@rule("KM40")
def migrations(world: World) -> Findings:
    jobs = {found.name: found for found in world.of("Job")}
    for name in world.wishes.services:
        found = jobs.get(f"{name}-migrate")
        if found is None:
            yield world.found("KM40", None, f"service {name} has no migration Job")
            continue
        if missing := [
            key
            for key in ("backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished")
            if found.get(f"spec.{key}") is None
        ]:
            yield world.found("KM40", found, f"lacks {', '.join(missing)}")
        if found.get("spec.template.spec.restartPolicy") != "Never":
            yield world.found("KM40", found, "is started again in place: restartPolicy is not Never")
        if dig(found.get("spec.template.spec.containers.0", {}), "args") != ["migrate"]:
            yield world.found("KM40", found, "does not migrate")
    for pod in serving(world):
        if any("migrate" in str([one.get("command"), one.get("args")]) for one in pod.containers):
            yield world.found("KM40", pod, "migrates when it starts: several pods would race")


@rule("KM41")
def cron_jobs(world: World) -> Findings:
    for found in world.of("CronJob"):
        if found.get("spec.concurrencyPolicy") != "Forbid":
            yield world.found("KM41", found, "may run twice at once")
        if found.get("spec.timeZone") != "Asia/Shanghai":
            yield world.found("KM41", found, "does not run by the district's time")
        wanted = ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
        if missing := [key for key in wanted if found.get(f"spec.{key}") is None]:
            yield world.found("KM41", found, f"lacks {', '.join(missing)}")
        if found.get("spec.jobTemplate.spec.activeDeadlineSeconds") is None:
            yield world.found("KM41", found, "may run for ever")


@rule("KM42")
def everybody_is_watched(world: World) -> Findings:
    monitors = world.of("PodMonitor", "ServiceMonitor")
    for pod in serving(world):
        if pod.service == "nats":
            continue  # read by the watcher, which is watched
        taking = [one for one in monitors if selects(one.get("spec.selector"), pod.labels)]
        ports = {port.get("name") for one in pod.containers for port in one.get("ports", ())}
        asked = {end.get("port") for one in taking for end in one.get("spec.podMetricsEndpoints", [])}
        if not asked:
            yield world.found("KM42", pod, "nobody reads its figures")
        elif not asked <= ports:
            yield world.found(
                "KM42", pod, f"its figures are asked on {', '.join(sorted(asked - ports))}, no port of it"
            )
    databases = [pod for pod in world.all_pods if not pod.containers]
    for pod in databases:
        if not any(selects(one.get("spec.selector"), pod.labels) for one in monitors):
            yield world.found("KM42", pod, "nobody reads its figures")


@rule("KM43")
def alerts(world: World) -> Findings:
    rules = [
        (found, one)
        for found in world.of("PrometheusRule")
        for group in found.get("spec.groups", [])
        for one in group["rules"]
    ]
    expressions = " ".join(str(one["expr"]) for _, one in rules if "alert" in one)
    for what, metric in WATCHED.items():
        if metric not in expressions:
            yield world.found("KM43", None, f"no alert for {what} ({metric})")
    recorded = {str(one["record"]) for _, one in rules if "record" in one}
    for found, one in rules:
        for name in METRIC.findall(str(one["expr"])):
            if name not in world.wishes.metrics | recorded:
                yield world.found("KM43", found, f"{one.get('alert') or one.get('record')}: nobody makes {name}")
        if "alert" in one and not {"summary", "runbook"} <= set(one.get("annotations", {})):
            yield world.found("KM43", found, f"{one['alert']}: says neither what it is nor what to do")


@rule("KM44")
def dashboards(world: World) -> Findings:
    shown = [found for found in world.of("ConfigMap") if found.labels.get("grafana_dashboard")]
    if not shown:
        yield world.found("KM44", None, "there is no dashboard")
    for found in shown:
        for file, text in found.get("data", {}).items():
            try:
                queries = [
                    target["expr"] for panel in json.loads(text)["panels"] for target in panel.get("targets", [])
                ]
            except (ValueError, KeyError, TypeError):
                yield world.found("KM44", found, f"{file} is no dashboard")
                continue
            for name in sorted({name for query in queries for name in METRIC.findall(query)} - world.wishes.metrics):
                yield world.found("KM44", found, f"{file}: nobody makes {name}")
            if not queries:
                yield world.found("KM44", found, f"{file} shows nothing")


@rule("KM45")
def traces(world: World) -> Findings:
    wanted = {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}
    for pod in serving(world):
        if pod.component in ("api", "worker"):
            names = {variable["name"] for one in pod.containers for variable in one.get("env", ())}
            if missing := wanted - names:
                yield world.found("KM45", pod, f"lacks {', '.join(sorted(missing))}")


@rule("KM46")
def rights(world: World) -> Findings:
    for found in world.of("Role", "ClusterRole"):
        for one in found.get("rules", []):
            resources, verbs = set(one.get("resources", [])), set(one.get("verbs", []))
            if "*" in verbs or resources & REFUSED_RESOURCES or ("secrets" in resources and verbs & {"list", "watch"}):
                yield world.found("KM46", found, f"gives {', '.join(sorted(verbs))} on {', '.join(sorted(resources))}")
    for found in world.of("RoleBinding", "ClusterRoleBinding"):
        if found.get("roleRef.name") in ("cluster-admin", "admin", "edit"):
            yield world.found("KM46", found, f"binds {found.get('roleRef.name')}")


@rule("KM47")
def places_and_versions(world: World) -> Findings:
    homes = {found.name for found in world.of("Namespace")}
    for found in world.objects:
        if found.body.get("apiVersion") not in STABLE:
            yield world.found("KM47", found, f"apiVersion {found.body.get('apiVersion')} is not a stable one")
        if found.kind not in CLUSTER_WIDE and (found.namespace not in homes or found.namespace == "default"):
            yield world.found("KM47", found, f"namespace “{found.namespace}” is not one of ours")


@rule("KM48")
def quotas(world: World) -> Findings:
    if not world.of("LimitRange"):
        yield world.found("KM48", None, "there is no LimitRange")
    quota = next(iter(world.of("ResourceQuota")), None)
    if quota is None:
        yield world.found("KM48", None, "there is no ResourceQuota")
        return
    cpu, memory = sums(world)
    most_cpu, most_memory = (
        quantity(quota.get("spec.hard", {}).get(f"requests.{key}", "0")) for key in ("cpu", "memory")
    )
    if cpu > most_cpu or memory > most_memory:
        yield world.found(
            "KM48", quota, f"{cpu:.2f} CPU and {memory / 2**30:.2f} GiB are asked for: more than it allows"
        )
    small_cpu, small_memory = SMALL.get(world.overlay, (cpu, memory))
    if cpu > small_cpu or memory > small_memory:
        yield world.found("KM48", quota, f"{cpu:.2f} CPU and {memory / 2**30:.2f} GiB do not fit a small site")


def sums(world: World) -> tuple[float, float]:
    """CPU (cores) and memory (bytes) asked for by all that stays, at the autoscalers' floor, and by the largest job."""
    from deploy.rules.availability import fewest

    rows = [
        (fewest(world, pod), one.get("resources", {}).get("requests", {}))
        for pod in serving(world)
        for one in pod.containers
    ]
    rows += [(int(one.get("spec.instances", 1)), one.get("spec.resources.requests", {})) for one in world.databases]
    jobs = [_asked(one) for pod in world.pods if pod.owner.kind in ("Job", "CronJob") for one in pod.containers]
    largest = max(jobs, default=(0.0, 0.0))
    totals = [_times(count, requests) for count, requests in rows]
    return sum(cpu for cpu, _ in totals) + largest[0], sum(memory for _, memory in totals) + largest[1]


def _asked(container: dict[str, object]) -> tuple[float, float]:
    return _times(1, dig(container, "resources.requests", {}))


def _times(count: int, requests: dict[str, str]) -> tuple[float, float]:
    return count * quantity(requests.get("cpu", "0")), count * quantity(requests.get("memory", "0"))
