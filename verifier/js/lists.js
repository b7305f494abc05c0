// Roster and recusals: rows LIST_FORM, LIST_HASH (lists of section 3, rows of section 4).
(function (ssj) {
  const { refuse } = ssj;
  const { compareText, isCleanText, toHex, fromHex } = ssj.bytes;
  const t = ssj.types;
  const SMALL = /^(0|[1-9][0-9]{0,8})$/;
  const REGION = /^[0-9]{2,12}$/;

  function isRegions(field) {
    if (field === "*") return true;
    const regions = field.split(",");
    return regions.every((region) => REGION.test(region)) && new Set(regions).size === regions.length;
  }

  const isTags = (field) => field === "" || field.split(",").every(t.isId);
  const ROSTER_FIELDS = [
    ["标识", t.isHex],
    ["部门", t.isId],
    ["区域", isRegions],
    ["标签", isTags],
    ["证件有效期", t.isDate],
    ["任务上限", (field) => SMALL.test(field)],
    ["年度任务数", (field) => SMALL.test(field)],
  ];
  const RECUSAL_FIELDS = [["对象标识", t.isHex], ["人员标识", t.isHex]];

  // The fields of each row; refuses with `code` what is not a list of such rows in strictly increasing byte order.
  function readRows(rows, fields, what, code) {
    if (!Array.isArray(rows)) refuse(code, "缺少" + what);
    return rows.map((row, i) => {
      const where = what + "第 " + (i + 1) + " 行";
      if (!t.isText(row)) refuse(code, where + "不是文本");
      if (!isCleanText(row)) refuse(code, where + "不是 NFC 形式");
      const values = row.split("\t");
      if (values.length !== fields.length) refuse(code, where + "应有 " + fields.length + " 栏");
      fields.forEach(([name, test], k) => {
        if (!test(values[k])) refuse(code, where + "的" + name + "不合格式：" + values[k].slice(0, 80));
      });
      if (i > 0 && compareText(rows[i - 1], row) >= 0) refuse(code, where + "没有大于上一行");
      return values;
    });
  }

  function inspectorOf(values) {
    const [token, department, regions, tags, validTo, cap, load] = values;
    return {
      token,
      bytes: fromHex(token),
      department,
      regions: regions === "*" ? null : regions.split(","),
      tags: new Set(tags === "" ? [] : tags.split(",")),
      validTo,
      cap: Number(cap),
      yearLoad: Number(load),
    };
  }

  // Map token -> inspector.
  function readRoster(rows) {
    const roster = new Map();
    readRows(rows, ROSTER_FIELDS, "人员名录", "LIST_FORM").forEach((values, i) => {
      if (roster.has(values[0])) refuse("LIST_FORM", "人员名录第 " + (i + 1) + " 行的人员出现两次");
      roster.set(values[0], inspectorOf(values));
    });
    return roster;
  }

  // Map object token -> set of inspector tokens.
  function readRecusals(rows) {
    const recusals = new Map();
    for (const [object, inspector] of readRows(rows, RECUSAL_FIELDS, "回避名单", "LIST_FORM")) {
      if (!recusals.has(object)) recusals.set(object, new Set());
      recusals.get(object).add(inspector);
    }
    return recusals;
  }

  function requireHash(suite, rows, expected, what) {
    const hash = toHex(suite.hashList(rows));
    if (hash !== expected) refuse("LIST_HASH", what + "的摘要 " + hash + " 不是承诺书的 " + expected, what);
  }

  // `partial`: recusals are public only from the disclosure; a reader before it may lack them (null then).
  function check(suite, commitment, lists, partial) {
    const hidden = partial && lists.recusals === undefined;
    const roster = readRoster(lists.roster);
    const recusals = hidden ? null : readRecusals(lists.recusals);
    requireHash(suite, lists.roster, commitment.roster_hash, "人员名录");
    if (!hidden) requireHash(suite, lists.recusals, commitment.recusal_hash, "回避名单");
    return { roster, recusals };
  }

  ssj.lists = { check };
})(ssj);
