"""What runs on the bus, as data: services, streams, durables and who may say what.

The one declaration behind provisioning, `ssj doctor` and the start-up check of every service (settings of promises.md
section 6; a service only verifies, it never creates a stream because it happened to start first). Standard library
only, so that everybody may import it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

JsonObject = dict[str, Any]
"""The broker's own wire form of a configuration; read and written only at that border."""

SERVICES: Final = ("registry", "planning", "draw", "results", "credit", "disclosure", "exchange")
GATEWAY: Final = "gateway"
PRODUCERS: Final = (*SERVICES, GATEWAY)

HEARS: Final[Mapping[str, tuple[str, ...]]] = {
    "registry": ("credit", "results"),
    "planning": ("draw", "results"),
    "draw": ("planning", "registry", "results"),
    "results": ("draw", "planning"),
    "credit": ("results", "registry"),
    "disclosure": ("registry", "planning", "draw", "results", "credit"),
    "exchange": ("planning", "results", "credit"),
    "gateway": ("registry",),
}
"""Consumer → the producers it hears (architecture.md, table of services)."""

SECOND: Final = 1_000_000_000
"""Durations on the wire are nanoseconds."""
DAY: Final = 86_400 * SECOND
MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB

ADVISORY: Final = "ADVISORY"
ADVISORY_SUBJECTS: Final = (
    "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",
    "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>",
)


@dataclass(frozen=True)
class StreamSpec:
    """One stream as it must be. `max_bytes` and `replicas` belong to the installation, the rest to the design."""

    name: str
    subjects: tuple[str, ...]
    max_bytes: int = GIB
    replicas: int = 1
    discard: str = "new"
    allow_atomic: bool = True

    def config(self) -> JsonObject:
        """The stream's configuration in the broker's wire form."""
        return {
            "name": self.name,
            "subjects": list(self.subjects),
            "storage": "file",
            "retention": "limits",
            "discard": self.discard,
            "max_age": 30 * DAY,
            "max_bytes": self.max_bytes,
            "max_msgs": -1,
            "max_msgs_per_subject": -1,
            "max_consumers": -1,
            "max_msg_size": 256 * 1024,
            "duplicate_window": 600 * SECOND,
            "deny_delete": True,
            "deny_purge": True,
            "allow_atomic": self.allow_atomic,
            "num_replicas": self.replicas,
        }


@dataclass(frozen=True)
class DurableSpec:
    """The one durable between two services: the producer's whole stream, one ordered lane, no filter.

    Numbers are gapless only on the whole stream, so a subject filter would make every gap look real.
    """

    consumer: str
    producer: str
    replicas: int = 1

    @property
    def name(self) -> str:
        return f"{self.consumer}-from-{self.producer}"

    @property
    def stream(self) -> str:
        return stream_name(self.producer)

    def config(self) -> JsonObject:
        """The consumer's configuration in the broker's wire form (pull: it has no deliver subject)."""
        return {
            "durable_name": self.name,
            "name": self.name,
            "deliver_policy": "all",
            "ack_policy": "all",
            "ack_wait": 30 * SECOND,
            "max_deliver": -1,
            "max_ack_pending": 1024,
            "replay_policy": "instant",
            "num_replicas": self.replicas,
        }


def stream_name(producer: str) -> str:
    """`results` → `RESULTS`."""
    return producer.upper()


def declared_streams(max_bytes: int = GIB, replicas: int = 1) -> tuple[StreamSpec, ...]:
    """Every stream: one per producing service, and the broker's own complaints.

    Advisories have no outbox behind them: when their stream is full the oldest go, the newest are what matters.
    """
    events = tuple(StreamSpec(stream_name(p), (f"{p}.>",), max_bytes, replicas) for p in PRODUCERS)
    complaints = StreamSpec(ADVISORY, ADVISORY_SUBJECTS, min(max_bytes, 64 * MIB), replicas, "old", False)
    return (*events, complaints)


def declared_durables(replicas: int = 1) -> tuple[DurableSpec, ...]:
    """Every durable, in the order of `HEARS`."""
    return tuple(DurableSpec(c, p, replicas) for c, producers in HEARS.items() for p in producers)


STREAMS: Final = declared_streams()
DURABLES: Final = declared_durables()


def durables_of(consumer: str) -> tuple[DurableSpec, ...]:
    """What one service listens on."""
    return tuple(durable for durable in DURABLES if durable.consumer == consumer)


def stream_differences(spec: StreamSpec, actual: JsonObject) -> list[str]:
    """Where a stream's real configuration departs from the declared one, as `field: real ≠ declared`.

    The installation's own two settings are held only to their floor: a bound exists, and no fewer replicas than
    declared. An empty list means the stream is as declared.
    """
    found = _differences(replace(spec, max_bytes=0, replicas=0).config(), actual, skip=("max_bytes", "num_replicas"))
    if int(actual.get("max_bytes", -1)) <= 0:
        found.append(f"max_bytes: {actual.get('max_bytes')} ≠ > 0")
    if int(actual.get("num_replicas", 0)) < spec.replicas:
        found.append(f"num_replicas: {actual.get('num_replicas')} ≠ ≥ {spec.replicas}")
    return found


def durable_differences(spec: DurableSpec, actual: JsonObject) -> list[str]:
    """Where a durable's real configuration departs from the declared one; empty when it does not.

    A filter, a push subject or a back-off list the declaration lacks is a difference too: each would change delivery.
    """
    found = _differences(spec.config(), actual, skip=("name", "num_replicas"))
    extra = ("filter_subject", "filter_subjects", "deliver_subject", "deliver_group", "backoff", "headers_only")
    found.extend(f"{field}: {actual[field]} ≠ unset" for field in extra if actual.get(field))
    return found


def _differences(declared: JsonObject, actual: JsonObject, skip: tuple[str, ...]) -> list[str]:
    # The broker leaves false flags out of its answer, so an absent field reads as False where False is declared.
    return [
        f"{field}: {actual.get(field)} ≠ {wanted}"
        for field, wanted in declared.items()
        if field not in skip and actual.get(field, False if wanted is False else None) != wanted
    ]


@dataclass(frozen=True)
class SubjectPermissions:
    """What one user of the bus may publish and subscribe; everything else is refused."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def inbox_prefix(service: str) -> str:
    """The prefix under which a service receives replies; no other service may listen there."""
    return f"_INBOX_{service}"


def permissions_of(service: str) -> SubjectPermissions:
    """A service tells its own facts, pulls and acknowledges on its own durables, and looks at the streams it uses."""
    own = stream_name(service)
    heard = durables_of(service)
    publish = [f"{service}.>", f"$JS.API.STREAM.INFO.{own}"]
    for durable in heard:
        lane = f"{durable.stream}.{durable.name}"
        publish += [
            f"$JS.API.STREAM.INFO.{durable.stream}",
            f"$JS.API.CONSUMER.INFO.{lane}",
            f"$JS.API.CONSUMER.MSG.NEXT.{lane}",
            f"$JS.ACK.{lane}.>",
        ]
    return SubjectPermissions(tuple(publish), (f"{inbox_prefix(service)}.>",))
