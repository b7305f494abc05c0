"""What the code says about itself: read from the topology, the services' compositions, the gateway's policy."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from deploy import topology
from deploy.k8s.nats_users import render as render_users
from deploy.rules.model import Wishes

ROOT: Final = Path(__file__).resolve().parents[2]
FOREIGN: Final = ROOT / "deploy" / "monitoring" / "foreign_metrics.txt"
DECLARED: Final = re.compile(r'\b(Counter|Gauge|Histogram)\(\s*"(ssj_\w+)"')
DRAIN_OF_WORKER: Final = 15
"""Seconds `Process.stop` gives the batch in hand (shared/runtime/service.py)."""


def read_wishes() -> Wishes:
    """Everything manifests are held against."""
    from shared.runtime.run import GRACE

    longest, largest = _gateway_limits()
    durables: dict[str, set[str]] = defaultdict(set)
    for durable in topology.DURABLES:
        durables[durable.stream].add(durable.name)
    return Wishes(
        services=topology.PRODUCERS,
        calls={name: _calls(name) for name in topology.PRODUCERS},
        durables={stream: frozenset(names) for stream, names in durables.items()},
        permissions=render_users(),
        metrics=own_metrics() | foreign_metrics(),
        commands=_commands(),
        drain_seconds=GRACE + DRAIN_OF_WORKER,
        longest_route=longest,
        largest_body=largest,
    )


def _calls(name: str) -> frozenset[str]:
    """The services one calls: those it asks, and the producers it hears (for their feeds); the gateway calls all."""
    if name == topology.GATEWAY:
        return frozenset(topology.SERVICES)
    composition = ast.parse((ROOT / "services" / name / "main.py").read_text("utf-8"))
    asked = [
        ast.literal_eval(argument.value)
        for call in ast.walk(composition)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Service"
        for argument in call.keywords
        if argument.arg == "asks"
    ]
    return frozenset({*topology.HEARS.get(name, ()), *(peer for names in asked for peer in names)})


def own_metrics() -> frozenset[str]:
    """Every series the code makes: a counter ends in `_total`, a histogram has three."""
    found: set[str] = set()
    for folder in ("shared", "services", "gateway", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            for kind, name in DECLARED.findall(path.read_text("utf-8")):
                found |= _series(kind, name)
    return frozenset(found)


def _series(kind: str, name: str) -> set[str]:
    if kind == "Histogram":
        return {f"{name}_bucket", f"{name}_sum", f"{name}_count"}
    return {name if kind == "Gauge" or name.endswith("_total") else f"{name}_total"}


def foreign_metrics() -> frozenset[str]:
    """Names of other programs' metrics, one a line, each with the exporter it comes from."""
    return frozenset(line.split()[0] for line in FOREIGN.read_text("utf-8").splitlines() if line and line[0] != "#")


def _gateway_limits() -> tuple[int, int]:
    from gateway.domain.policy import read_policy

    rules = read_policy(ROOT / "gateway" / "policy").rules
    return int(max(one.seconds or 0 for one in rules)), max(one.body_limit for one in rules)


def _commands() -> frozenset[str]:
    from cli.main import app

    return frozenset(
        str(one.name or getattr(one.callback, "__name__", "")).replace("_", "-") for one in app.registered_commands
    )
