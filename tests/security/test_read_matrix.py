"""The read matrix (读权限表) of docs/security, walked: SEC2, 架构 Identity. Each object is made once through the
services' own routes; each reader asks the gateway's policy and then the service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import pytest

from deploy import topology
from shared.values.ids import new_id
from tests.builders.results import with_stub_registry
from tests.integration.planning.conftest import with_stub_registry as with_counting_registry
from tests.security.knocking import filled
from tests.security.readers import READERS, Row, answer, credit_ids, planning_ids, read_matrix, readers, results_ids
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]
ROWS = read_matrix()
DEPARTMENTS = {"planning": ("scjg", "wjw"), "results": ("SCJG", "XFJY"), "credit": ("SCJG", "XFJY")}
"""Owner and participant."""


@dataclass(frozen=True)
class Objects:
    """One of each, in one district: (object, state) → ids by their names in paths."""

    district: str
    services: Mapping[str, Served]
    ids: Mapping[tuple[str, str], Mapping[str, str]]

    def path(self, row: Row) -> str:
        return filled(row.route, **self.ids[row.made, row.state])


@pytest.fixture(scope="module")
async def objects(served: Serve) -> Objects:
    district = f"d{str(new_id())[-12:]}"
    services = {
        "planning": await served("planning", extend=with_counting_registry),
        "results": await served("results", extend=with_stub_registry),
        "credit": await served("credit"),
    }
    ids = await planning_ids(services["planning"], district)
    ids |= await results_ids(services["results"], district)
    ids |= await credit_ids(services["credit"], district)
    return Objects(district, services, ids)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_everybody_reads_what_the_matrix_gives_him_and_no_more(objects: Objects, row: Row) -> None:
    service = objects.services[row.service]
    who = readers(objects.district, *DEPARTMENTS[row.service])
    answers = {name: await answer(service, who[name], objects.path(row)) for name in READERS}
    assert answers == row.answers


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_nobody_of_another_district_reads_any_of_it(objects: Objects, row: Row) -> None:
    """B10. What is public by its id is public in its own district's name: the service is asked by another's."""
    service = objects.services[row.service]
    elsewhere = readers(f"{objects.district}-e", *DEPARTMENTS[row.service])
    answers = {await answer(service, who, objects.path(row)) for name, who in elsewhere.items()}
    if row.object.startswith("listing"):
        answers.discard("reads")  # a list, and an empty one
    assert answers <= {"hidden", "closed", "refused"}


def test_the_matrix_names_every_reader_and_differs_between_them() -> None:
    assert {row.service for row in ROWS} <= set(topology.SERVICES)
    for reader in ("owner", "participant", "joint_office", "other_department", "system", "anonymous"):
        assert {row.answers[reader] for row in ROWS} - {"reads"}, reader
        assert "reads" in {row.answers[reader] for row in ROWS}, reader
