"""One breach or more for each rule: how a good overlay is spoilt. `SEEDS[rule]` lists (overlay, what is done)."""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

Body = dict[str, Any]
Spoil = Callable[[list[Body]], None]
SEEDS: Final[dict[str, list[tuple[str, Spoil]]]] = defaultdict(list)


def seed(rule: str, overlay: str = "production") -> Callable[[Spoil], Spoil]:
    def enter(spoil: Spoil) -> Spoil:
        SEEDS[rule].append((overlay, spoil))
        return spoil

    return enter


def find(objects: list[Body], kind: str, name: str) -> Body:
    return next(one for one in objects if one["kind"] == kind and one["metadata"]["name"].startswith(name))


def pod(objects: list[Body], name: str = "credit-api", kind: str = "Deployment") -> Any:
    return find(objects, kind, name)["spec"]["template"]["spec"]


def app(objects: list[Body], name: str = "credit-api", kind: str = "Deployment") -> Any:
    return pod(objects, name, kind)["containers"][0]


def drop(objects: list[Body], kind: str, name: str) -> None:
    objects.remove(find(objects, kind, name))


def nats_conf(objects: list[Body], old: str, new: str, file: str = "nats.conf") -> None:
    data = find(objects, "ConfigMap", "nats-config")["data"]
    assert old in data[file]
    data[file] = data[file].replace(old, new)


def drop_all(objects: list[Body], *named: tuple[str, str]) -> None:
    for kind, name in named:
        drop(objects, kind, name)


def plain(rule: str, spoil: Spoil, overlay: str = "production") -> None:
    SEEDS[rule].append((overlay, spoil))


plain("KM01", lambda o: pod(o)["securityContext"].pop("runAsNonRoot"))
plain("KM01", lambda o: pod(o)["securityContext"].update(runAsUser=1000))
plain("KM01", lambda o: app(o)["securityContext"].update(runAsUser=0))
plain("KM02", lambda o: app(o, "draw-migrate", "Job")["securityContext"].pop("allowPrivilegeEscalation"))
plain("KM03", lambda o: app(o)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]))
plain("KM03", lambda o: app(o)["securityContext"].pop("capabilities"))
plain("KM04", lambda o: pod(o, "nats", "StatefulSet")["securityContext"].pop("seccompProfile"))
plain("KM05", lambda o: app(o)["securityContext"].update(readOnlyRootFilesystem=False))
plain("KM05", lambda o: pod(o)["volumes"].append({"name": "free", "emptyDir": {}}))
plain("KM06", lambda o: pod(o).update(hostNetwork=True))
plain("KM06", lambda o: app(o)["securityContext"].update(privileged=True))
plain("KM06", lambda o: app(o)["ports"][0].update(hostPort=80))
plain("KM06", lambda o: pod(o)["volumes"].append({"name": "node", "hostPath": {"path": "/"}}))
plain("KM07", lambda o: pod(o)["volumes"].append({"name": "share", "nfs": {"server": "s", "path": "/"}}))
plain("KM08", lambda o: app(o).update(image="ssj/credit:latest"))
plain("KM08", lambda o: app(o).update(image="ssj/credit"))
plain("KM08", lambda o: app(o).update(image="elsewhere/credit:0.1.0"))
plain("KM08", lambda o: find(o, "Cluster", "credit-pg")["spec"].update(imageName="ssj/postgresql"))
plain("KM09", lambda o: app(o)["resources"]["limits"].pop("memory"))
plain("KM09", lambda o: app(o)["resources"]["requests"].pop("ephemeral-storage"))
plain("KM10", lambda o: app(o, "nats", "StatefulSet")["resources"]["limits"].update(memory="2Gi"))
plain("KM10", lambda o: find(o, "Cluster", "draw-pg")["spec"]["resources"]["requests"].update(cpu="100m"))
plain("KM11", lambda o: pod(o).update(automountServiceAccountToken=True))
plain("KM11", lambda o: pod(o).update(serviceAccountName="default"))
plain("KM11", lambda o: pod(o).update(serviceAccountName="draw"))
plain("KM12", lambda o: pod(o).pop("enableServiceLinks"))
plain("KM13", lambda o: app(o).pop("startupProbe"))
plain("KM13", lambda o: app(o)["readinessProbe"]["httpGet"].update(path="/health/live"))
plain("KM14", lambda o: app(o)["livenessProbe"]["httpGet"].update(path="/health/deep"))
plain("KM15", lambda o: pod(o).update(terminationGracePeriodSeconds=30))
plain("KM15", lambda o: app(o).pop("lifecycle"))
plain("KM16", lambda o: pod(o).pop("topologySpreadConstraints"))
plain("KM16", lambda o: pod(o, "watch")["topologySpreadConstraints"][0].pop("labelSelector"))
plain("KM17", lambda o: pod(o, "gateway-api").pop("priorityClassName"))
plain("KM17", lambda o: find(o, "Cluster", "credit-pg")["spec"].update(priorityClassName="unknown"))
plain(
    "KM18",
    lambda o: find(o, "Deployment", "credit-api")["spec"]["template"]["metadata"]["labels"].pop(
        "app.kubernetes.io/part-of"
    ),
)
plain("KM18", lambda o: find(o, "Deployment", "credit-api")["spec"]["selector"]["matchLabels"].update(tier="web"))
plain("KM19", lambda o: app(o)["env"].append({"name": "API_TOKEN", "value": "abc"}))
plain("KM19", lambda o: app(o)["env"].append({"name": "OTHER_URL", "value": "https://me:word@host/"}))
plain("KM19", lambda o: find(o, "ConfigMap", "site")["data"].update(note="password: hunter2"))
plain("KM19", lambda o: o.append({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "ssj"}}))
plain(
    "KM20",
    lambda o: app(o)["env"].append(
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b", "optional": True}}}
    ),
)
plain("KM20", lambda o: pod(o)["volumes"].append({"name": "s", "secret": {"secretName": "s", "optional": True}}))
plain("KM20", lambda o: app(o).update(envFrom=[{"secretRef": {"name": "s"}}]))
plain("KM21", lambda o: app(o)["env"].append({"name": "CREDIT_HOST", "value": "127.0.0.1"}))
plain("KM22", lambda o: app(o)["ports"][0].pop("name"))
plain("KM22", lambda o: find(o, "Service", "credit")["spec"]["ports"][0].update(targetPort="web"))
plain("KM23", lambda o: pod(o)["volumes"].append({"name": "c", "configMap": {"name": "settings"}}))
plain("KM23", lambda o: app(o).update(envFrom=[{"configMapRef": {"name": "settings"}}]))
plain("KM24", lambda o: find(o, "Deployment", "credit-api")["spec"].pop("progressDeadlineSeconds"))
plain("KM24", lambda o: find(o, "StatefulSet", "nats")["spec"].pop("revisionHistoryLimit"))
plain("KM25", lambda o: find(o, "Deployment", "draw-api")["spec"]["strategy"]["rollingUpdate"].update(maxUnavailable=1))
plain("KM25", lambda o: find(o, "Deployment", "draw-api")["spec"].update(strategy={"type": "Recreate"}))
plain("KM26", lambda o: find(o, "HorizontalPodAutoscaler", "gateway-api")["spec"].update(minReplicas=2))
plain("KM26", lambda o: find(o, "Deployment", "credit-worker")["spec"].update(replicas=1))
plain("KM26", lambda o: find(o, "Deployment", "credit-api")["spec"].update(replicas=2))
plain("KM27", lambda o: drop(o, "PodDisruptionBudget", "credit-api"))
plain("KM27", lambda o: find(o, "PodDisruptionBudget", "credit-api")["spec"].update(maxUnavailable=0))
plain(
    "KM27",
    lambda o: find(o, "PodDisruptionBudget", "nats").update(
        spec={"minAvailable": 3, "selector": find(o, "PodDisruptionBudget", "nats")["spec"]["selector"]}
    ),
)
plain("KM28", lambda o: find(o, "HorizontalPodAutoscaler", "credit-api")["spec"]["scaleTargetRef"].update(name="gone"))
plain("KM28", lambda o: find(o, "HorizontalPodAutoscaler", "credit-api")["spec"].update(metrics=[]))
plain("KM28", lambda o: o.append(keda("credit-from-draw", "RESULTS", "100")))
plain("KM28", lambda o: o.append(keda("credit-from-results", "RESULTS", "")))
plain("KM29", lambda o: find(o, "Deployment", "credit-worker")["metadata"].pop("annotations"))
plain("KM29", lambda o: o.append(keda("credit-from-results", "RESULTS", "100")))
plain("KM30", lambda o: find(o, "StatefulSet", "nats")["spec"].update(replicas=1))
plain("KM30", lambda o: app(o, "nats", "StatefulSet").pop("lifecycle"))
plain("KM30", lambda o: drop(o, "StatefulSet", "nats"))
plain("KM30", lambda o: find(o, "Service", "nats-headless")["spec"].pop("clusterIP"))
plain("KM30", lambda o: find(o, "StatefulSet", "nats")["spec"].pop("volumeClaimTemplates"))
plain("KM30", lambda o: app(o, "nats", "StatefulSet")["livenessProbe"]["httpGet"].update(path="/healthz"))
plain(
    "KM30",
    lambda o: pod(o, "nats", "StatefulSet")["topologySpreadConstraints"][0].update(whenUnsatisfiable="ScheduleAnyway"),
)
plain("KM31", lambda o: nats_conf(o, "sync_interval: always", "sync_interval: 2m"))
plain("KM31", lambda o: nats_conf(o, "max_file_store: 16GB", "max_file_store: 64GB"))
plain("KM31", lambda o: nats_conf(o, "verify: true", "verify: false"))
plain("KM31", lambda o: nats_conf(o, "\ntls {", "\n# tls {"))
plain("KM31", lambda o: nats_conf(o, "max_payload", "no_auth_user: registry\nmax_payload"))
plain("KM31", lambda o: nats_conf(o, '"results.>"', '">"', "users.conf"))
plain("KM32", lambda o: find(o, "Cluster", "credit-pg")["spec"].update(instances=1))
plain("KM32", lambda o: find(o, "Cluster", "credit-pg")["spec"]["postgresql"].pop("synchronous"))
plain(
    "KM32", lambda o: find(o, "Cluster", "credit-pg")["spec"]["postgresql"]["parameters"].update(archive_timeout="1h")
)
plain("KM32", lambda o: find(o, "Cluster", "credit-pg")["spec"].pop("plugins"))
plain(
    "KM32",
    lambda o: find(o, "Cluster", "credit-pg")["spec"].update(
        backup={"barmanObjectStore": {"destinationPath": "s3://x"}}
    ),
)
plain("KM32", lambda o: drop(o, "ScheduledBackup", "credit-pg"))
plain("KM32", lambda o: find(o, "ObjectStore", "backups")["spec"].pop("retentionPolicy"))
plain("KM32", lambda o: drop(o, "Cluster", "credit-pg"))
plain("KM32", lambda o: find(o, "Cluster", "credit-pg")["metadata"].pop("annotations"), "small")
plain(
    "KM33",
    lambda o: find(o, "Namespace", "ssj")["metadata"]["labels"].update(
        {"pod-security.kubernetes.io/enforce": "baseline"}
    ),
)
plain("KM34", lambda o: drop(o, "NetworkPolicy", "default-deny"))
plain("KM34", lambda o: find(o, "NetworkPolicy", "default-deny")["spec"].update(policyTypes=["Ingress"]))
plain("KM35", lambda o: find(o, "NetworkPolicy", "watch")["spec"]["podSelector"]["matchLabels"].update(tier="none"))
plain("KM35", lambda o: find(o, "Deployment", "watch")["spec"]["template"]["metadata"].update(labels={"app": "stray"}))
plain(
    "KM36",
    lambda o: (
        find(o, "NetworkPolicy", "credit-database")["spec"]["ingress"].append({"from": [{"podSelector": {}}]})
        or find(o, "NetworkPolicy", "draw-to-database")["spec"]["egress"].append({"to": [{"podSelector": {}}]})
    ),
)
plain("KM36", lambda o: drop(o, "NetworkPolicy", "to-the-bus"))
plain(
    "KM36",
    lambda o: find(o, "NetworkPolicy", "credit-to-database")["spec"]["egress"].append(
        {"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}
    ),
)
plain(
    "KM36",
    lambda o: find(o, "NetworkPolicy", "exchange-outward")["spec"]["egress"].append(
        {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}
    ),
)
plain(
    "KM36",
    lambda o: find(o, "NetworkPolicy", "figures")["spec"]["ingress"].append({"from": [{"namespaceSelector": {}}]}),
)
plain("KM36", lambda o: find(o, "NetworkPolicy", "watch")["spec"]["egress"].append({"ports": [{"port": 443}]}))
plain("KM37", lambda o: find(o, "Service", "credit")["spec"].update(type="NodePort"))
plain("KM37", lambda o: find(o, "Service", "gateway")["spec"].update(type="LoadBalancer"))
plain("KM38", lambda o: find(o, "Gateway", "edge")["spec"]["listeners"].pop(1))
plain("KM38", lambda o: drop(o, "HTTPRoute", "to-https"))
plain(
    "KM38",
    lambda o: drop_all(o, ("HTTPRoute", "to-https"), ("HTTPRoute", "gateway"), ("Gateway", "edge")),
)
plain("KM38", lambda o: find(o, "Ingress", "gateway")["spec"].pop("tls"), "small")
plain(
    "KM38",
    lambda o: find(o, "Ingress", "gateway")["metadata"]["annotations"].pop(
        "nginx.ingress.kubernetes.io/force-ssl-redirect"
    ),
    "small",
)
plain(
    "KM38",
    lambda o: find(o, "Ingress", "gateway")["metadata"]["annotations"].update(
        {"nginx.ingress.kubernetes.io/server-snippet": "x"}
    ),
    "small",
)
plain("KM39", lambda o: find(o, "HTTPRoute", "gateway")["spec"]["rules"][0]["timeouts"].update(request="30s"))
plain(
    "KM39",
    lambda o: find(o, "HTTPRoute", "gateway")["metadata"]["annotations"].update({"ssj.platform/client-timeout": "60s"}),
)
plain(
    "KM39",
    lambda o: find(o, "HTTPRoute", "gateway")["metadata"]["annotations"].update({"ssj.platform/body-limit": "8Mi"}),
)
plain(
    "KM39",
    lambda o: find(o, "Ingress", "gateway")["metadata"]["annotations"].update(
        {"nginx.ingress.kubernetes.io/proxy-body-size": "8m"}
    ),
    "small",
)
plain("KM40", lambda o: find(o, "Job", "credit-migrate")["spec"].pop("backoffLimit"))
plain("KM40", lambda o: drop(o, "Job", "credit-migrate"))
plain("KM40", lambda o: pod(o, "credit-migrate", "Job").update(restartPolicy="OnFailure"))
plain("KM40", lambda o: app(o, "credit-migrate", "Job").update(args=["serve"]))
plain("KM40", lambda o: app(o).update(command=["sh", "-c", "python -m services.credit.main migrate && exec api"]))
plain("KM41", lambda o: find(o, "CronJob", "provision-again")["spec"].update(concurrencyPolicy="Allow"))
plain("KM41", lambda o: find(o, "CronJob", "provision-again")["spec"].pop("timeZone"))
plain("KM41", lambda o: find(o, "CronJob", "provision-again")["spec"].pop("startingDeadlineSeconds"))
plain(
    "KM41", lambda o: find(o, "CronJob", "provision-again")["spec"]["jobTemplate"]["spec"].pop("activeDeadlineSeconds")
)
plain("KM42", lambda o: drop(o, "PodMonitor", "processes"))
plain("KM42", lambda o: drop(o, "PodMonitor", "databases"))
plain("KM42", lambda o: find(o, "PodMonitor", "processes")["spec"]["podMetricsEndpoints"][0].update(port="web"))
plain("KM43", lambda o: alerts(o)[0].update(expr="max(ssj_no_such_metric) > 1"))
plain("KM43", lambda o: find(o, "PrometheusRule", "ssj")["spec"]["groups"].pop(0))
plain("KM43", lambda o: alerts(o)[0]["annotations"].pop("runbook"))
plain("KM44", lambda o: dashboard(o, "ssj_no_such_metric"))
plain("KM44", lambda o: find(o, "ConfigMap", "dashboard-office")["data"].update({"office.json": "{"}))
plain(
    "KM44",
    lambda o: drop_all(o, *(("ConfigMap", f"dashboard-{name}") for name in ("office", "operations", "security"))),
)
plain("KM45", lambda o: app(o).update(env=[one for one in app(o)["env"] if not one["name"].startswith("OTEL_TRACES")]))
plain("KM46", lambda o: o.append(role(resources=["secrets"], verbs=["list"])))
plain("KM46", lambda o: o.append(role(resources=["pods"], verbs=["*"])))
plain("KM46", lambda o: o.append(role(resources=["pods/exec"], verbs=["create"])))
plain(
    "KM46",
    lambda o: o.append(
        {**role(resources=[], verbs=[]), "kind": "ClusterRoleBinding", "roleRef": {"name": "cluster-admin"}}
    ),
)
plain("KM47", lambda o: find(o, "Service", "credit")["metadata"].update(namespace="default"))
plain("KM47", lambda o: find(o, "HorizontalPodAutoscaler", "credit-api").update(apiVersion="autoscaling/v2beta2"))
plain("KM48", lambda o: drop(o, "ResourceQuota", "ssj"))
plain("KM48", lambda o: drop(o, "LimitRange", "ssj"))
plain("KM48", lambda o: find(o, "ResourceQuota", "ssj")["spec"]["hard"].update({"requests.cpu": "1"}))
plain("KM48", lambda o: app(o)["resources"]["requests"].update(memory="8Gi"), "small")


def keda(consumer: str, stream: str, threshold: str) -> Body:
    facts = {"consumer": consumer, "stream": stream, "lagThreshold": threshold}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "credit-worker", "namespace": "ssj"},
        "spec": {
            "scaleTargetRef": {"name": "credit-worker"},
            "minReplicaCount": 2,
            "triggers": [{"type": "nats-jetstream", "metadata": facts}],
        },
    }


def role(resources: list[str], verbs: list[str]) -> Body:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "too-much", "namespace": "ssj"},
        "rules": [{"apiGroups": [""], "resources": resources, "verbs": verbs}],
    }


def alerts(objects: list[Body]) -> Any:
    return find(objects, "PrometheusRule", "ssj")["spec"]["groups"][0]["rules"]


def dashboard(objects: list[Body], metric: str) -> None:
    data = find(objects, "ConfigMap", "dashboard-office")["data"]
    shown = json.loads(data["office.json"])
    shown["panels"][0]["targets"][0]["expr"] = f"max({metric})"
    data["office.json"] = json.dumps(shown)
