"""Who reaches whom inside the namespace: as the policies allow it, and as the code needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from deploy.rules.model import Json, Object, Pod, World, selects

DATABASE_PORTS: Final = {"postgresql": 5432, "status": 8000, "metrics": 9187}
HTTP, CLIENT, CLUSTER, MONITOR = 8080, 4222, 6222, 8222


@dataclass(frozen=True, order=True)
class Edge:
    """`source` may open a connection to `port` of `target`; both are names of workloads or database clusters."""

    source: str
    target: str
    port: int

    def __str__(self) -> str:
        return f"{self.source} → {self.target}:{self.port}"


def ports_of(pod: Pod) -> dict[str, int]:
    """Name → number of every port a pod listens on."""
    if not pod.containers:
        return DATABASE_PORTS
    return {port["name"]: port["containerPort"] for one in pod.containers for port in one.get("ports", ())}


def allowed_edges(world: World) -> frozenset[Edge]:
    """Every connection inside the namespace that both sides' policies allow; without any policy, everything."""
    policies, pods = world.of("NetworkPolicy"), world.all_pods
    return frozenset(
        Edge(source.owner.name, target.owner.name, number)
        for source in pods
        for target in pods
        for name, number in ports_of(target).items()
        if _lets(policies, "Egress", source, target, (name, number))
        and _lets(policies, "Ingress", target, source, (name, number))
    )


def _lets(policies: Iterable[Object], direction: str, pod: Pod, other: Pod, port: tuple[str, int]) -> bool:
    applying = [
        one
        for one in policies
        if direction in one.get("spec.policyTypes", []) and selects(one.get("spec.podSelector"), pod.labels)
    ]
    if not applying:
        return True
    side = "to" if direction == "Egress" else "from"
    return any(
        _names_port(opened, port) and _names_peer(opened, side, other)
        for one in applying
        for opened in one.get(f"spec.{direction.lower()}", [])
    )


def _names_port(opened: Json, port: tuple[str, int]) -> bool:
    return not opened.get("ports") or any(one.get("port") in (None, *port) for one in opened["ports"])


def _names_peer(opened: Json, side: str, other: Pod) -> bool:
    peers = opened.get(side)
    if not peers:
        return True
    return any(
        "namespaceSelector" not in peer and "ipBlock" not in peer and selects(peer.get("podSelector"), other.labels)
        for peer in peers
    )


def wanted_edges(world: World) -> frozenset[Edge]:
    """Every connection the code needs, from the topology and the services' own lists (KM36)."""
    found = {Edge("nats", "nats", CLUSTER)}
    for pod in world.all_pods:
        name = pod.owner.name
        if not pod.containers:
            found.add(Edge(name, name, DATABASE_PORTS["postgresql"]))
        elif pod.service in world.wishes.services:
            found.add(Edge(name, f"{pod.service}-pg", DATABASE_PORTS["postgresql"]))
            if pod.component != "migrate":
                found |= {Edge(name, f"{peer}-api", HTTP) for peer in world.wishes.calls[pod.service]}
        if uses_bus(pod):
            found.add(Edge(name, "nats", CLIENT))
        if pod.component == "watch":
            found.add(Edge(name, "nats", MONITOR))
    return frozenset(found)


def uses_bus(pod: Pod) -> bool:
    """A worker, a process that is API and worker, and the job that declares the streams."""
    arguments = pod.containers[0].get("args", []) if pod.containers else []
    return arguments in (["worker"], ["serve"]) or pod.component == "provision"
