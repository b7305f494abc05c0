"""The quick start of the developer pages, walked as it is written (`experience` 4).

Its first command, `make run`, is played by the platform of these tests with the accounts of the story and one firm; the
story itself is played by `tests/e2e`. All other commands run literally, in one shell, as a reader would type them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from demo.story.accounts import ADMIN, OFFICE, SECURITY
from demo.story.stage import PASSWORD
from deploy.embedded.platform import EmbeddedPlatform
from services.registry.api.entity_models import EXAMPLE
from tests.support.door import SECRET, at_the_door, key, register_a_client, sign_in
from tests.support.door import sign_in_system as system

ROOT = Path(__file__).resolve().parents[3]
AREA = "government_procurement"
WATCHER = "quickstart-watcher"


def commands(page: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def started(door: EmbeddedPlatform) -> str:
    """What `make run` leaves behind, as far as the page needs it: three sign-ins and a firm that credit knows."""
    assert (ADMIN, SECURITY) == ("admin", "security")
    with at_the_door(door, sign_in(door, OFFICE, PASSWORD)) as http:
        http.post("/api/registry/v1/entities", json=EXAMPLE | {"departments": [], "tags": []}, headers=key())
        entities = http.get("/api/registry/v1/entities", params={"page_size": 1}).json()["items"]
    code: str = entities[0]["uscc"]
    register_a_client(door, WATCHER, "credit.check")
    token = system(door, WATCHER, SECRET).json()["access_token"]
    with at_the_door(door, token) as http:
        until = time.monotonic() + 20
        while http.get(f"/api/credit/v1/entities/{code}/restrictions", params={"area": AREA}).status_code != 200:
            assert time.monotonic() < until, "credit never heard of the firm"
            time.sleep(0.2)
    return code


def test_a_reader_gets_from_nothing_to_a_signed_restriction_check(door: EmbeddedPlatform, started: str) -> None:
    first, *rest = commands("quickstart.md")
    assert first == "make run\n"
    done = subprocess.run(
        ["sh", "-eu"],
        input="\n".join(rest),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"SSJ": door.url("gateway")},
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    decoder, text, answers = json.JSONDecoder(), done.stdout.strip(), []
    while text:
        answer, end = decoder.raw_decode(text)
        answers.append(answer)
        text = text[end:].lstrip()
    approval, by_shell, by_python = answers
    assert approval["state"] == "approved"
    for answer in (by_shell, by_python):
        assert started in json.dumps(answer)
        assert '"restricted"' in json.dumps(answer)


def test_both_languages_show_the_same_commands_and_the_codes_exist() -> None:
    assert commands("quickstart.md") == commands("quickstart.zh-CN.md")
    from cli.errors import entries

    known = {entry.code for entry in entries()}
    for page in ("quickstart.md", "quickstart.zh-CN.md"):
        named = set(re.findall(r"`(gateway\.[a-z_]+)`", (ROOT / "docs" / page).read_text("utf-8")))
        assert named
        assert named <= known
