"""KM33–KM39: the namespace, the network, the edge."""

import re
from typing import Any, Final

from deploy.rules.graph import allowed_edges, wanted_edges
from deploy.rules.model import Findings, Json, Object, World, quantity, rule, seconds, selects

EDGE: Final = {"ssj.platform/edge": "true"}
MONITORING: Final = {"ssj.platform/monitoring": "true"}
OPERATOR: Final = {"kubernetes.io/metadata.name": "cnpg-system"}
NAMES: Final = {"kubernetes.io/metadata.name": "kube-system"}


@rule("KM33")
def restricted_namespaces(world: World) -> Findings:
    for found in world.of("Namespace"):
        for mode in ("enforce", "audit", "warn"):
            if found.labels.get(f"pod-security.kubernetes.io/{mode}") != "restricted":
                yield world.found("KM33", found, f"pod security is not restricted ({mode})")


@rule("KM34")
def closed_by_default(world: World) -> Findings:
    closed = {
        one.namespace
        for one in world.of("NetworkPolicy")
        if one.body["spec"].get("podSelector") == {}
        and set(one.get("spec.policyTypes", [])) == {"Ingress", "Egress"}
        and not one.get("spec.ingress")
        and not one.get("spec.egress")
    }
    for found in world.of("Namespace"):
        if found.name not in closed:
            yield world.found("KM34", found, "no policy closes it in both directions")


@rule("KM35")
def policies_and_pods_meet(world: World) -> Findings:
    """Each policy takes a pod, and each pod has a policy that opens something for it."""
    for one in world.of("NetworkPolicy"):
        if not any(selects(one.get("spec.podSelector"), pod.labels) for pod in world.all_pods):
            yield world.found("KM35", one, "selects no pod")
    opening = [one for one in world.of("NetworkPolicy") if one.body["spec"].get("podSelector") != {}]
    for pod in world.all_pods:
        if not any(selects(one.get("spec.podSelector"), pod.labels) for one in opening):
            yield world.found("KM35", pod, "no policy is made for its pods")


@rule("KM36")
def the_graph(world: World) -> Findings:
    """Exactly the connections the code needs; from and to the outside only the listed ones."""
    allowed, wanted = allowed_edges(world), wanted_edges(world)
    for edge in sorted(allowed - wanted):
        yield world.found("KM36", None, f"open, but nobody needs it: {edge}")
    for edge in sorted(wanted - allowed):
        yield world.found("KM36", None, f"needed, but closed: {edge}")
    for policy in world.of("NetworkPolicy"):
        for opened in policy.get("spec.egress", []):
            if not _may_leave(world, policy, opened.get("to")):
                yield world.found("KM36", policy, "lets its pods out of the namespace")
        for opened in policy.get("spec.ingress", []):
            if not _may_enter(world, policy, opened.get("from")):
                yield world.found("KM36", policy, "lets others into the namespace")


def _takes(world: World, policy: Object) -> set[str]:
    """What kinds of pods a policy takes: `database`, or service/component."""
    taken = [pod for pod in world.all_pods if selects(policy.get("spec.podSelector"), pod.labels)]
    return {f"{pod.service}/{pod.component}" if pod.containers else "database" for pod in taken}


def _may_leave(world: World, policy: Object, peers: list[Json] | None) -> bool:
    """Names for all; fixed addresses for databases (API server, archive) and for the exchange worker (the province)."""
    if not peers:
        return False
    outward = {"database", "exchange/worker"} | (
        {"exchange/api"} if world.named("Deployment", "exchange-worker") is None else set()
    )
    for peer in peers:
        if "ipBlock" in peer and (not _takes(world, policy) <= outward or peer["ipBlock"]["cidr"] == "0.0.0.0/0"):
            return False
        if "namespaceSelector" in peer and (_labels(peer) != NAMES or "podSelector" not in peer):
            return False
    return True


def _may_enter(world: World, policy: Object, peers: list[Json] | None) -> bool:
    """The edge to the gateway; Prometheus to figures; the operator to databases."""
    if not peers:
        return False
    for peer in peers:
        if "ipBlock" in peer:
            return False
        if "namespaceSelector" in peer:
            taken, who = _takes(world, policy), _labels(peer)
            if not (
                (who == EDGE and taken <= {"gateway/api", "gateway/worker"})
                or who == MONITORING
                or (who == OPERATOR and taken <= {"database"})
            ):
                return False
    return True


def _labels(peer: Json) -> Any:
    return peer["namespaceSelector"].get("matchLabels")


@rule("KM37")
def nothing_else_is_open(world: World) -> Findings:
    for found in world.of("Service"):
        if found.get("spec.type", "ClusterIP") not in ("ClusterIP", "ExternalName") or found.get("spec.externalIPs"):
            yield world.found("KM37", found, f"is a {found.get('spec.type')}: only the edge is open to the outside")


@rule("KM38")
def the_edge(world: World) -> Findings:
    gateways, routes, ingresses = world.of("Gateway"), world.of("HTTPRoute"), world.of("Ingress")
    if not gateways and not ingresses:
        yield world.found("KM38", None, "there is no edge")
    for found in gateways:
        secure = [one for one in found.get("spec.listeners", []) if one["protocol"] == "HTTPS"]
        if not secure or not all(one.get("tls", {}).get("certificateRefs") for one in secure):
            yield world.found("KM38", found, "has no listener with a certificate")
    if gateways and not any("RequestRedirect" in str(found.get("spec.rules")) for found in routes):
        yield world.found("KM38", gateways[0], "HTTP is not sent to HTTPS")
    for found in ingresses:
        if not found.get("spec.tls"):
            yield world.found("KM38", found, "has no TLS")
        if found.annotations.get("nginx.ingress.kubernetes.io/force-ssl-redirect") != "true":
            yield world.found("KM38", found, "HTTP is not sent to HTTPS")
    for found in (*gateways, *routes, *ingresses):
        if any("snippet" in key for key in found.annotations):
            yield world.found("KM38", found, "carries a snippet, which runs in the controller")


@rule("KM39")
def the_edge_waits_long_enough(world: World) -> Findings:
    """At least what the gateway's longest route and largest body need, and less than the client waits."""
    longest, largest = world.wishes.longest_route, world.wishes.largest_body
    for found in _to_gateway(world):
        waits = _waits(found)
        if not all(
            longest <= one < seconds(found.annotations.get("ssj.platform/client-timeout", "0s")) for one in waits
        ):
            yield world.found("KM39", found, f"waits {waits}: not between {longest} s and its client's patience")
        if any(quantity(limit) < largest for limit in _limits(found)):
            yield world.found("KM39", found, f"takes less than the {largest} bytes the gateway takes")


def _to_gateway(world: World) -> list[Object]:
    routes = [one for one in world.of("HTTPRoute") if "backendRefs" in str(one.get("spec.rules"))]
    return [*routes, *world.of("Ingress")]


def _waits(found: Object) -> list[float]:
    if found.kind == "Ingress":
        texts = [
            found.annotations.get(f"nginx.ingress.kubernetes.io/proxy-{way}-timeout", "60") for way in ("read", "send")
        ]
    else:
        texts = [one.get("timeouts", {}).get("request", "0s") for one in found.get("spec.rules", [])]
    return [seconds(text) for text in texts]


def _limits(found: Object) -> list[str]:
    texts = [found.annotations.get("ssj.platform/body-limit", "0")]
    if found.kind == "Ingress":
        texts.append(re.sub("m$", "Mi", found.annotations.get("nginx.ingress.kubernetes.io/proxy-body-size", "1m")))
    return texts
