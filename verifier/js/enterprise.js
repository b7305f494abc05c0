// What an enterprise can check for itself (section 7): was it in the pool, its ticket, drawn or not and why.
// Input {kind: "ssj-enterprise-check", nonce, record, inclusion: proof}, or (README.md)
// {draw_id, nonce, record, inclusion: [proof]} with one proof {stratum, token, chunk_index, chunk, path} per stratum.
(function (ssj) {
  const { refuse } = ssj;
  const { fromHex, toHex } = ssj.bytes;
  const t = ssj.types;
  const KIND = "ssj-enterprise-check";

  function readCheck(text, commitment) {
    const check = ssj.json.parse(text, true);
    ssj.json.requireCleanText(check, "核对材料");
    if (!t.hasOnly(check, ["kind", "draw_id", "nonce", "record", "inclusion"])) refuse("FIELD", "核对材料有未知成员");
    if ("kind" in check ? check.kind !== KIND : !("draw_id" in check)) refuse("SPEC", "核对材料的 kind 应当是 " + KIND);
    if ("draw_id" in check && check.draw_id !== commitment.draw_id) {
      refuse("FIELD", "核对材料属于另一次抽取，上面核对的是 " + commitment.draw_id);
    }
    const fields = ssj.openings.fieldsOf(check.record, commitment.columns.length);
    if (!t.isHex(check.nonce) || fields === null) refuse("OPENING", "nonce 或 record 不合格式，或栏数与承诺书的 columns 不同");
    const proofs = Array.isArray(check.inclusion) ? check.inclusion : [check.inclusion];
    if (proofs.length === 0 || !proofs.every(t.isObject)) refuse("FIELD", "核对材料里没有在册证明");
    return { nonce: fromHex(check.nonce), record: check.record, fields, proofs };
  }

  // Token from nonce and record, and the proof that it is under the committed root.
  function requireInPool(session, check) {
    const token = toHex(ssj.openings.tokenOf(session.suite, "object", check.nonce, check.record));
    for (const proof of check.proofs) {
      if (proof.token !== token) {
        refuse("OPENING", "由 nonce 和 record 算得标识 " + token + "，与在册证明里的标识不同：记录被改过，或材料不是一套");
      }
      if ("valid" in proof || !ssj.merkle.proves(session.suite, session.commitment, proof)) {
        refuse("POOL_ROOT", "在册证明算不到承诺书里的树根");
      }
    }
    return token;
  }

  // X lines by (scope, stratum): who was dropped, who came instead.
  function replacements(draw) {
    return draw.events.filter((line) => line[0] === "X").map((line) => line.trim().split("\t"));
  }

  // drawn | dropped | substitute | not-drawn, in one stratum of one scope.
  function outcome(draw, scopeId, entry, token, position) {
    const own = replacements(draw).filter(([, scope, stratum]) => scope === scopeId && stratum === entry.stratum);
    if (own.some((fields) => fields[3] === token)) return "dropped";
    if (position < entry.n) return "drawn";
    return own.some((fields) => fields[4] === token) ? "substitute" : "not-drawn";
  }

  function lookAt(draw, { scope, drawn }, entry, token, position) {
    const own = drawn.find((one) => one.token === token && one.stratum === entry.stratum);
    return {
      scope: scope.id,
      stratum: entry.stratum,
      order: scope.order || "asc",
      size: entry.size,
      n: entry.n,
      ticket: entry.sequence.ticket(position),
      position: position + 1,
      cut: entry.n > 0 ? entry.sequence.ticket(entry.n - 1) : null,
      batch: own ? own.batch : null,
      outcome: outcome(draw, scope.id, entry, token, position),
    };
  }

  function teamOf(draw, token) {
    const visit = draw.board && draw.board.visits.get(token);
    if (!visit) return null;
    const members = [];
    for (const team of visit.teams.values()) {
      team.slots.forEach((s) => members.push({ department: team.department, inspector: draw.nameHolder(s) }));
    }
    return members;
  }

  // Plain data for the page. `sound`: nothing in the record was refused.
  function examine(session, text) {
    try {
      if (!session || !session.commitment) refuse("RECORD", "请先选择并核对抽取记录文件");
      const check = readCheck(text, session.commitment);
      const token = requireInPool(session, check);
      const strata = check.proofs.map((proof) => proof.stratum);
      const found = { ok: true, token, strata, sound: session.failures.length === 0 };
      found.record = session.commitment.columns.map((column, i) => [column, check.fields[i]]);
      if (!session.draw) return Object.assign(found, { scopes: null, team: null });
      found.scopes = [];
      for (const selection of session.draw.selections) {
        for (const entry of selection.entries) {
          const position = entry.sequence.positionOf(fromHex(token));
          if (position >= 0) found.scopes.push(lookAt(session.draw, selection, entry, token, position));
        }
      }
      found.team = teamOf(session.draw, token);
      return found;
    } catch (error) {
      if (!(error instanceof ssj.Refusal)) throw error;
      return { ok: false, code: error.code, detail: error.detail };
    }
  }

  ssj.enterprise = { examine };
})(ssj);
