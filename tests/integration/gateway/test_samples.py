"""The samples that developers copy are held to the shared vectors (`experience` 4, SEC18)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "docs" / "samples"
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors/signing.json").read_bytes())["cases"]
COMMANDS = {
    "python": [sys.executable, str(SAMPLES / "sign.py")],
    "javascript": ["node", str(SAMPLES / "sign.mjs")],
    "curl": ["sh", str(SAMPLES / "sign.sh")],
}


@pytest.mark.parametrize("language", COMMANDS)
def test_the_samples_sign_as_the_vectors_say(language: str) -> None:
    for case in CASES:
        environment = {
            "SSJ_CLIENT_ID": case["client_id"],
            "SSJ_SECRET": case["secret"],
            "SSJ_TIMESTAMP": case["timestamp"],
            "SSJ_NONCE": case["nonce"],
            "SSJ_ALGORITHM": case["algorithm"],
        }
        url = f"http://door:8000{case['target']}"
        done = subprocess.run(
            [*COMMANDS[language], "--headers", case["method"], url, *([case["body"]] if case["body"] else [])],
            env=os.environ | environment,
            capture_output=True,
            check=True,
            text=True,
        )
        headers = dict(line.split(": ", 1) for line in done.stdout.splitlines())
        assert headers["X-Signature"] == case["signature"], case["name"]
        assert headers.get("Content-Digest", "") == case["content_digest"], case["name"]
