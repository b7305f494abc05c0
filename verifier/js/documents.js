// The seven documents (section 4): rows TEXT, JSON, SPEC, FIELD of section 6.
(function (ssj) {
  const { refuse } = ssj;
  const t = ssj.types;

  const text = t.check(t.isText, "文本"); // judged by SPEC already
  const COMMON = {
    spec: text,
    kind: text,
    suite: text,
    draw_id: t.id,
    log_seq: t.whole(1, t.UINT_MAX),
    log_prev: t.hex,
    published_at: t.time,
  };
  const FOLLOWING = Object.assign({ commit_hash: t.hex }, COMMON);
  const pattern = t.check(ssj.pattern.isPattern, "pattern");
  const isTrue = t.check((value) => value === true, "true");

  const slot = t.shape({ "role?": t.oneOf("lead", "member", "expert"), "tags?": t.list(t.id, 0) });
  const department = t.shape({ id: t.id, team: t.list(slot, 1) });
  const weighted = t.shape({ stratum: t.id, "weight?": t.whole(1, 1000000) });
  const bounds = { stratum: t.id, mode: t.id, "min?": t.uint, "max?": t.uint };
  const byMode = {
    all: t.shape(bounds),
    count: t.shape(Object.assign({ n: t.uint }, bounds)),
    ratio: t.shape(Object.assign({ ppm: t.whole(0, 1000000), round: t.oneOf("ceil", "floor", "random") }, bounds)),
  };

  function moded(value, path) {
    const mode = t.isObject(value) ? value.mode : undefined;
    if (!t.isText(mode) || !Object.prototype.hasOwnProperty.call(byMode, mode)) {
      refuse("FIELD", path + ".mode 应当是 count / ratio / all");
    }
    byMode[mode](value, path);
  }

  function scopeShape(entry) {
    return t.shape({
      id: t.id,
      group: t.id,
      "order?": t.oneOf("asc", "desc"),
      "batches?": t.whole(1, 100000),
      "total?": t.uint,
      strata: t.list(entry, 1),
      departments: t.list(department, 1),
    });
  }

  const scopeWithTotal = scopeShape(weighted);
  const scopeWithModes = scopeShape(moded);

  function scope(value, path) {
    (t.isObject(value) && "total" in value ? scopeWithTotal : scopeWithModes)(value, path);
  }

  const beacon = t.shape({ id: t.id, ref: t.line, not_before: t.time, pattern });
  const COMMITMENT = {
    task_id: t.id,
    "replaces?": t.id,
    "note?": t.line,
    columns: t.list(t.id, 2),
    blind_key_commit: t.hex,
    strata: t.list(t.shape({ id: t.id, size: t.uint, root: t.hex }), 1),
    roster_hash: t.hex,
    recusal_hash: t.hex,
    scopes: t.list(scope, 1),
    match: t.shape({ balance: t.oneOf("campaign", "year") }),
    window_end: t.date,
    parties: t.list(t.shape({ id: t.id, commit: t.hex }), 1),
    min_shares: t.uint,
    reveal_deadline: t.time,
    beacons: t.list(beacon, 0),
    "no_beacon_profile?": isTrue,
  };
  const SHARES = { shares: t.list(t.shape({ party: t.id, value: t.hex }), 0) };
  const BEACONS = { beacons: t.list(t.shape({ id: t.id, value: t.line }), 0) };
  const SUBSTITUTION = { drop: t.hex, "inspector?": t.hex, reason: t.line };

  const BY_KIND = {
    commitment: t.shape(Object.assign({}, COMMON, COMMITMENT)),
    shares: t.shape(Object.assign({}, FOLLOWING, SHARES)),
    beacon: t.shape(Object.assign({}, FOLLOWING, BEACONS)),
    result: t.shape(Object.assign({ seed: t.hex, version: t.uint, result_hash: t.hex }, FOLLOWING)),
    substitution: t.shape(Object.assign({}, FOLLOWING, SUBSTITUTION)),
    disclosure: t.shape(Object.assign({ openings_hash: t.hex }, FOLLOWING)),
    void: t.shape(Object.assign({ reason: t.line, "late?": isTrue }, FOLLOWING)),
  };

  function requireColumns(columns) {
    if (columns[0] !== "object_id") refuse("FIELD", "columns 的第一列应当是 object_id");
    if (columns.indexOf("region") < 0) refuse("FIELD", "columns 缺少 region");
  }

  // A document read from its exact text. `kind`: the kind expected, or absent for any.
  function read(source, what, kind) {
    if (!t.isText(source)) refuse("TEXT", what + "不是文本");
    if (!ssj.bytes.isCleanText(source)) refuse("TEXT", what + "的文本不是 NFC 形式，或含孤立代理码");
    const document = ssj.json.parse(source, true);
    ssj.json.requireCleanText(document, what);
    if (document.spec !== "ssj-draw/1") refuse("SPEC", what + "的 spec 不是 ssj-draw/1");
    if (!t.isText(document.kind) || !Object.prototype.hasOwnProperty.call(BY_KIND, document.kind)) {
      refuse("SPEC", what + "的 kind 未知");
    }
    if (kind && document.kind !== kind) refuse("SPEC", what + "的 kind 应当是 " + kind);
    if (document.suite !== "SHA-256" && document.suite !== "SM3") refuse("SPEC", what + "的 suite 未知");
    BY_KIND[document.kind](document, what);
    if (document.kind === "commitment") requireColumns(document.columns);
    return document;
  }

  ssj.documents = {
    read,
    reveal: t.shape(Object.assign({}, SHARES, BEACONS)),
    substitutions: t.list(t.shape(SUBSTITUTION), 0),
  };
})(ssj);
