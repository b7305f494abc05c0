// The pool (冻结的抽取名册): rows POOL_FORM … POOL_OVERLAP. A stratum's tokens are one byte array, 32 bytes each.
(function (ssj) {
  const { refuse } = ssj;
  const { decodeHex, compareBytes, toHex } = ssj.bytes;
  const SLICE = 8192; // tokens between two reports of progress

  function* readTokens(id, rows, progress) {
    if (!Array.isArray(rows)) refuse("POOL_FORM", "缺少分层 " + id + " 的标识列表");
    const tokens = new Uint8Array(rows.length * 32);
    for (let i = 0; i < rows.length; i += 1) {
      if (!decodeHex(rows[i], tokens, 32 * i, 32)) {
        refuse("POOL_FORM", "分层 " + id + " 第 " + (i + 1) + " 行不是 64 位小写十六进制标识");
      }
      if (i % SLICE === SLICE - 1) yield progress(SLICE);
    }
    return tokens;
  }

  function requireOrder(stratum) {
    const { tokens } = stratum;
    for (let at = 32; at < tokens.length; at += 32) {
      if (compareBytes(tokens, at - 32, tokens, at, 32) >= 0) {
        const row = at / 32 + 1;
        refuse("POOL_ORDER", "分层 " + stratum.id + " 第 " + row + " 行 " + toHex(tokens, at, at + 32) + " 没有大于上一行");
      }
    }
  }

  function* requireRoot(suite, stratum, progress) {
    const size = stratum.tokens.length / 32;
    if (size !== stratum.size) {
      refuse("POOL_ROOT", "分层 " + stratum.id + " 有 " + size + " 个标识，承诺书写的是 " + stratum.size, stratum);
    }
    const step = ssj.merkle.CHUNK_TOKENS * 32;
    const tree = new ssj.merkle.TreeBuilder(suite);
    for (let at = 0; at < stratum.tokens.length; at += step) {
      tree.add(stratum.tokens.subarray(at, Math.min(at + step, stratum.tokens.length)));
      if (tree.count % 32 === 0) yield progress(SLICE);
    }
    const root = toHex(tree.root());
    if (root !== stratum.root) {
      refuse("POOL_ROOT", "分层 " + stratum.id + " 算出的树根 " + root + " 不是承诺书的 " + stratum.root, stratum);
    }
  }

  // First token that two increasing lists share, as hex, or null.
  function sharedToken(a, b) {
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
      const order = compareBytes(a, i, b, j, 32);
      if (order === 0) return toHex(a, i, i + 32);
      if (order < 0) i += 32;
      else j += 32;
    }
    return null;
  }

  function requireDisjoint(scope, strata, done) {
    const ids = scope.strata.map((entry) => entry.stratum).sort();
    for (let i = 0; i < ids.length; i += 1) {
      for (let j = i + 1; j < ids.length; j += 1) {
        const pair = ids[i] + "/" + ids[j];
        if (done.has(pair)) continue;
        done.add(pair);
        const token = sharedToken(strata.get(ids[i]).tokens, strata.get(ids[j]).tokens);
        if (token !== null) {
          refuse("POOL_OVERLAP", "抽取范围 " + scope.id + " 的分层 " + ids[i] + " 与 " + ids[j] + " 都有 " + token);
        }
      }
    }
  }

  // Map stratum id -> {id, size, root, tokens}. Each row of section 6 over all strata before the next.
  function* check(suite, commitment, lists, progress) {
    const strata = new Map();
    const source = ssj.types.isObject(lists) ? lists : {};
    for (const { id, size, root } of commitment.strata) {
      const tokens = yield* readTokens(id, id in source ? source[id] : undefined, progress);
      strata.set(id, { id, size, root, tokens });
    }
    for (const stratum of strata.values()) requireOrder(stratum);
    yield progress(0);
    for (const stratum of strata.values()) yield* requireRoot(suite, stratum, progress);
    const done = new Set();
    for (const scope of commitment.scopes) {
      requireDisjoint(scope, strata, done);
      yield progress(0);
    }
    return strata;
  }

  // Row of a token in a stratum, or -1.
  function find(stratum, token) {
    let low = 0;
    let high = stratum.tokens.length / 32 - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = compareBytes(stratum.tokens, 32 * middle, token, 0, 32);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  function holds(strata, token) {
    for (const stratum of strata.values()) if (find(stratum, token) >= 0) return true;
    return false;
  }

  ssj.pool = { check, find, holds };
})(ssj);
