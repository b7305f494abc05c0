"""Verification (验证), sections 6, 7 and 10: one record in, the outcome out, or the first refusal that applies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.draw.domain.audit import check_private, read_private
from services.draw.domain.commitment_rules import check_terms
from services.draw.domain.computation import Draw, Frozen, Outcome
from services.draw.domain.documents import (
    Commitment,
    Substitution,
    parse_commitment,
    read_beacon_value,
    read_share,
    read_substitution,
)
from services.draw.domain.errors import LogContent, Refusal, ResultDiffers
from services.draw.domain.fields import Members, array
from services.draw.domain.lists import check_list_hashes, list_hash, read_recusals, read_roster
from services.draw.domain.log import LoggedDraw, PublicLog, State, read_log
from services.draw.domain.merkle import proof_holds, read_proof
from services.draw.domain.pool import check_pool, read_pool
from services.draw.domain.primitives import uniform_int
from services.draw.domain.records import Opening, check_openings, opened_objects, read_openings
from services.draw.domain.seed import Reveal, check_reveal
from services.draw.domain.strict_json import check_strings, is_clean
from services.draw.domain.tickets import Ranker, rank_tickets

Json = Mapping[str, object]


@dataclass(frozen=True)
class Verified:
    """A record that holds. `logged` is its draw in the log (None without log), `notes` what a verifier reports."""

    commitment: Commitment
    outcome: Outcome
    logged: LoggedDraw | None
    notes: tuple[str, ...]


def verify(record: Json, rank: Ranker = rank_tickets) -> Verified:
    """Check a record of section 10 in the order of section 6 and recompute it.

    Members: `commitment`, `reveal`, `public`, and optionally `private`, `substitutions`, `log`, `expected`.
    `expected` is compared unless it names an `error`. Raises the Refusal due.
    """
    frozen, openings = read_frozen(record)
    reveal = read_reveal(record.get("reveal"))
    check_reveal(frozen.commitment, reveal)
    events = read_substitutions(record.get("substitutions", []))
    log = _read_log(record)
    draw = Draw(frozen, reveal, rank)
    versions = [draw.outcome()] if _wants(log, frozen.commitment, 0) or not events else []
    for version, event in enumerate(events, 1):
        draw.substitute(event)
        if version == len(events) or _wants(log, frozen.commitment, version):
            versions.append(draw.outcome())
    if isinstance(log, Refusal):
        raise log
    logged = None
    if log is not None:
        logged = check_content(log, frozen.commitment, reveal, events, versions)
        check_disclosed(logged, openings)
    _compare(frozen.commitment, versions[-1], record.get("expected"))
    return Verified(frozen.commitment, versions[-1], logged, notes(log, frozen.commitment))


def read_frozen(record: Json) -> tuple[Frozen, tuple[Opening, ...]]:
    """Rows `TEXT` to `OPENING_ROSTER`: all that needs no reveal. Raises the Refusal due."""
    commitment = parse_commitment(record.get("commitment"))
    terms, suite = commitment.terms, commitment.suite
    check_terms(terms, commitment.head.published_at)
    lists = record.get("public")
    public: Json = lists if isinstance(lists, dict) else {}
    pool = read_pool(terms, public.get("strata"))
    check_pool(suite, terms, pool)
    roster, recusals = read_roster(public.get("roster")), read_recusals(public.get("recusals"))
    check_list_hashes(suite, terms, roster, recusals)
    openings = read_openings(public.get("openings", []), len(terms.columns))
    check_openings(suite, openings, pool, roster)
    records: Mapping[bytes, str] = opened_objects(openings)
    if "private" in record:
        records = check_private(commitment, pool, roster, read_private(record["private"]))
    return Frozen(commitment, pool, roster, recusals, records), openings


def read_reveal(value: object) -> Reveal:
    """The reveal out of decoded JSON. Raises TextRefused, FieldRefused."""
    check_strings(value)
    members = Members(value, "reveal")
    reveal = Reveal(
        members.take("shares", array(read_share, empty=True)),
        members.take("beacons", array(read_beacon_value, empty=True)),
    )
    members.done()
    return reveal


def read_substitutions(value: object) -> tuple[Substitution, ...]:
    """Substitutions out of decoded JSON. Raises TextRefused, FieldRefused."""
    check_strings(value)
    return array(_substitution, empty=True)(value, "substitutions")


def _substitution(value: object, where: str) -> Substitution:
    members = Members(value, where)
    event = read_substitution(members)
    members.done()
    return event


def _read_log(record: Json) -> PublicLog | Refusal | None:
    """Read before the computation, so that it knows which versions are wanted; its refusal waits for its turn."""
    if "log" not in record:
        return None
    texts = record["log"]
    if not isinstance(texts, list):
        return LogContent("日志不是文本数组")
    try:
        return read_log(texts)
    except Refusal as refusal:
        return refusal


def _wants(log: PublicLog | Refusal | None, commitment: Commitment, version: int) -> bool:
    if not isinstance(log, PublicLog) or commitment.draw_id not in log.draws:
        return False
    return any(result.version == version for result in log.draws[commitment.draw_id].results)


def check_content(
    log: PublicLog,
    commitment: Commitment,
    reveal: Reveal,
    substitutions: Sequence[Substitution],
    versions: Sequence[Outcome],
) -> LoggedDraw:
    """The log speaks of the very draw that was verified, and of every version of its result. Raises LogContent."""
    logged = log.draws.get(commitment.draw_id)
    if logged is None or logged.commitment.text != commitment.text:
        raise LogContent("日志中的承诺书不是所验证的承诺书")
    if _shares(logged) != {share.party: share.value for share in reveal.shares}:
        raise LogContent("日志中的份额不同")
    if _beacons(logged) != {beacon.id: beacon.value for beacon in reveal.beacons}:
        raise LogContent("日志中的公共随机源不同")
    if logged.substitutions != tuple(substitutions):
        raise LogContent("日志中的递补不同")
    if not logged.results or logged.results[-1].version != len(logged.substitutions):
        raise LogContent("日志中没有结果，或最后的结果之后还有递补")
    computed = {outcome.version: outcome for outcome in versions}
    for result in logged.results:
        outcome = computed[result.version]
        if (result.seed, result.result_hash) != (outcome.seed, outcome.result_hash):
            raise LogContent(f"日志中第 {result.version} 版结果与重新计算的不同")
    return logged


def check_disclosed(logged: LoggedDraw, openings: Sequence[Opening]) -> None:
    """Openings, if given, are those that the draw's last disclosure hashed. Raises LogContent."""
    if not openings:
        return
    hashed = list_hash(logged.commitment.suite, (opening.row() for opening in openings))
    if logged.disclosure is None or logged.disclosure.openings_hash != hashed:
        raise LogContent("给出的揭示不是日志最后一次披露的揭示")


def _shares(logged: LoggedDraw) -> dict[str, bytes]:
    return {share.party: share.value for share in logged.shares.shares} if logged.shares else {}


def _beacons(logged: LoggedDraw) -> dict[str, str]:
    return {beacon.id: beacon.value for beacon in logged.beacons.beacons} if logged.beacons else {}


def notes(log: PublicLog | None, commitment: Commitment) -> tuple[str, ...]:
    """What a verifier must report besides OK: voids of the task, late ones named, and commitments with equal roots."""
    if log is None:
        return ()
    task = commitment.terms.task_id
    roots = {stratum.root for stratum in commitment.terms.strata}
    found = []
    for draw_id, draw in log.draws.items():
        if draw.terms.task_id == task and draw.state is State.VOID and draw.void:
            late = "，作废时结果可能已为人知" if draw.void.late else ""
            found.append(f"抽取 {draw_id} 已作废{late}：{draw.void.reason}")
        if draw.terms.task_id != task and roots == {stratum.root for stratum in draw.terms.strata}:
            found.append(f"抽取 {draw_id}（任务 {draw.terms.task_id}）使用了相同的名册")
    return tuple(found)


def _compare(commitment: Commitment, outcome: Outcome, expected: object) -> None:
    """The record's `expected`, if it has one and that is no error. Raises ResultDiffers."""
    if not isinstance(expected, dict) or "error" in expected:
        return
    computed = {
        "commit_hash": commitment.hash.hex(),
        "seed": outcome.seed.hex(),
        "result_text": outcome.text,
        "result_hash": outcome.result_hash.hex(),
    }
    for name, value in computed.items():
        if expected.get(name) != value:
            raise ResultDiffers(name)
    for n, proof in enumerate(_items(expected, "inclusion")):
        if _holds(commitment, proof) != proof.get("valid"):
            raise ResultDiffers(f"包含证明第 {n + 1} 条")
    for item in _items(expected, "uniform_int"):
        if not _integer_agrees(commitment, outcome, item):
            raise ResultDiffers(f"整数 {item.get('label')!a}")


def _integer_agrees(commitment: Commitment, outcome: Outcome, item: Mapping[str, object]) -> bool:
    label, m = item.get("label"), item.get("m")
    if not isinstance(label, str) or not is_clean(label) or not isinstance(m, str) or not m.isdecimal():
        return False
    if not 1 <= int(m[:20]) <= 2**63:
        return False
    return str(uniform_int(commitment.suite, outcome.seed, label, int(m[:20]))) == item.get("value")


def _items(expected: Mapping[str, object], name: str) -> list[dict[str, object]]:
    items = expected.get(name, [])
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _holds(commitment: Commitment, proof: Mapping[str, object]) -> bool:
    parsed = read_proof({name: value for name, value in proof.items() if name != "valid"})
    if parsed is None:
        return False
    strata = {stratum.id: stratum for stratum in commitment.terms.strata}
    stratum = strata.get(parsed.stratum)
    return stratum is not None and proof_holds(commitment.suite, parsed, stratum.size, stratum.root)
