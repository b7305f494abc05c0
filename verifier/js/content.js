// LOG_CONTENT: what was verified is what the log says; and what a reader should know of the task's other draws.
(function (ssj) {
  const { refuse } = ssj;
  const { toHex } = ssj.bytes;

  const fail = (detail) => refuse("LOG_CONTENT", detail);

  function sameMap(a, b, key) {
    const values = new Map(a.map((one) => [one[key], one.value]));
    return a.length === b.length && b.every((one) => values.get(one[key]) === one.value);
  }

  function requireReveal(draw, reveal) {
    if (!sameMap(draw.shares || [], reveal.shares, "party")) fail("日志里的份额不是所核对的份额");
    if (!sameMap(draw.beacons || [], reveal.beacons, "id")) fail("日志里的公共随机源的值不是所核对的值");
  }

  function requireSubstitutions(draw, substitutions) {
    const sameEvent = (a, b) => a.drop === b.drop && a.inspector === b.inspector && a.reason === b.reason;
    const count = Math.max(draw.substitutions.length, substitutions.length);
    for (let i = 0; i < count; i += 1) {
      const [a, b] = [draw.substitutions[i], substitutions[i]];
      if (!a || !b || !sameEvent(a, b)) fail("日志里的第 " + (i + 1) + " 次递补不是所核对的递补");
    }
  }

  // Everything but the recomputed results.
  function requireInputs(log, inputs) {
    const { commitment, commitmentText, reveal, substitutions, openings, suite } = inputs;
    const draw = log.draws.get(commitment.draw_id);
    if (!draw || draw.text !== commitmentText) fail("日志里没有所核对的承诺书");
    requireReveal(draw, reveal);
    requireSubstitutions(draw, substitutions);
    if (draw.results.length === 0) fail("日志里没有这次抽取的结果");
    if (draw.lastOfThese === "substitution") fail("最后一次递补之后没有发布结果");
    if (openings !== undefined && openings.length !== 0) {
      if (!Array.isArray(openings) || !openings.every(ssj.types.isText)) fail("披露记录不合格式");
      if (!draw.disclosure) fail("给出了披露记录，但日志里没有披露文件");
      if (toHex(suite.hashList(openings)) !== draw.disclosure.openings_hash) fail("披露记录的摘要不是日志里最后一次披露的摘要");
    }
    return draw;
  }

  // hashes: Map version -> recomputed result_hash, or null when only the seed can be compared.
  function requireResults(draw, seed, hashes) {
    for (const result of draw.results) {
      const where = "日志第 " + result.log_seq + " 份文件（结果第 " + result.version + " 版）";
      if (result.seed !== toHex(seed)) fail(where + "的种子不是重算的种子");
      const hash = hashes === null ? result.result_hash : hashes.get(result.version);
      if (result.result_hash !== hash) fail(where + "的 result_hash 不是重算的 " + hash);
    }
  }

  // Remarks about the draws of the same task and about commitments with equal roots (section 1, 2, 7).
  function remarks(log, commitment) {
    const notes = [];
    const roots = new Set(commitment.strata.filter((one) => one.size > 0).map((one) => one.root));
    for (const draw of log.draws.values()) {
      const { draw_id: id, task_id: task, strata } = draw.commitment;
      if (task === commitment.task_id && draw.void) {
        const own = id === commitment.draw_id;
        const when = draw.void.late ? "，作废时结果可能已为人所知（late）" : "";
        const which = own ? "本次抽取 " : "同一任务的抽取 ";
        const what = which + id + " 已于 " + draw.void.published_at + " 作废" + when;
        notes.push({ kind: "void", own, text: what + "。理由：" + draw.void.reason });
      }
      if (task === commitment.task_id && draw.commitment.replaces) {
        notes.push({ kind: "replaces", text: id + " 是 " + draw.commitment.replaces + " 作废后的重抽" });
      }
      if (id !== commitment.draw_id && strata.some((one) => one.size > 0 && roots.has(one.root))) {
        notes.push({ kind: "equal-root", text: "抽取 " + id + " 用到与本次相同的名册树根" });
      }
    }
    return notes;
  }

  ssj.content = { requireInputs, requireResults, remarks };
})(ssj);
