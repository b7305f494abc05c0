"""KM43: alerts are raised by what they are for. promtool is in Debian's package `prometheus`; without it: skipped."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
TESTS = sorted((ROOT / "deploy" / "monitoring").glob("alerts*_test.yaml"))
GROUPS = yaml.safe_load((ROOT / "deploy" / "k8s" / "components" / "observability" / "alerts.yaml").read_text("utf-8"))[
    "spec"
]["groups"]
ALERTS: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]


def test_every_alert_is_tested() -> None:
    tested = {
        case["alertname"]
        for file in TESTS
        for test in yaml.safe_load(file.read_text("utf-8"))["tests"]
        for case in test["alert_rule_test"]
        if case.get("exp_alerts")
    }
    assert tested == {alert["alert"] for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=[alert["alert"] for alert in ALERTS])
def test_an_alert_names_a_page_that_says_what_to_do(alert: dict[str, Any]) -> None:
    assert (ROOT / alert["annotations"]["runbook"]).is_file()


def test_alerts_are_raised_by_what_they_are_for(tmp_path: Path) -> None:
    promtool = _promtool()
    done = _run(promtool, tmp_path, GROUPS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_alert_with_another_threshold_fails_its_test(tmp_path: Path) -> None:
    promtool = _promtool()
    spoilt = yaml.safe_load(yaml.safe_dump(GROUPS).replace("> 26 * 3600", "> 2600 * 3600"))
    assert _run(promtool, tmp_path, spoilt).returncode != 0


def _promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian's package prometheus; dpkg -x and the PATH are enough)")
    return found


def _run(promtool: str, folder: Path, groups: object) -> subprocess.CompletedProcess[str]:
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}, allow_unicode=True), "utf-8")
    for file in TESTS:
        shutil.copy(file, folder)
    command = (promtool, "test", "rules", *(file.name for file in TESTS))
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
