// Shares, beacons, seed: rows SHARE … BEACON of section 6, and 5.2.
(function (ssj) {
  const { refuse, natural } = ssj;
  const { Writer, compareText, fromHex, toHex } = ssj.bytes;
  const TWO_64 = natural.multiply(natural.of(4294967296), natural.of(4294967296));
  const FAST = 4294967296; // below 2^32 the arithmetic fits doubles

  function checkShares(suite, commitment, shares) {
    const seen = new Set();
    for (const { party, value } of shares) {
      const known = commitment.parties.find((one) => one.id === party);
      if (!known) refuse("SHARE", "份额来自未列名的见证方 " + party);
      if (seen.has(party)) refuse("SHARE", "见证方 " + party + " 的份额出现两次");
      seen.add(party);
      const commit = toHex(suite.T("ssj1/share", commitment.draw_id, party, fromHex(value)));
      if (commit !== known.commit) refuse("SHARE", "见证方 " + party + " 的份额打不开它的承诺");
    }
    if (shares.length < commitment.min_shares) {
      refuse("SHARE_COUNT", "只有 " + shares.length + " 份份额，至少要 " + commitment.min_shares + " 份");
    }
  }

  function checkBeacons(commitment, beacons) {
    if (beacons.length !== commitment.beacons.length) refuse("BEACON", "公共随机源的数目与承诺书不同");
    for (const { id, pattern } of commitment.beacons) {
      const given = beacons.filter((beacon) => beacon.id === id);
      if (given.length !== 1) refuse("BEACON", "公共随机源 " + id + " 应当恰有一个值");
      if (!ssj.pattern.matches(pattern, given[0].value)) refuse("BEACON", "公共随机源 " + id + " 的值不合约定格式");
    }
  }

  function be4(n) {
    const writer = new Writer(4);
    writer.be4(n);
    return writer.view();
  }

  function seedOf(suite, commitment, commitHash, reveal) {
    const parts = ["ssj1/seed", commitHash, be4(reveal.shares.length)];
    const shares = reveal.shares.slice().sort((a, b) => compareText(a.party, b.party));
    for (const { party, value } of shares) parts.push(party, fromHex(value));
    parts.push(be4(commitment.beacons.length));
    for (const { id } of commitment.beacons) parts.push(id, reveal.beacons.find((b) => b.id === id).value);
    return suite.T(...parts);
  }

  // First eight bytes of digest modulo m, sixteen bits at a time: exact for m <= 2^32.
  function remainder(bytes, m) {
    let rest = 0;
    for (let i = 0; i < 8; i += 2) rest = (rest * 65536 + bytes[i] * 256 + bytes[i + 1]) % m;
    return rest;
  }

  // x < 2^64 - (2^64 mod m), for the x in the first eight bytes and m <= 2^32.
  function isBelowLimit(bytes, m) {
    const excess = (((((FAST % m) * 65536) % m) * 65536) % m); // 2^64 mod m
    const high = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
    const low = ((bytes[4] << 24) | (bytes[5] << 16) | (bytes[6] << 8) | bytes[7]) >>> 0;
    return high < FAST - 1 || low < FAST - excess;
  }

  // uniform_int of 5.2 for a whole number m, 1 <= m <= 2^32.
  function uniform(suite, seed, label, m) {
    const counter = new Writer(8);
    for (let j = 0; ; j += 1) {
      counter.clear().be8(j);
      const digest = suite.T("ssj1/int", seed, label, counter.view());
      if (isBelowLimit(digest, m)) return remainder(digest, m);
    }
  }

  // The same for a natural m, 1 <= m <= 2^63; gives a natural.
  function uniformNatural(suite, seed, label, m) {
    const limit = natural.subtract(TWO_64, natural.divide(TWO_64, m).rest);
    const counter = new Writer(8);
    for (let j = 0; ; j += 1) {
      counter.clear().be8(j);
      const x = natural.fromBytes(suite.T("ssj1/int", seed, label, counter.view()).subarray(0, 8));
      if (natural.compare(x, limit) < 0) return natural.divide(x, m).rest;
    }
  }

  ssj.reveal = { checkShares, checkBeacons, seedOf, uniform, uniformNatural };
})(ssj);
