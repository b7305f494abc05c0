"""Metrics every service exposes (`promises` section 8)."""

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_PENDING = Gauge("ssj_outbox_pending", "Committed events not yet confirmed by the broker", ["service"])
RELAY_LEADER = Gauge("ssj_relay_leader", "1 where this process leads the relay", ["service"])
CONSUMER_GAP = Gauge("ssj_consumer_gap", "Events seen but not applied", ["consumer", "producer"])
CONSUMER_LAST_SUCCESS = Gauge(
    "ssj_consumer_last_success_seconds", "Unix time of the last applied batch", ["consumer", "producer"]
)
INBOX_DUPLICATES = Counter("ssj_inbox_duplicates", "Events met again and not applied again", ["consumer", "producer"])
CATCHUP_EVENTS = Counter("ssj_catchup_events", "Events pulled from a producer's feed", ["consumer", "producer"])
DEAD_LETTERS = Gauge("ssj_dead_letters", "Events parked for a person to look at", ["consumer", "producer"])
HTTP_SECONDS = Histogram("ssj_http_request_seconds", "Time to answer, by route template", ["route", "method", "status"])
