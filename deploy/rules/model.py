"""What rules look at: rendered objects, pod templates, the services' wishes; and what they find."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]
"""A Kubernetes object in its own wire form; read only here, at that border."""
WORKLOADS: Final = ("Deployment", "StatefulSet", "Job", "CronJob")


@dataclass(frozen=True)
class Object:
    """One rendered object."""

    body: Json

    @property
    def kind(self) -> str:
        return str(self.body.get("kind", ""))

    @property
    def name(self) -> str:
        return str(dig(self.body, "metadata.name", ""))

    @property
    def namespace(self) -> str:
        return str(dig(self.body, "metadata.namespace", ""))

    @property
    def labels(self) -> dict[str, str]:
        return dict(dig(self.body, "metadata.labels", {}))

    @property
    def annotations(self) -> dict[str, str]:
        return dict(dig(self.body, "metadata.annotations", {}))

    def get(self, path: str, default: Any = None) -> Any:
        """What stands at a dotted path, or `default`."""
        return dig(self.body, path, default)

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Pod:
    """A pod template and the object that owns it. Instances of a database cluster have labels and no containers."""

    owner: Object
    labels: Mapping[str, str]
    spec: Json

    @property
    def containers(self) -> list[Json]:
        return [*self.spec.get("initContainers", ()), *self.spec.get("containers", ())]

    @property
    def component(self) -> str:
        return self.labels.get("app.kubernetes.io/component", "")

    @property
    def service(self) -> str:
        return self.labels.get("app.kubernetes.io/name", "")


@dataclass(frozen=True)
class Wishes:
    """What the code says, against which manifests are held: never copied into a manifest by hand only."""

    services: tuple[str, ...]
    calls: Mapping[str, frozenset[str]]
    """Service → the services it asks or hears (the gateway: all)."""
    durables: Mapping[str, frozenset[str]]
    """Stream → its durables."""
    permissions: str
    """The users' file of the broker as the topology gives it."""
    metrics: frozenset[str]
    """Every metric name the code or a known exporter has."""
    commands: frozenset[str]
    """Commands of the command line."""
    drain_seconds: int
    longest_route: int
    """Seconds."""
    largest_body: int
    """Bytes."""


@dataclass(frozen=True)
class Breach:
    """A broken rule: which rule, where, what is wrong."""

    rule: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class World:
    """One rendered overlay."""

    overlay: str
    objects: tuple[Object, ...]
    wishes: Wishes
    files: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(kind, name) → the file that declares it."""

    def of(self, *kinds: str) -> list[Object]:
        return [found for found in self.objects if found.kind in kinds]

    def named(self, kind: str, name: str) -> Object | None:
        return next((found for found in self.of(kind) if found.name == name), None)

    @property
    def pods(self) -> list[Pod]:
        """The pods of every workload."""
        return [pod_of(owner) for owner in self.of(*WORKLOADS)]

    @property
    def databases(self) -> list[Object]:
        return [found for found in self.of("Cluster") if found.body["apiVersion"].startswith("postgresql.cnpg.io/")]

    @property
    def all_pods(self) -> list[Pod]:
        """The pods of workloads, and one for each database cluster."""
        return self.pods + [
            Pod(cluster, {"cnpg.io/cluster": cluster.name, "cnpg.io/podRole": "instance"}, {})
            for cluster in self.databases
        ]

    def found(self, rule: str, where: Object | Pod | None, text: str) -> Breach:
        """A breach, named by overlay, file and object."""
        owner = where.owner if isinstance(where, Pod) else where
        if owner is None:
            return Breach(rule, self.overlay, text)
        name = owner.name.rsplit("-", 1)[0] if owner.kind == "ConfigMap" else owner.name
        file = self.files.get((owner.kind, owner.name)) or self.files.get((owner.kind, name)) or "?"
        return Breach(rule, f"{self.overlay}: {file}: {owner}", text)


Findings = Iterator[Breach]
Rule = Callable[[World], Findings]
RULES: Final[dict[str, Rule]] = {}
"""Every rule by its id."""


def rule(identity: str) -> Callable[[Rule], Rule]:
    """Enters a rule; two under one id are a mistake of ours."""

    def enter(check: Rule) -> Rule:
        assert identity not in RULES, identity
        RULES[identity] = check
        return check

    return enter


def dig(body: Any, path: str, default: Any = None) -> Any:
    """`dig(pod, "spec.securityContext.runAsUser")`; numbers index lists."""
    for step in path.split("."):
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        elif isinstance(body, dict) and step in body:
            body = body[step]
        else:
            return default
    return default if body is None else body


def pod_of(owner: Object) -> Pod:
    """The pod template of a workload."""
    path = "spec.jobTemplate.spec.template" if owner.kind == "CronJob" else "spec.template"
    template = owner.get(path, {})
    return Pod(owner, dig(template, "metadata.labels", {}), template.get("spec", {}))


UNITS: Final = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def quantity(text: Any) -> float:
    """`250m`, `1Gi`, `2`: as a number (cores, bytes). Raises ValueError."""
    written = str(text)
    for unit, factor in UNITS.items():
        if written.endswith(unit):
            return float(written[: -len(unit)]) * factor
    return float(written[:-1]) / 1000 if written.endswith("m") else float(written)


def seconds(text: Any) -> float:
    """`620s`, `5min`, `1h`, `30`: seconds. Raises ValueError."""
    written = str(text)
    for unit, factor in (("min", 60), ("ms", 0.001), ("h", 3600), ("s", 1), ("m", 60)):
        if written.endswith(unit):
            return float(written[: -len(unit)]) * factor
    return float(written)


def selects(selector: Json | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes these labels; an empty one takes all, none takes nothing."""
    if selector is None:
        return False
    wanted = selector.get("matchLabels", {})
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_expression(one, labels) for one in selector.get("matchExpressions", ()))


def _expression(one: Json, labels: Mapping[str, str]) -> bool:
    held = labels.get(one["key"])
    match one["operator"]:
        case "In":
            return held in one["values"]
        case "NotIn":
            return held not in one["values"]
        case "Exists":
            return held is not None
        case _:
            return held is None
