// The report of a session as plain data: four verdicts, each ok | partial | failed | unchecked. Never ok by default: a
// verdict is ok only when every step that speaks for it ran and passed.
(function (ssj) {
  const { toHex } = ssj.bytes;
  const VERDICTS = ["pool", "commitment", "result", "log"];

  // The log is in order and speaks of this draw, but its results could not be recomputed.
  function hasLogRulesOnly({ states }, verdict) {
    return verdict === "log" && states.get("log-inputs") === "ok" && states.get("log-results") === "blocked";
  }

  const isCompared = ({ states }) => ["expected-result", "log-results"].some((step) => states.get(step) === "ok");

  function stateOf(session, verdict) {
    const steps = session.statesOf(verdict);
    const has = (state) => steps.some((one) => one.state === state);
    if (has("failed")) return "failed";
    if (hasLogRulesOnly(session, verdict)) return "partial";
    if (has("blocked") || steps.some((one) => one.state === undefined)) return "unchecked";
    if (!has("ok") && !has("partial")) return "unchecked";
    if (verdict === "result" && !isCompared(session)) return "unchecked";
    return has("partial") ? "partial" : "ok";
  }

  const failuresOf = (session, verdict) => session.failures.filter((one) => one.verdicts.indexOf(verdict) >= 0);

  function poolWords(session) {
    const tokens = session.commitment.strata.reduce((sum, one) => sum + one.size, 0);
    const audit = session.states.get("private") === "ok" ? "；每个标识都由审计记录打开" : "";
    const opened = session.opened.objects.size;
    return session.commitment.strata.length + " 个分层共 " + tokens + " 个标识，与承诺时一致" +
      (opened > 0 && !audit ? "；已披露 " + opened + " 个对象" : "") + audit;
  }

  const WORDS = {
    pool: poolWords,
    commitment: (session) => session.reveal.shares.length + " 份见证份额、" + session.reveal.beacons.length +
      " 个公共随机源，都与承诺书一致",
    result: (session) => "从种子重算，" + (session.text === null ? session.draw.publicLines().length + " 行公开结果"
      : session.text.split("\n").length - 1 + " 行结果") + "与公布的逐字相同",
    log: (session) => session.log.count + " 份文件首尾相接，次序、时间合规，内容就是这里核对的",
  };

  const WHY_UNCHECKED = {
    pool: "前面的核对没有通过，名册无法核对",
    commitment: "承诺书无法读取",
    result: "前面的核对没有通过，结果无法重算",
    log: "前面的核对没有通过，日志内容无法对照",
  };

  function wordsFor(session, verdict, state) {
    if (state === "failed") return failuresOf(session, verdict)[0].detail;
    if (state === "unchecked") {
      const noLog = verdict === "log" && session.record !== null && !("log" in session.record);
      if (verdict === "result" && session.draw) return "结果已重算，但文件里没有公布的结果可比";
      return noLog ? "记录文件里没有日志，这一项没有核对" : WHY_UNCHECKED[verdict];
    }
    const words = WORDS[verdict](session);
    if (hasLogRulesOnly(session, verdict)) return words + "；结果没有重算，日志里的结果未能对照";
    const reasons = session.partial.filter((one) => one.verdict === verdict).map((one) => one.why);
    return state === "partial" ? words + "；" + reasons.join("；") : words;
  }

  function verdictOf(session, name) {
    const state = stateOf(session, name);
    const failures = failuresOf(session, name);
    const code = failures.length > 0 ? failures[0].code : null;
    return { name, state, code, words: wordsFor(session, name, state) };
  }

  function factsOf(session) {
    const { commitment, seed, hash, draw } = session;
    if (!commitment) return [];
    const facts = [
      ["抽取编号", commitment.draw_id],
      ["抽查任务", commitment.task_id],
      ["杂凑算法", commitment.suite],
      ["承诺书摘要", toHex(session.commitHash)],
    ];
    if (seed) facts.push(["种子", toHex(seed)]);
    if (hash) facts.push(["结果摘要", hash]);
    for (const { scope, entries, drawn } of (draw && draw.selections) || []) {
      const parts = entries.map((entry) => entry.stratum + " " + entry.size + " 抽 " + entry.n);
      facts.push(["抽取范围 " + scope.id, "抽中 " + drawn.length + "（" + parts.join("，") + "）"]);
    }
    if (session.substitutions) facts.push(["递补次数", String(session.substitutions.length)]);
    return facts;
  }

  // What a reader should look up at the named source (section 7, step 4).
  function beaconsOf({ commitment, reveal }) {
    if (!commitment || !reveal) return [];
    return commitment.beacons.map(({ id, ref, not_before: notBefore }) => {
      return { id, ref, notBefore, value: reveal.beacons.find((one) => one.id === id).value };
    });
  }

  // {reason, detail, verdicts, notes, facts, beacons, dueError}: reason is the code of the first refusal, or null.
  function build(session) {
    const first = session.failures.length > 0 ? session.failures[0] : null;
    const expected = session.record === null ? undefined : session.record.expected;
    return {
      reason: first && first.code,
      detail: first && first.detail,
      verdicts: VERDICTS.map((name) => verdictOf(session, name)),
      notes: session.notes,
      facts: factsOf(session),
      beacons: beaconsOf(session),
      dueError: ssj.types.isObject(expected) && ssj.types.isText(expected.error) ? expected.error : null,
    };
  }

  ssj.report = { build };
})(ssj);
