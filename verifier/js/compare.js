// Comparison with what was published: `expected` of section 10, or only its public lines before the disclosure.
(function (ssj) {
  const { refuse } = ssj;
  const { toHex } = ssj.bytes;
  const t = ssj.types;
  const LINE = /^[SDXRMU]\t/;
  const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;

  // First line at which two texts differ, told in words.
  function firstDifference(published, computed) {
    const [a, b] = [published.split("\n"), computed.split("\n")];
    let i = 0;
    while (a[i] === b[i] && i < a.length) i += 1;
    const show = (line) => (line ? line.replace(/\t/g, " ") : "（无此行）");
    return "结果文本第 " + (i + 1) + " 行不同：公布的是 " + show(a[i]) + "；重算得 " + show(b[i]);
  }

  function requireEqual(published, computed, what) {
    if (!t.isText(published)) refuse("RESULT", "expected 缺少" + what);
    if (published !== computed) refuse("RESULT", "公布的" + what + " " + published.slice(0, 80) + " 不是重算的 " + computed);
  }

  // All four values of `expected` against the recomputation.
  function requireResult(expected, session) {
    requireEqual(expected.seed, toHex(session.seed), "种子");
    if (!t.isText(expected.result_text)) refuse("RESULT", "expected 缺少 result_text");
    if (expected.result_text !== session.text) refuse("RESULT", firstDifference(expected.result_text, session.text));
    requireEqual(expected.result_hash, session.hash, "结果摘要");
  }

  // Before the disclosure: S, D, X lines at once, and the hash over the whole published text.
  function requirePublicLines(expected, session) {
    requireEqual(expected.seed, toHex(session.seed), "种子");
    if (!t.isText(expected.result_text)) refuse("RESULT", "expected 缺少 result_text");
    const lines = expected.result_text.split("\n");
    if (lines.pop() !== "" || !lines.every((line) => LINE.test(line))) refuse("RESULT", "结果文本有不认识的行");
    const open = lines.filter((line) => "SDX".indexOf(line[0]) >= 0).map((line) => line + "\n").join("");
    const computed = session.draw.publicLines().join("");
    if (open !== computed) refuse("RESULT", firstDifference(open, computed));
    requireEqual(expected.result_hash, ssj.result.hashOf(session, expected.result_text), "结果摘要");
  }

  // An optional list of objects.
  function listIn(expected, name, code) {
    const list = name in expected ? expected[name] : [];
    if (!Array.isArray(list) || !list.every(t.isObject)) refuse(code, "expected 的 " + name + " 应当是对象的数组");
    return list;
  }

  function requireInclusion(expected, session) {
    listIn(expected, "inclusion", "INCLUSION").forEach((proof, i) => {
      const valid = ssj.merkle.proves(session.suite, session.commitment, proof);
      if (proof.valid !== valid) {
        refuse("INCLUSION", "第 " + (i + 1) + " 份在册证明核对得 " + valid + "，与文件所写不同");
      }
    });
  }

  function requireIntegers(expected, session) {
    const { natural } = ssj;
    for (const one of listIn(expected, "uniform_int", "UNIFORM_INT")) {
      const { label, m, value } = one;
      const numbers = [m, value].every((text) => t.isText(text) && DECIMAL.test(text));
      const formed = numbers && m !== "0" && t.isText(label) && t.hasOnly(one, ["label", "m", "value"]);
      if (!formed) refuse("UNIFORM_INT", "随机整数不合格式");
      const drawn = ssj.reveal.uniformNatural(session.suite, session.seed, label, natural.fromDecimal(m));
      if (natural.toDecimal(drawn) !== value) refuse("UNIFORM_INT", label + " 重算得 " + natural.toDecimal(drawn));
      if (Number(m) > 4294967296) continue;
      const quick = ssj.reveal.uniform(session.suite, session.seed, label, Number(m));
      if (String(quick) !== value) refuse("UNIFORM_INT", label + " 两种算法不一致");
    }
  }

  ssj.compare = { requireEqual, requireResult, requirePublicLines, requireInclusion, requireIntegers };
})(ssj);
