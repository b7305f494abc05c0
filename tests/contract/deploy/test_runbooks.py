"""The runbooks' commands run on a real platform, or the page says why not; what they name exists (issue 10)."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded.layout import open_data_folder
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.ports import free_port
from deploy.k8s.secrets import secrets_of
from deploy.rules.model import Object

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(path for path in (ROOT / "docs" / "runbooks").glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"(?:<!-- (?P<said>[^>]*) -->\n)?```sh\n(?P<commands>.*?)```", re.DOTALL)
NAMED = re.compile(r"\b(deployment|job|cronjob|statefulset|cluster\.postgresql\.cnpg\.io)/([a-z0-9-]+)")
MADE_THERE = {("job", "provision-now"), ("cluster.postgresql.cnpg.io", "credit-drill")}
KINDS = {"deployment": "Deployment", "job": "Job", "cronjob": "CronJob", "statefulset": "StatefulSet"}
ALLOWED = {0, 1, 2}
"""A small platform without gateway: doctor may find something or skip something; a Python error is neither."""


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """(what is said of the test, commands) of each block of a page."""
    for found in BLOCK.finditer(page.read_text("utf-8")):
        yield found["said"] or "", found["commands"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_block_is_run_or_says_why_not(page: Path) -> None:
    said = [words for words, _ in blocks(page)]
    assert said
    assert all(words == "run" or re.fullmatch(r"not run: .{10,}", words) for words in said)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_speaks_chinese_and_english(page: Path) -> None:
    chinese, _, english = page.read_text("utf-8").rpartition("\n---\n")
    assert len(re.findall(r"[\u4e00-\u9fff]", chinese)) > 100
    assert english.strip().startswith("**English.**")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_in_the_cluster_is_in_the_manifests(
    page: Path, rendered: Callable[[str], tuple[Object, ...]]
) -> None:
    held = {(one.kind, one.name) for one in rendered("production")}
    for kind, name in set(NAMED.findall(page.read_text("utf-8"))) - MADE_THERE:
        assert (KINDS[kind], name) in held


def test_every_runbook_stands_in_the_list() -> None:
    listed = set(re.findall(r"\]\(([a-z-]+\.md)\)", (ROOT / "docs" / "runbooks" / "README.md").read_text("utf-8")))
    assert listed == {page.name for page in PAGES}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPlatform]:
    """Two services without a gateway."""
    with embedded_platform(tmp_path_factory.mktemp("platform") / "data", ["registry", "results"], fast=True) as running:
        yield running


@pytest.mark.slow
def test_the_commands_of_the_runbooks_run(platform: EmbeddedPlatform, tmp_path: Path) -> None:
    secrets_of(open_data_folder(tmp_path / "secrets", needed_bytes=0))
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "SSJ_DATA": str(platform.options.data_dir),
        "SSJ_SECRETS": str(tmp_path / "secrets"),
    }
    for page in PAGES:
        for said, commands in blocks(page):
            if said == "run":
                _run(page, commands, environment, tmp_path)
    assert (tmp_path / "backup").is_dir()
    assert "stringData" in (tmp_path / "secrets.yaml").read_text("utf-8")


@pytest.mark.slow
def test_the_figures_of_the_alerts_are_told_and_on_a_port_of_their_own(platform: EmbeddedPlatform) -> None:
    """`promises` section 8: what alerts look at is measured by running services (REL36)."""
    port = free_port()
    platform.start_process("results", {"RESULTS_METRICS_PORT": str(port)})
    deadline = time.monotonic() + 60
    while "ssj_figures_looked_seconds{" not in (told := _figures(f"http://127.0.0.1:{port}")):
        assert time.monotonic() < deadline, told[-2000:]
        time.sleep(0.5)
    for line in (
        'ssj_outbox_oldest_seconds{service="results"} ',
        'ssj_checkpoint_age_seconds{service="results"} ',
        'ssj_db_pool_in_use{service="results"} ',
        'ssj_dead_letters{consumer="results",producer="draw"} 0.0',
        'ssj_consumer_waiting{consumer="results",producer="draw"} 0.0',
        "# TYPE ssj_publish_deadline_days gauge",
    ):
        assert line in told
    assert not [line for line in platform.log_lines("results", 400) if "look_failed" in line]


def _figures(address: str) -> str:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{address}/metrics", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def _run(page: Path, commands: str, environment: dict[str, str], folder: Path) -> None:
    done = subprocess.run(
        ("bash", "-c", commands), cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    told = f"{page.name}: {commands}\n{done.stdout[-800:]}{done.stderr[-800:]}"
    assert done.returncode in ALLOWED, told
    assert "Traceback" not in done.stderr, told
    assert "Usage:" not in done.stderr, told
