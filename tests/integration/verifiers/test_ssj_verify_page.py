"""What the JavaScript verifier tells a reader and an enterprise (B4), and the one-file page it is shipped in."""

import base64
import hashlib
import hmac
import json
import re
import struct

import pytest

from tests.support.js_verifier import CLI, CORE, ROOT, VECTORS, Record, evaluate, flip, needs_node, node, vector
from verifier import build_page

PAGE = ROOT / "verifier" / "dist" / "ssj-verify.html"

# ---- an enterprise looks for itself (section 7) ----


def lp(*parts: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def enterprise_check(record: Record, line: str) -> Record:
    """Own opening and proof, made with Python's hashes."""
    key = bytes.fromhex(record["private"]["blind_key"])
    first = line.split("\t")[0].encode()
    nonce = hmac.new(key, lp(b"ssj1/nonce", b"object", b"SSJ-TEST-v1", first), "sha256").digest()
    token = hashlib.sha256(lp(b"ssj1/object", nonce, line.encode())).hexdigest()
    chunk = "".join(record["public"]["strata"]["S1"])
    inclusion = {"stratum": "S1", "token": token, "chunk_index": 0, "chunk": chunk, "path": []}
    return {"kind": "ssj-enterprise-check", "nonce": nonce.hex(), "record": line, "inclusion": inclusion}


def examine(check: Record) -> Record:
    found: Record = evaluate(f"""(() => {{
      const bytes = require("fs").readFileSync({json.dumps(str(VECTORS / "v1_tiny.json"))});
      const session = require({json.dumps(str(CORE))}).open(bytes, false);
      for (const step of session.run()) void step;
      return ssj.enterprise.examine(session, {json.dumps(json.dumps(check))}) }})()""")
    return found


@needs_node
@pytest.mark.parametrize(
    ("object_id", "position", "outcome", "officers"),
    [("91410308CTJ89EU35E", 3, "drawn", 2), ("9141030853RENUT6YP", 4, "not-drawn", None)],
)
def test_an_enterprise_learns_its_ticket_and_why(
    object_id: str, position: int, outcome: str, officers: int | None
) -> None:
    """B4; positions from section 8 of the protocol: the third is the cut, the fourth the first substitute."""
    record = vector("v1_tiny")
    line = next(one["line"] for one in record["private"]["objects"] if one["line"].startswith(object_id))
    found = examine(enterprise_check(record, line))
    assert found["ok"]
    [scope] = found["scopes"]
    assert (scope["position"], scope["outcome"], scope["n"]) == (position, outcome, 3)
    assert scope["cut"].startswith("309f55e7")
    assert (found["team"] and len(found["team"])) == officers


@needs_node
def test_an_enterprise_may_bring_one_proof_per_stratum_and_must_name_this_draw() -> None:
    record = vector("v1_tiny")
    check = enterprise_check(record, record["private"]["objects"][0]["line"])
    listed = {key: check[key] for key in ("nonce", "record")} | {"draw_id": "SSJ-TEST-v1"}
    listed["inclusion"] = [check["inclusion"]]
    assert examine(listed)["strata"] == ["S1"]
    assert examine(listed | {"draw_id": "SSJ-TEST-v2"})["code"] == "FIELD"
    assert examine(listed | {"inclusion": []})["code"] == "FIELD"


@needs_node
def test_an_enterprise_with_an_altered_record_or_proof_is_not_told_that_it_was_in_the_pool() -> None:
    record = vector("v1_tiny")
    check = enterprise_check(record, record["private"]["objects"][0]["line"])
    altered = check | {"record": check["record"] + "0"}
    assert examine(altered)["code"] == "OPENING"
    chunk = check["inclusion"]["chunk"]
    altered = check | {"inclusion": check["inclusion"] | {"chunk": flip(chunk[:64]) + chunk[64:]}}
    assert examine(altered)["code"] == "POOL_ROOT"


# ---- never green by default ----


def verdicts(record: Record) -> dict[str, str]:
    text = json.dumps(json.dumps(record, ensure_ascii=False))
    states = evaluate(f"""(() => {{
      const api = require({json.dumps(str(CORE))});
      const session = api.open(Buffer.from({text}), false);
      for (const step of session.run()) void step;
      return api.report(session).verdicts.map((one) => [one.name, one.state]) }})()""")
    return dict(states)


@needs_node
def test_the_report_is_green_only_for_what_was_checked() -> None:
    assert verdicts(vector("v1_tiny")) == dict.fromkeys(("pool", "commitment", "result", "log"), "ok")
    assert set(verdicts({}).values()) == {"failed", "unchecked"}

    record = vector("v1_tiny")
    del record["log"]
    assert verdicts(record)["log"] == "unchecked"
    del record["expected"]
    assert verdicts(record)["result"] == "failed"

    record = vector("v1_tiny")
    tokens = record["public"]["strata"]["S1"]
    tokens[3] = flip(tokens[3])
    assert verdicts(record) == {"pool": "failed", "commitment": "ok", "result": "unchecked", "log": "partial"}


@needs_node
def test_before_the_disclosure_the_public_lines_are_checked_and_the_report_says_partial() -> None:
    record = vector("v1_tiny")
    del record["private"], record["public"]["openings"], record["public"]["recusals"]
    record["log"].pop()
    assert verdicts(record) == {"pool": "partial", "commitment": "ok", "result": "partial", "log": "ok"}
    lines = record["expected"]["result_text"].split("\n")
    lines[1], lines[2] = lines[2], lines[1]
    record["expected"]["result_text"] = "\n".join(lines)
    assert verdicts(record)["result"] == "failed"


# ---- what is shipped ----

NEWER = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish coalescing": r"\?\?",
    "power": r"\*\*",
    "BigInt": r"\b(\d+n|BigInt)\b",
    "catch without name": r"catch\s*\{",
    "object spread": r"[{,]\s*\.\.\.\w+(\.\w+)*\s*[,}](?!\s*\])",
    "lookbehind or named group": r"\(\?<",
    "number separator": r"\b\d+_\d",
    "newer methods": r"\.(flat|flatMap|matchAll|replaceAll|at|trimStart|trimEnd|findLast|allSettled)\(",
    "newer globals": r"\b(globalThis|structuredClone|Object\.fromEntries|queueMicrotask)\b",
    "async iteration": r"for await|async function\s*\*",
    "network or WebCrypto": r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|crypto)\b",
}


@pytest.mark.parametrize("name", ["ssj-verify.js", "page/page.js"])
def test_the_scripts_use_nothing_newer_than_es2017_and_no_network(name: str) -> None:
    source = re.sub(r"^\s*//.*$", "", build_page.read(name), flags=re.MULTILINE)
    assert {what for what, form in NEWER.items() if re.search(form, source)} == set()


@needs_node
@pytest.mark.parametrize("name", ["ssj-verify.js", "page/page.js", "verify.mjs"])
def test_the_scripts_parse(name: str) -> None:
    assert node("--check", str(ROOT / "verifier" / name)).returncode == 0


def test_the_committed_files_equal_a_fresh_build() -> None:
    assert CORE.read_text(encoding="utf-8") == build_page.build_core()
    assert PAGE.read_text(encoding="utf-8") == build_page.build_page()
    online = PAGE.with_name("ssj-verify-online.html")
    assert online.read_text(encoding="utf-8") == build_page.build_page(online=True)
    assert CLI.read_text(encoding="utf-8") == build_page.build_command()


def test_every_module_is_in_the_build() -> None:
    assert sorted(file.stem for file in (ROOT / "verifier" / "js").glob("*.js")) == sorted(build_page.MODULES)


def test_the_page_is_one_file_that_can_reach_no_network() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"https?://|(?:src|href)=[\"'](?!#)|@import|url\(", page) == []
    assert "default-src 'none'" in page
    assert "connect-src 'none'" in page
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, flags=re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page


def test_the_page_starts_with_nothing_verified() -> None:
    html = build_page.read("verify.html")
    assert re.findall(r'class="(?:card|banner) (\w+)"', html) == [
        "failed",
        *["unchecked"] * 5,
    ]  # failed: without scripts
    assert html.count('<span class="state">未核对</span>') == 4
    assert html.count("<summary>怎样核对的</summary>") == 4
    fields = re.findall(r'<(?:input|textarea|progress) id="([\w-]+)"', html)
    assert [field for field in fields if f'for="{field}"' not in html] == [], "every field has a label"
