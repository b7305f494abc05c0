"""The JavaScript verifier (D2, B4): vectors, altered records, primitives."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.js_verifier import CLI, VECTORS, Record, evaluate, flip, needs_node, node, vector, verify

# ---- vectors ----


@needs_node
def test_every_vector_gives_the_due_outcome() -> None:
    names = sorted(file.name for file in VECTORS.glob("*.json"))
    run = node(str(CLI), str(VECTORS))
    assert run.stdout.splitlines() == [f"OK {name}" for name in names]
    assert run.returncode == 0
    assert "VOID" in run.stderr, "p03 has void draws, which are told"


@needs_node
def test_a_refusal_that_is_not_due_fails_the_run(tmp_path: Path) -> None:
    record = vector("e03_log_share_garbage")
    record["expected"] = {"error": "BEACON"}
    word, words = verify(record, tmp_path)
    assert word == "SHARE"
    assert "BEACON" in words


@needs_node
def test_without_expected_the_logged_result_is_the_expectation(tmp_path: Path) -> None:
    record = vector("v1_tiny")
    del record["expected"]
    assert verify(record, tmp_path)[0] == "OK"
    record["log"][3] = record["log"][3].replace('"version": 0', '"version":  0')  # the text counts, not its meaning
    assert verify(record, tmp_path)[0] == "LOG_CHAIN"
    del record["log"]
    assert verify(record, tmp_path)[0] == "RESULT", "nothing to compare with is not OK"


@needs_node
def test_a_draw_that_ends_void_is_ok_and_told(tmp_path: Path) -> None:
    record = vector("v1_tiny")
    last = record["log"][-1]
    head = json.loads(last)
    void = {key: head[key] for key in ("spec", "suite", "draw_id", "commit_hash")} | {
        "kind": "void",
        "log_seq": len(record["log"]) + 1,
        "log_prev": hashlib.sha256(last.encode()).hexdigest(),
        "published_at": "2027-01-05T09:00:00+08:00",
        "reason": "程序有误",
        "late": True,
    }
    record["log"].append(json.dumps(void, ensure_ascii=False))
    word, words = verify(record, tmp_path)
    assert word == "OK"
    assert "VOID 本次抽取" in words
    del void["late"]
    record["log"][-1] = json.dumps(void, ensure_ascii=False)
    assert verify(record, tmp_path)[0] == "LOG_TIME"


# ---- altered records: the refusal due, and where ----


def pool_token(record: Record) -> None:
    tokens = record["public"]["strata"]["S1"]
    tokens[3] = flip(tokens[3])


def pool_token_public_only(record: Record) -> None:
    del record["private"]
    pool_token(record)


def pool_order(record: Record) -> None:
    tokens = record["public"]["strata"]["S1"]
    tokens[4], tokens[5] = tokens[5], tokens[4]


def pool_short(record: Record) -> None:
    record["public"]["strata"]["S1"].pop()


def roster_cap(record: Record) -> None:
    row = record["public"]["roster"][1].split("\t")
    record["public"]["roster"][1] = "\t".join([*row[:5], "98", row[6]])


def roster_form(record: Record) -> None:
    record["public"]["roster"][2] += "x"


def opening_name(record: Record) -> None:
    rows = record["public"]["openings"]
    at = next(i for i, row in enumerate(rows) if row.startswith("object"))
    rows[at] = rows[at].replace("有限公司", "有限责任公司")


def share(record: Record) -> None:
    first = record["reveal"]["shares"][1]
    first["value"] = flip(first["value"])


def beacon(record: Record) -> None:
    record["reveal"]["beacons"][0]["value"] += "."


def blind_key(record: Record) -> None:
    record["private"]["blind_key"] = flip(record["private"]["blind_key"])


def private_record(record: Record) -> None:
    record["private"]["objects"][0]["line"] += "2"


def result_lines(record: Record) -> None:
    lines = record["expected"]["result_text"].split("\n")
    lines[1], lines[2] = lines[2], lines[1]
    record["expected"]["result_text"] = "\n".join(lines)


def result_seed(record: Record) -> None:
    record["expected"]["seed"] = flip(record["expected"]["seed"])


def proof(record: Record) -> None:
    one = record["expected"]["inclusion"][0]
    one["chunk"] = flip(one["chunk"])


def integer(record: Record) -> None:
    one = record["expected"]["uniform_int"][4]
    one["value"] = one["value"][:-1] + str((int(one["value"][-1]) + 1) % 10)


def log_text(record: Record) -> None:
    record["log"][1] = record["log"][1].replace("18:05:00", "18:06:00")


def commitment_twice_named(record: Record) -> None:
    record["commitment"] = record["commitment"].replace('"min_shares": 2', '"min_shares": 2, "min_share\\u0073": 2')


def commitment_decomposed(record: Record) -> None:
    record["commitment"] = record["commitment"].replace('"ref": "test"', '"ref": "e\\u0301"')


ALTERED: list[tuple[Callable[[Record], None], str, str]] = [
    (pool_token, "POOL_ROOT", "分层 S1 第 4 行"),
    (pool_token_public_only, "POOL_ROOT", "分层 S1 第 4 行"),
    (pool_order, "POOL_ORDER", "分层 S1 第 6 行"),
    (pool_short, "POOL_ROOT", "11 个标识"),
    (roster_cap, "LIST_HASH", "人员名录的摘要"),
    (roster_form, "LIST_FORM", "人员名录第 3 行的年度任务数"),
    (opening_name, "OPENING", "披露第 6 行"),
    (share, "SHARE", "见证方 P1-gongzheng"),
    (beacon, "BEACON", "fucai-kl8"),
    (blind_key, "BLIND_KEY", "盲化密钥"),
    (private_record, "OPENING_POOL", "对象 9141030853RENUT6YP 不在分层 S1"),
    (result_lines, "RESULT", "结果文本第 2 行不同"),
    (result_seed, "RESULT", "种子"),
    (proof, "INCLUSION", "第 1 份在册证明"),
    (integer, "UNIFORM_INT", "kat/4"),
    (log_text, "LOG_CHAIN", "日志第 3 份文件"),
    (commitment_twice_named, "JSON", "成员名重复：min_shares"),
    (commitment_decomposed, "TEXT", "承诺书"),
]


@needs_node
@pytest.mark.parametrize(("alter", "reason", "where"), ALTERED, ids=[alter.__name__ for alter, _, _ in ALTERED])
def test_an_altered_record_is_refused_and_the_place_named(
    alter: Callable[[Record], None], reason: str, where: str, tmp_path: Path
) -> None:
    record = vector("v1_tiny")
    alter(record)
    word, words = verify(record, tmp_path)
    assert (word, where in words) == (reason, True), words


@needs_node
@pytest.mark.parametrize("text", ["", "[]", '\ufeff{"commitment": ""}', '{"a": 1, "a": 2}', '{"a": 01}', '{"a": "\t"}'])
def test_a_file_that_is_not_strict_json_is_refused(text: str, tmp_path: Path) -> None:
    assert verify(text, tmp_path)[0] == "JSON"


@needs_node
def test_a_missing_file_is_neither_ok_nor_a_refusal(tmp_path: Path) -> None:
    run = node(str(CLI), str(tmp_path / "none.json"))
    assert (run.returncode, run.stdout) == (2, "")


# ---- primitives ----


@needs_node
def test_the_known_answers_of_the_protocol_hold() -> None:
    """Section 3: T and MAC under both suites."""
    calls = """["SHA-256", "SM3"].map((name) => ssj.suites[name]).map((suite) => [
      ssj.bytes.toHex(suite.T("ssj1/test", "a", "bc")),
      ssj.bytes.toHex(suite.macOf(new Uint8Array(32).fill(11))("ssj1/nonce", "object", "D", "X")),
      ssj.bytes.toHex(suite.hash(ssj.bytes.fromHex("616263")))])"""
    assert evaluate(calls) == [
        [
            "ecaf1b6187d342fefbce1c3dbca4c996f60f69e84fcfaddeab83b9d07221d459",
            "603dd421c7692cc2b5b9ef5f09bc2bb9e48c178854ae152fb1eb2ca5e807b4d4",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ],
        [
            "96d6ef92c161bbab54d88fbb164f1fb5533c23a6e88f162da534dde73c086414",
            "16939025195df216f808e1b390e0bdd7db85529b21309e5773c3364d09efbf15",
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        ],
    ]


@needs_node
def test_sha256_agrees_with_the_standard_library_at_every_length_of_two_blocks() -> None:
    hashes = evaluate(
        'Array.from({length: 200}, (_, n) => ssj.bytes.toHex(ssj.suites["SHA-256"].hash(new Uint8Array(n).fill(n))))'
    )
    assert hashes == [hashlib.sha256(bytes([n]) * n).hexdigest() for n in range(200)]


@needs_node
def test_long_numbers_are_exact() -> None:
    a, b, m = 2**63 - 25, 2**32 - 1, 10**18 + 9
    text = f"""(() => {{ const n = ssj.natural; const [a, b, m] = ["{a}", "{b}", "{m}"].map(n.fromDecimal);
      const product = n.multiply(a, b); const cut = n.divide(product, m);
      return [product, n.add(product, a), n.subtract(product, a), cut.quotient, cut.rest].map(n.toDecimal) }})()"""
    assert evaluate(text) == [str(x) for x in (a * b, a * b + a, a * b - a, a * b // m, a * b % m)]


@needs_node
@pytest.mark.parametrize(
    ("pattern", "value", "outcome"),
    [
        ("[0-9][0-9](\\.[0-9][0-9]){2}", "01.02.03", True),
        ("[0-9][0-9](\\.[0-9][0-9]){2}", "01.02.03.04", False),
        ("(a(b|c))", "ab", None),
        ("a{2,3}", "aaa", True),
        ("a{2,3}", "aaaa", False),
        ("(a{2}){2}", "aaaa", None),
        ("((a)b){2}", "abab", True),
        ("(((a)))", "a", None),
        ("[z-a]", "a", None),
        ("[A-z]", "a", None),
        ("a{01}", "a", None),
        ("a.", "ab", None),
    ],
)
def test_beacon_patterns_follow_the_grammar(pattern: str, value: str, outcome: bool | None) -> None:
    given = f"{json.dumps(pattern)}"
    text = f"ssj.pattern.isPattern({given}) ? ssj.pattern.matches({given}, {json.dumps(value)}) : null"
    assert evaluate(text) is outcome


@needs_node
def test_the_fast_matching_equals_the_protocol_written_literally() -> None:
    run = node(str(Path(__file__).with_name("literal_matching.js")), "2500")
    total = json.loads(run.stdout)
    assert total["differing"] == 0
    assert total["open"] > 100, "some instances leave slots open"
    assert total["moves"] > 50, "some instances need balancing"
