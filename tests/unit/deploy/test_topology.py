"""Streams, durables and permissions as declared."""

import re
from dataclasses import replace

import pytest

from deploy import topology
from deploy.topology import DURABLES, STREAMS, DurableSpec, StreamSpec


def stream(name: str) -> StreamSpec:
    return next(spec for spec in STREAMS if spec.name == name)


def test_every_producer_has_one_stream_named_in_capitals_over_all_its_subjects() -> None:
    assert {spec.name: spec.subjects for spec in STREAMS if spec.name != topology.ADVISORY} == {
        name.upper(): (f"{name}.>",) for name in topology.PRODUCERS
    }


def test_streams_keep_what_the_promises_ask() -> None:
    """promises.md section 6."""
    config = stream("RESULTS").config()
    wanted = {
        "storage": "file",
        "retention": "limits",
        "discard": "new",
        "deny_delete": True,
        "deny_purge": True,
        "max_age": 30 * 24 * 3600 * 10**9,
        "duplicate_window": 600 * 10**9,
        "max_msg_size": 262_144,
        "allow_atomic": True,
        "num_replicas": 1,
    }
    assert {field: config[field] for field in wanted} == wanted


def test_durables_are_the_pairs_of_the_architecture() -> None:
    assert sorted(durable.name for durable in DURABLES) == [
        "credit-from-registry",
        "credit-from-results",
        "disclosure-from-credit",
        "disclosure-from-draw",
        "disclosure-from-planning",
        "disclosure-from-registry",
        "disclosure-from-results",
        "draw-from-planning",
        "draw-from-registry",
        "draw-from-results",
        "exchange-from-credit",
        "exchange-from-planning",
        "exchange-from-results",
        "gateway-from-registry",
        "planning-from-draw",
        "planning-from-results",
        "registry-from-credit",
        "registry-from-results",
        "results-from-draw",
        "results-from-planning",
    ]


@pytest.mark.parametrize("durable", DURABLES, ids=lambda durable: durable.name)
def test_a_durables_name_is_one_the_broker_takes(durable: DurableSpec) -> None:
    """conventions.md section 3."""
    assert re.fullmatch(r"[a-z-]{1,32}", durable.name)


def test_a_stream_as_declared_shows_no_difference() -> None:
    for spec in STREAMS:
        assert topology.stream_differences(spec, spec.config()) == []


@pytest.mark.parametrize("field", sorted(set(stream("DRAW").config()) - {"max_bytes", "num_replicas"}))
def test_every_departure_of_a_stream_is_named(field: str) -> None:
    altered = {**stream("DRAW").config(), field: "other"}
    assert topology.stream_differences(stream("DRAW"), altered) == [
        f"{field}: other ≠ {stream('DRAW').config()[field]}"
    ]


def test_an_installation_may_choose_its_bound_but_not_go_without() -> None:
    config = stream("DRAW").config()
    assert topology.stream_differences(stream("DRAW"), {**config, "max_bytes": 5}) == []
    assert topology.stream_differences(stream("DRAW"), {**config, "max_bytes": -1}) == ["max_bytes: -1 ≠ > 0"]


def test_fewer_replicas_than_declared_are_a_difference_and_more_are_not() -> None:
    three = replace(stream("DRAW"), replicas=3)
    assert topology.stream_differences(three, {**three.config(), "num_replicas": 1}) == ["num_replicas: 1 ≠ ≥ 3"]
    assert topology.stream_differences(three, {**three.config(), "num_replicas": 5}) == []


@pytest.mark.parametrize("field", ["ack_policy", "ack_wait", "max_deliver", "max_ack_pending", "deliver_policy"])
def test_every_departure_of_a_durable_is_named(field: str) -> None:
    durable = DURABLES[0]
    assert topology.durable_differences(durable, durable.config()) == []
    assert len(topology.durable_differences(durable, {**durable.config(), field: "other"})) == 1


@pytest.mark.parametrize("field", ["filter_subject", "filter_subjects", "deliver_subject", "backoff"])
def test_a_durable_with_a_filter_a_push_subject_or_a_back_off_is_not_ours(field: str) -> None:
    durable = DURABLES[0]
    assert topology.durable_differences(durable, {**durable.config(), field: "x"}) == [f"{field}: x ≠ unset"]


@pytest.mark.parametrize("service", topology.PRODUCERS)
def test_a_service_may_publish_no_other_services_subjects_and_no_wildcard_over_the_bus(service: str) -> None:
    """SEC28."""
    allowed = topology.permissions_of(service)
    events = [subject for subject in allowed.publish if not subject.startswith("$")]
    assert events == [f"{service}.>"]
    assert allowed.subscribe == (f"_INBOX_{service}.>",)
    lanes = [subject for subject in allowed.publish if ".MSG.NEXT." in subject]
    assert len(lanes) == len(topology.HEARS[service])
    assert all(f".{service}-from-" in subject for subject in lanes)
