"""What of the embedded platform needs no server: waits, URLs, verifiers, rooms."""

import pytest

from deploy.embedded.child import Backoff
from deploy.embedded.environment import child_environment
from deploy.embedded.errors import UnknownService
from deploy.embedded.provision_postgres import dsn_of, login_of, scram_verifier
from deploy.embedded.services import check_services, driver_url, module_of


def test_waits_before_restarts_double_up_to_the_ceiling() -> None:
    backoff = Backoff(first=0.1, ceiling=1.0)
    assert [backoff.delay(failures) for failures in (1, 2, 3, 4, 5, 99)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_a_dsn_is_turned_to_another_database_and_role() -> None:
    admin = "postgresql://boss:p%40ss@db.example:5433/postgres?sslmode=require"
    assert dsn_of(admin, "ssj_draw") == "postgresql://boss:p%40ss@db.example:5433/ssj_draw?sslmode=require"
    assert dsn_of(admin, "ssj_draw", "draw_app", "a/b") == (
        "postgresql://draw_app:a%2Fb@db.example:5433/ssj_draw?sslmode=require"
    )
    assert dsn_of("postgresql://db/postgres", "ssj_draw") == "postgresql://db/ssj_draw"
    assert login_of(admin) == ("boss", "p@ss")
    assert driver_url("postgresql://db/x") == "postgresql+asyncpg://db/x"


def test_the_verifier_is_that_of_the_standards_example() -> None:
    """RFC 7677 section 3: user `user`, password `pencil`, this salt, 4096 rounds."""
    import base64

    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    assert scram_verifier("pencil", salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_a_child_sees_its_own_settings_and_not_the_administrators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSJ_POSTGRES_DSN", "postgresql://boss:secret@db/postgres")
    monkeypatch.setenv("CRASH_AT", "rel.after_send")
    environment = child_environment({"CREDIT_PORT": "20001"})
    assert "SSJ_POSTGRES_DSN" not in environment
    assert environment["CREDIT_PORT"] == "20001"
    assert environment["CRASH_AT"] == "rel.after_send"
    assert environment["LC_ALL"] == "C.UTF-8"


def test_a_service_is_found_by_its_composition_root() -> None:
    assert module_of("credit") == "services.credit.main"
    assert module_of("gateway") == "gateway.main"
    with pytest.raises(UnknownService, match="没有这个服务"):
        check_services(("disclosures",))
