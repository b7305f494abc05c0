"""A row changed by SQL on either side is found and repaired, and the repair is audited (REL27, issue 9)."""

from __future__ import annotations

from collections import Counter

from services.exchange.domain.reconciling import Reconciliation
from services.exchange.usecases.reconcile import Reconcile, Repair, reconcile, repair
from tests.builders.exchange import a_result, withdrawn
from tests.builders.people import a_department_admin, the_joint_office
from tests.integration.exchange.conftest import ExchangeDistrict, MockProvince
from tests.security.databases import as_administrator

DATASET = "province.results"


async def reconciled(here: ExchangeDistrict, mock: MockProvince) -> Reconciliation:
    """What this district's reconciliation found. The mock serves every district of the tests: what is another's there
    is taken away first."""
    keys = [row["row_key"] for row in await here.rows(DATASET)]
    planted = [f"{here.district}-planted"]
    await mock.sql(
        "DELETE FROM received WHERE dataset = $1 AND NOT row_key = ANY ($2::text[])", DATASET, keys + planted
    )
    await mock.sql("DELETE FROM received WHERE dataset IN ('province.plans')")
    return await reconcile(Reconcile("province"), mock.work(the_joint_office(here.district)))


async def ten_accepted(here: ExchangeDistrict, mock: MockProvince) -> list[str]:
    await here.hear(*(a_result(number) for number in range(10)))
    await here.deliver({"province": mock.transports(here.district)["province"]})
    assert await here.states(DATASET) == [(1, "accepted")] * 10
    return [row["row_key"] for row in await here.rows(DATASET)]


async def test_sides_that_agree_balance_with_equal_digests(here: ExchangeDistrict, mock: MockProvince) -> None:
    await ten_accepted(here, mock)
    done = await reconciled(here, mock)
    assert (done.is_balanced, done.differences) == (True, [])
    (balance,) = done.balances
    assert (balance.department, balance.here, balance.there) == ("scjg", 10, 10)
    assert balance.here_digest == balance.there_digest
    told = [body for kind, body in await here.told() if kind == "exchange.day.reconciled.v1"]
    assert [(body["peer"], body["is_balanced"]) for body in told] == [("province", True)]


async def test_every_kind_of_difference_is_found_repaired_and_audited(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    keys = await ten_accepted(here, mock)
    await mock.sql("DELETE FROM received WHERE row_key = $1", keys[0])
    await mock.sql("UPDATE received SET digest = 'x' WHERE row_key = $1", keys[1])
    await mock.sql(
        "INSERT INTO received (channel, batch, dataset, row_key, version, op, org_code, digest, body, outcome)"
        " SELECT channel, batch, dataset, row_key, version, op, org_code, digest, body, outcome FROM received"
        " WHERE row_key = $1",
        keys[2],
    )
    await mock.sql(
        "INSERT INTO received (channel, batch, dataset, row_key, version, op, org_code, digest, body, outcome)"
        " VALUES ('sql', 'sql', $1, $2, 3, 'I', 'scjg', 'y', '{}', 'accepted')",
        DATASET,
        f"{here.district}-planted",
    )
    async with as_administrator(mock.platform, "exchange") as owner:
        await owner.execute("SET session_replication_role = replica")
        await owner.execute(
            "UPDATE outbound_rows SET body = '{}' WHERE row_key = $1 AND dataset = $2", keys[3], DATASET
        )
    found = await reconciled(here, mock)
    assert Counter(one.kind.value for one in found.differences) == {
        "missing_there": 1,
        "different": 2,
        "duplicated": 1,
        "missing_here": 1,
    }
    office = the_joint_office(here.district)
    async with here.exchange.client(office) as client:
        done = await client.post(f"/v1/reconciliations/{found.id}/repairs")
        assert (done.status_code, len(done.json()["items"])) == (201, 5)
        assert (await client.post(f"/v1/reconciliations/{found.id}/repairs")).json()["items"] == []
    await here.deliver({"province": mock.transports(here.district)["province"]})
    assert (await reconciled(here, mock)).differences == []
    async with here.work() as work:
        acts = await work.driver.fetch("SELECT action FROM audits WHERE district = $1", here.district)
    assert "repair" in {row["action"] for row in acts}


async def test_a_withdrawn_result_still_standing_there_is_found(here: ExchangeDistrict, mock: MockProvince) -> None:
    result = a_result()
    transports = {"province": mock.transports(here.district)["province"]}
    await here.hear(result)
    await here.deliver(transports)
    await here.hear(withdrawn(result))
    assert (await reconciled(here, mock)).differences == [], "a version under way is no difference"
    await here.deliver(transports)
    assert (await reconciled(here, mock)).is_balanced
    await mock.sql("DELETE FROM received WHERE row_key = $1 AND op = 'D'", str(result.result_id))
    found = await reconciled(here, mock)
    assert [one.kind.value for one in found.differences] == ["missing_here"]
    await repair(Repair(found.id), mock.work(the_joint_office(here.district)))
    await here.deliver(transports)
    assert (await reconciled(here, mock)).is_balanced


async def test_a_department_reads_its_own_differences_only(here: ExchangeDistrict, mock: MockProvince) -> None:
    keys = await ten_accepted(here, mock)
    await mock.sql("DELETE FROM received WHERE row_key = ANY ($1::text[])", keys)
    found = await reconciled(here, mock)
    for department, seen in (("scjg", 10), ("wjw", 0)):
        async with here.exchange.client(a_department_admin(department, here.district)) as client:
            shown = (await client.get(f"/v1/reconciliations/{found.id}")).json()
            assert len(shown["differences"]) == seen
            assert (await client.post(f"/v1/reconciliations/{found.id}/repairs")).status_code == 403


async def test_a_peer_that_shows_nothing_cannot_be_reconciled(here: ExchangeDistrict) -> None:
    async with here.exchange.client(the_joint_office(here.district)) as client:
        answer = await client.post("/v1/reconciliations", json={"peer": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (409, "exchange.peer_not_reconcilable")
