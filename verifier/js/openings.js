// Openings and private records: rows OPENING … OPENING_ROSTER, and the tokens of 5.1.
(function (ssj) {
  const { refuse } = ssj;
  const { compareText, isCleanText, toHex, fromHex } = ssj.bytes;
  const t = ssj.types;
  const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/; // TAB separates the fields
  const INSPECTOR_FIELDS = 4; // id, name, department, certificate
  const SLICE = 2048;

  const tokenOf = (suite, kind, nonce, record) => suite.T("ssj1/" + kind, nonce, record);

  // Fields of a record (section 3), or null when it is malformed.
  function fieldsOf(record, count) {
    if (!t.isText(record) || CONTROL.test(record) || !isCleanText(record)) return null;
    const fields = record.split("\t");
    return fields.length === count && fields[0] !== "" ? fields : null;
  }

  function regionOf(commitment, fields) {
    const region = fields[commitment.columns.indexOf("region")];
    return /^[0-9]{0,12}$/.test(region) ? region : "";
  }

  // {kind, token, bytes, fields} of one opening row; refuses malformed rows and wrong tokens.
  function readOpening(suite, commitment, row, where) {
    const parts = t.isText(row) && isCleanText(row) ? row.split("\t") : [];
    const [kind, token, nonce] = parts;
    if ((kind !== "object" && kind !== "inspector") || !t.isHex(token) || !t.isHex(nonce)) {
      refuse("OPENING", where + "不合格式");
    }
    const record = parts.slice(3).join("\t");
    const fields = fieldsOf(record, kind === "object" ? commitment.columns.length : INSPECTOR_FIELDS);
    if (fields === null) refuse("OPENING", where + "的记录不合格式");
    if (toHex(tokenOf(suite, kind, fromHex(nonce), record)) !== token) {
      refuse("OPENING", where + "（" + fields[0] + "）的记录对不上标识 " + token);
    }
    return { kind, token, bytes: fromHex(token), fields };
  }

  function requireMember(opening, strata, roster, where) {
    if (opening.kind === "object") {
      if (!ssj.pool.holds(strata, opening.bytes)) refuse("OPENING", where + "的对象不在名册中：" + opening.token);
      return;
    }
    const inspector = roster.get(opening.token);
    if (!inspector) refuse("OPENING", where + "的人员不在名录中：" + opening.token);
    if (inspector.department !== opening.fields[2]) refuse("OPENING", where + "的部门与名录不同");
  }

  // Published openings: Map object token -> fields, and Map inspector token -> fields.
  function* checkOpenings(suite, commitment, rows, pool, progress) {
    const opened = { objects: new Map(), inspectors: new Map() };
    if (rows === undefined) return opened;
    if (!Array.isArray(rows)) refuse("OPENING", "披露列表不是数组");
    const ids = new Set();
    for (let i = 0; i < rows.length; i += 1) {
      const where = "披露第 " + (i + 1) + " 行";
      const opening = readOpening(suite, commitment, rows[i], where);
      if (i > 0 && compareText(rows[i - 1], rows[i]) >= 0) refuse("OPENING", where + "没有大于上一行");
      requireMember(opening, pool.strata, pool.roster, where);
      if (opening.kind === "object") {
        if (ids.has(opening.fields[0])) refuse("OPENING", where + "的对象编号出现两次：" + opening.fields[0]);
        ids.add(opening.fields[0]);
      }
      opened[opening.kind + "s"].set(opening.token, opening.fields);
      if (i % SLICE === SLICE - 1) yield progress(0);
    }
    return opened;
  }

  function readRecords(commitment, secret) {
    const seen = { 对象: new Set(), 人员: new Set() };
    function read(what, line, i, count) {
      const fields = fieldsOf(line, count);
      if (fields === null) refuse("RECORD", what + "记录第 " + (i + 1) + " 条不合格式");
      if (seen[what].has(fields[0])) refuse("RECORD", what + "编号出现两次：" + fields[0]);
      seen[what].add(fields[0]);
      return { line, fields };
    }
    if (!Array.isArray(secret.objects) || !Array.isArray(secret.inspectors)) refuse("RECORD", "缺少对象或人员记录");
    const objects = secret.objects.map((one, i) => {
      const named = t.isObject(one) && t.hasOnly(one, ["line", "strata"]);
      if (!named || !Array.isArray(one.strata) || !one.strata.every(t.isText)) refuse("RECORD", "对象记录第 " + (i + 1) + " 条不合格式");
      return Object.assign(read("对象", one.line, i, commitment.columns.length), { strata: one.strata });
    });
    return { objects, inspectors: secret.inspectors.map((line, i) => read("人员", line, i, INSPECTOR_FIELDS)) };
  }

  function tokenMaker(suite, commitment, blindKey) {
    const mac = suite.macOf(blindKey);
    return (kind, record) => {
      const nonce = mac("ssj1/nonce", kind, commitment.draw_id, record.fields[0]);
      return tokenOf(suite, kind, nonce, record.line);
    };
  }

  function requireBlindKey(suite, commitment, secret) {
    const key = t.isHex(secret.blind_key) ? fromHex(secret.blind_key) : null;
    const commit = key && toHex(suite.T("ssj1/blind-key", commitment.draw_id, key));
    if (commit !== commitment.blind_key_commit) refuse("BLIND_KEY", "盲化密钥打不开承诺书里的承诺");
    return key;
  }

  function markRow(strata, seen, id, token, record) {
    const stratum = strata.get(id);
    if (!stratum) refuse("OPENING_POOL", "对象 " + record.fields[0] + " 写着未声明的分层 " + id);
    const row = ssj.pool.find(stratum, token);
    if (row < 0) refuse("OPENING_POOL", "对象 " + record.fields[0] + " 不在分层 " + id + " 的名册中");
    if (seen.get(id)[row]) refuse("OPENING_POOL", "分层 " + id + " 第 " + (row + 1) + " 行由两条记录打开");
    seen.get(id)[row] = 1;
  }

  // Every pool row is opened by exactly one record. Fills opened.objects for 5.6.
  function* requirePool(records, makeToken, strata, opened, progress) {
    const seen = new Map();
    for (const [id, { size }] of strata) seen.set(id, new Uint8Array(size));
    for (let i = 0; i < records.length; i += 1) {
      const token = makeToken("object", records[i]);
      for (const id of records[i].strata) markRow(strata, seen, id, token, records[i]);
      opened.objects.set(toHex(token), records[i].fields);
      if (i % SLICE === SLICE - 1) yield progress(SLICE);
    }
    for (const [id, rows] of seen) {
      const row = rows.indexOf(0);
      if (row >= 0) refuse("OPENING_POOL", "分层 " + id + " 第 " + (row + 1) + " 行没有记录能打开");
    }
  }

  function requireRoster(records, makeToken, roster) {
    for (const record of records) {
      const inspector = roster.get(toHex(makeToken("inspector", record)));
      if (!inspector) refuse("OPENING_ROSTER", "人员 " + record.fields[0] + " 不在名录中");
      if (inspector.department !== record.fields[2]) refuse("OPENING_ROSTER", "人员 " + record.fields[0] + " 的部门与名录不同");
    }
    if (records.length !== roster.size) {
      refuse("OPENING_ROSTER", "名录有 " + roster.size + " 人，记录只有 " + records.length + " 人");
    }
  }

  // The auditor's rows BLIND_KEY … OPENING_ROSTER.
  function* checkPrivate(suite, commitment, secret, pool, progress) {
    if (!t.isObject(secret)) refuse("BLIND_KEY", "private 不是对象");
    const key = requireBlindKey(suite, commitment, secret);
    const records = readRecords(commitment, secret);
    const makeToken = tokenMaker(suite, commitment, key);
    yield* requirePool(records.objects, makeToken, pool.strata, pool.opened, progress);
    requireRoster(records.inspectors, makeToken, pool.roster);
  }

  const tools = { regionOf, tokenOf, fieldsOf, readRecords, tokenMaker, requireBlindKey };
  ssj.openings = Object.assign({ checkOpenings, checkPrivate }, tools);
})(ssj);
