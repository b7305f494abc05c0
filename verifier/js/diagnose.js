// When a root or list hash differs, the hash alone names no row. Other parts of the record may: private records,
// inclusion proofs that do reach the committed root, lines of the published result.
(function (ssj) {
  const { fromHex, toHex, compareText } = ssj.bytes;
  const t = ssj.types;

  const rowText = (stratum, row) => toHex(stratum.tokens, 32 * row, 32 * row + 32);

  // First difference between the file's rows and the true tokens, which stand from row `from` on.
  function differingRow(stratum, truth, from) {
    const rows = stratum.tokens.length / 32;
    for (let i = 0; i < truth.length; i += 1) {
      const given = from + i < rows ? rowText(stratum, from + i) : "（缺）";
      if (given !== truth[i]) {
        return "分层 " + stratum.id + " 第 " + (from + i + 1) + " 行：文件中是 " + given + "，承诺时是 " + truth[i];
      }
    }
    return null;
  }

  // Calls make(kind, record) -> token for the private records, if the record has them and they open.
  function withRecords(session, use) {
    const secret = session.record.private;
    if (!t.isObject(secret)) return null;
    const key = ssj.openings.requireBlindKey(session.suite, session.commitment, secret);
    const make = ssj.openings.tokenMaker(session.suite, session.commitment, key);
    return use(ssj.openings.readRecords(session.commitment, secret), (kind, record) => toHex(make(kind, record)));
  }

  function byRecords(session, stratum) {
    return withRecords(session, ({ objects }, make) => {
      const own = objects.filter((record) => record.strata.indexOf(stratum.id) >= 0);
      const truth = own.map((record) => make("object", record)).sort();
      const row = differingRow(stratum, truth, 0);
      if (row !== null || stratum.tokens.length / 32 <= truth.length) return row;
      return "分层 " + stratum.id + " 第 " + (truth.length + 1) + " 行是多出来的：" + rowText(stratum, truth.length);
    });
  }

  function byProofs(session, stratum) {
    const expected = session.record.expected;
    for (const proof of (t.isObject(expected) && Array.isArray(expected.inclusion) && expected.inclusion) || []) {
      if (!ssj.merkle.proves(session.suite, session.commitment, proof) || proof.stratum !== stratum.id) continue;
      const truth = proof.chunk.match(/.{64}/g);
      const row = differingRow(stratum, truth, proof.chunk_index * ssj.merkle.CHUNK_TOKENS);
      if (row !== null) return row;
    }
    return null;
  }

  function linesOf(session, mark) {
    const expected = session.record.expected;
    const text = t.isObject(expected) && t.isText(expected.result_text) ? expected.result_text : "";
    return text.split("\n").filter((line) => line.startsWith(mark + "\t")).map((line) => line.split("\t"));
  }

  function byResult(session, stratum) {
    for (const [, , , id, token] of linesOf(session, "D")) {
      if (id === stratum.id && t.isHex(token) && ssj.pool.find(stratum, fromHex(token)) < 0) {
        return "公布的结果抽中 " + token + "，文件的分层 " + id + " 里没有它";
      }
    }
    return null;
  }

  function rosterRow(session) {
    const rows = session.lists.roster;
    const given = new Set(rows.map((row) => row.slice(0, 64)));
    const truth = withRecords(session, ({ inspectors }, make) => inspectors.map((one) => make("inspector", one)));
    const named = truth || linesOf(session, "M").map((fields) => fields[4]).filter(t.isHex);
    const missing = named.sort(compareText).find((token) => !given.has(token));
    const extra = truth && rows.findIndex((row) => truth.indexOf(row.slice(0, 64)) < 0);
    if (truth && extra >= 0) return "人员名录第 " + (extra + 1) + " 行的标识不在承诺之列：" + rows[extra].slice(0, 64);
    return missing ? "人员名录中缺少 " + missing : null;
  }

  function closer(session, refusal) {
    if (refusal.code === "LIST_HASH") return refusal.about === "人员名录" ? rosterRow(session) : null;
    if (refusal.code !== "POOL_ROOT") return null;
    return byRecords(session, refusal.about) || byProofs(session, refusal.about) || byResult(session, refusal.about);
  }

  // A sentence that names the first differing row, or "".
  function explain(session, refusal) {
    try {
      return closer(session, refusal) || "";
    } catch (error) {
      if (error instanceof ssj.Refusal) return ""; // the evidence is broken itself
      throw error;
    }
  }

  ssj.diagnose = { explain };
})(ssj);
