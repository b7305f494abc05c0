"""The stand-alone verifier of `ssj-draw/1`: vectors, tampering, refusals by name, hostile files, the command line."""

import ast
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from verifier import verify as v

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "verifier" / "verify.py"
VECTORS = {path.stem: path for path in sorted((ROOT / "tests" / "vectors" / "draw").glob("*.json"))}
Keys = tuple[str | int, ...]
Vector = Callable[[str], Any]
Verify = Callable[[Any], str]
Put = Callable[[Any, Keys, Any], Any]


def command(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", str(SCRIPT), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", **environment},
        cwd=SCRIPT.anchor,
        check=False,
    )


# Primitives


def test_known_answers_of_section_3_hold_for_both_suites() -> None:
    """SEC35."""
    known = {
        "SHA-256": ("ecaf1b6187d342fefbce1c3dbca4c996", "603dd421c7692cc2b5b9ef5f09bc2bb9"),
        "SM3": ("96d6ef92c161bbab54d88fbb164f1fb5", "16939025195df216f808e1b390e0bdd7"),
    }
    for name, (hashed, keyed) in known.items():
        suite = v.SUITES[name]
        assert suite.t("ssj1/test", "a", "bc").hex().startswith(hashed)
        assert suite.mac(b"\x0b" * 32, "ssj1/nonce", "object", "D", "X").hex().startswith(keyed)


def test_own_sm3_agrees_with_the_standard_and_with_openssl() -> None:
    """GB/T 32905-2016, appendix A.1; every padding length around a block."""
    assert v.sm3_plain(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    if "sm3" in hashlib.algorithms_available:
        for length in range(130):
            assert v.sm3_plain(b"x" * length) == hashlib.new("sm3", b"x" * length).digest()


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("[0-9][0-9](\\.[0-9][0-9]){2}", "01.02.03", True),
        ("[0-9][0-9](\\.[0-9][0-9]){2}", "01.02", False),
        ("a{2,3}b", "aab", True),
        ("a{2,3}b", "aaaab", False),
        ("((ab)c)x{1}", "abcx", True),
        ("[0-9]", "7\n", False),
        ("(a-=,:_)", "a-=,:_", True),
    ],
)
def test_a_beacon_value_must_match_its_pattern_whole(pattern: str, value: str, fits: bool) -> None:
    assert v.pattern_matches(pattern, value) is fits


BAD_PATTERNS = """
a{0} a{3,2} a{1000} a{01} () (a a) (((a))) ((a){2}){2} (a{2}){2} [] [b-a] [a-Z] [a-a] [-a] . \\d a* a{2}{2} ^a [^a] a|b
[a {2}
"""


@pytest.mark.parametrize("pattern", ["", "a" * 201, *BAD_PATTERNS.split()])
def test_other_patterns_are_refused(pattern: str) -> None:
    assert not v.is_pattern(pattern)


def test_a_malicious_pattern_cannot_stall_the_verifier() -> None:
    assert not v.pattern_matches("[0-9]{1,999}" * 16, "1" * 1999 + "x")


# Vectors


@pytest.mark.parametrize("name", VECTORS)
def test_every_vector_has_its_due_outcome(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """D2, REL18: section 10."""
    assert v.main([str(VECTORS[name])]) == 0
    assert capsys.readouterr().out == f"OK {VECTORS[name].name}\n"


@pytest.mark.parametrize("name", [n for n in VECTORS if n.startswith("e")])
def test_a_counter_example_is_refused_under_another_name_than_claimed(
    name: str, vector: Vector, verify: Verify
) -> None:
    doc = vector(name)
    due = doc["expected"]["error"]
    doc["expected"]["error"] = "POOL_ROOT"
    assert verify(doc) == due


def test_a_sound_record_posing_as_a_counter_example_is_not_ok(vector: Vector, verify: Verify) -> None:
    assert verify(vector("v1_tiny") | {"expected": {"error": "SHARE"}}) == "NOT_REFUSED"


def test_a_downloaded_record_without_expected_is_judged_by_its_log(vector: Vector, verify: Verify) -> None:
    doc = vector("p05_substitutes")
    del doc["expected"], doc["private"]
    assert verify(doc) == "OK"
    del doc["log"]
    assert verify(doc) == "RESULT"


# Tampering


def leaves(node: Any, at: Keys = ()) -> Iterator[Keys]:
    """Every leaf below a JSON value; of long lists the first, the middle and the last element."""
    if isinstance(node, dict):
        for name in node:
            yield from leaves(node[name], (*at, name))
    elif isinstance(node, list):
        for k in sorted({0, len(node) // 2, len(node) - 1} & set(range(len(node)))):
            yield from leaves(node[k], (*at, k))
    else:
        yield at


def flipped(value: Any) -> Iterator[Any]:
    """The value with one bit changed: of a text at three places, of a number, of a truth value."""
    if not isinstance(value, str):
        yield not value if isinstance(value, bool) else value ^ 1
    elif value:
        for p in sorted({0, len(value) * 2 // 3, len(value) - 1}):
            yield value[:p] + chr(ord(value[p]) ^ 1) + value[p + 1 :]


def binding(doc: Any, at: Keys) -> bool:
    """False for leaves that no other part of the file binds: a false proof stays false, u mod 1 stays 0, and without a
    log nothing holds the reason of a substitution."""
    if at[:2] == ("expected", "inclusion"):
        return at[-1] == "valid" or bool(doc["expected"]["inclusion"][at[2]]["valid"])
    if at[:2] == ("expected", "uniform_int"):
        return at[-1] == "value"
    return at[-1] != "reason" or "log" in doc


@pytest.mark.parametrize("name", ["v1_tiny", "v3_joint", "p07_mixed"])
def test_a_bit_flipped_in_any_member_is_named(name: str, vector: Vector, verify: Verify, put: Put) -> None:
    """SEC10, SEC32, M3: one object added, removed or relabelled included."""
    doc = vector(name)
    places = [at for at in leaves(doc) if binding(doc, at)]
    assert {at[0] for at in places} == set(doc)
    for at in places:
        value = doc
        for key in at:
            value = value[key]
        for other in flipped(value):
            assert verify(put(doc, at, other)) not in ("OK", "INTERNAL"), at


@pytest.mark.parametrize("member", ["roster", "recusals", "openings"])
def test_a_row_left_out_of_a_public_list_is_named(member: str, vector: Vector, verify: Verify, put: Put) -> None:
    doc = vector("v3_joint")
    assert verify(put(doc, ("public", member), doc["public"][member][1:])) in ("LIST_HASH", "LOG_CONTENT")


# Command line


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b"{", b"[" * 200_000, b"\xef\xbb\xbf{}", b'{"a":1,"a":1}']
)
def test_a_file_that_is_no_record_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(content)
    done = command(tmp_path / "x.json")
    assert (done.returncode, done.stdout) == (1, "FILE x.json\n")
    assert "Traceback" not in done.stderr


def test_it_imports_the_standard_library_only() -> None:
    """It must run from a stick on any machine, without the platform."""
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {a.name for n in imports if isinstance(n, ast.Import) for a in n.names}
    names |= {str(n.module) for n in imports if isinstance(n, ast.ImportFrom)}
    assert {n.partition(".")[0] for n in names} <= sys.stdlib_module_names


def test_exit_status_is_zero_only_if_all_files_are_ok(tmp_path: Path, vector: Vector) -> None:
    bad = vector("v1_tiny")
    bad["public"]["strata"]["S1"].pop()
    (tmp_path / "bad.json").write_text(json.dumps(bad), encoding="utf-8")
    done = command(VECTORS["v1_tiny"], tmp_path)
    assert (done.returncode, done.stdout) == (1, "OK v1_tiny.json\nPOOL_ROOT bad.json\n")
    assert "名册与承诺不符" in done.stderr
    assert command(VECTORS["v1_tiny"]).returncode == 0
    assert command().returncode == 2
    assert command(tmp_path / "missing.json").stdout == "FILE missing.json\n"


def test_an_empty_folder_is_not_ok(tmp_path: Path) -> None:
    assert command(tmp_path).returncode == 1


def test_void_and_late_void_draws_are_noted_on_standard_error() -> None:
    """Section 2: verifiers must report late voids."""
    done = command(VECTORS["p03_voids"])
    assert (done.returncode, done.stdout) == (0, "OK p03_voids.json\n")
    assert (done.stderr.count("作废（迟作废"), done.stderr.count("已作废")) == (4, 6)


def test_the_result_does_not_depend_on_hash_seed_or_locale() -> None:
    """REL18."""
    for seed, locale in (("1", "C"), ("2", "tr_TR.UTF-8")):
        done = command(VECTORS["p05_substitutes"], VECTORS["p02_tight_year"], PYTHONHASHSEED=seed, LC_ALL=locale)
        assert done.stdout == "OK p05_substitutes.json\nOK p02_tight_year.json\n"


def test_verbose_gives_four_verdicts_and_how_each_was_checked() -> None:
    done = command("--verbose", VECTORS["v1_tiny"])
    for verdict in ("名册未变", "承诺一致", "结果可重算且一致", "日志连贯"):
        assert f"{verdict}：通过\n    怎样核验：" in done.stdout
    assert "请自行对照：test（fucai-kl8）公布的值应为 02.05." in done.stdout


def test_no_verdict_is_green_by_default(tmp_path: Path, vector: Vector) -> None:
    doc = vector("p07_mixed")
    assert "日志连贯：未核验" in command("--verbose", VECTORS["p07_mixed"]).stdout
    doc["public"]["roster"].pop()
    (tmp_path / "x.json").write_text(json.dumps(doc), encoding="utf-8")
    out = command("--verbose", tmp_path / "x.json").stdout
    assert "名册未变：不通过（LIST_HASH）" in out
    assert "：通过" not in out


def test_before_disclosure_selection_is_checked_and_matching_is_called_unchecked(
    tmp_path: Path, vector: Vector
) -> None:
    """Section 7: S, D, X lines at the result, M, R, U lines after disclosure."""
    doc = vector("v3_joint")
    del doc["private"], doc["public"]["openings"], doc["public"]["recusals"]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(doc), encoding="utf-8")
    assert command(path).stdout == "LIST_FORM x.json\n"
    done = command("--at-result", "--verbose", path)
    assert done.returncode == 0
    assert "人员匹配待披露后核验" in done.stdout
    line = next(x for x in doc["expected"]["result_text"].splitlines() if x.startswith("D"))
    doc["expected"]["result_text"] = doc["expected"]["result_text"].replace(line, line.replace("\t1\t", "\t2\t"))
    path.write_text(json.dumps(doc), encoding="utf-8")
    assert command("--at-result", path).returncode == 1
