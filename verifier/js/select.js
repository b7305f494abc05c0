// Allocation (5.3), tickets and selection (5.4).
(function (ssj) {
  const { natural } = ssj;
  const { compareBytes, toHex } = ssj.bytes;
  const MILLION = 1000000;
  const SLICE = 8192;

  const quotient = (sum, divisor) => natural.divide(sum, divisor).quotient;

  // floor((C + part + u) / M) - floor((C + u) / M)
  function roundedShare(c, part, u, m) {
    const before = natural.add(c, u);
    return natural.toNumber(natural.subtract(quotient(natural.add(before, part), m), quotient(before, m)));
  }

  function allocateTotal(suite, seed, scope, sizes) {
    const m = ssj.commitment.totalWeight(scope, sizes);
    if (m.length === 0) return scope.strata.map(() => 0);
    const u = ssj.reveal.uniformNatural(suite, seed, "alloc/" + scope.id, m);
    const total = natural.of(scope.total);
    let c = [];
    return scope.strata.map((entry) => {
      const part = natural.multiply(total, natural.of(sizes[entry.stratum] * (entry.weight || 1)));
      const n = roundedShare(c, part, u, m);
      c = natural.add(c, part);
      return n;
    });
  }

  function allocateModes(suite, seed, scope, sizes) {
    const m = natural.of(MILLION);
    const u = natural.of(ssj.reveal.uniform(suite, seed, "alloc/" + scope.id, MILLION));
    let c = [];
    return scope.strata.map((entry) => {
      const size = sizes[entry.stratum];
      const product = size * entry.ppm; // below 2^52
      let n = size;
      if (entry.mode === "count") n = Math.min(entry.n, size);
      else if (entry.round === "ceil") n = Math.floor((product + MILLION - 1) / MILLION);
      else if (entry.round === "floor") n = Math.floor(product / MILLION);
      else if (entry.round === "random") {
        n = roundedShare(c, natural.of(product), u, m);
        c = natural.add(c, natural.of(product));
      }
      if ("min" in entry) n = Math.max(n, Math.min(entry.min, size));
      return "max" in entry ? Math.min(n, entry.max) : n;
    });
  }

  // How many to draw from each entry of a scope, in entry order.
  function allocate(suite, seed, scope, sizes) {
    return ("total" in scope ? allocateTotal : allocateModes)(suite, seed, scope, sizes);
  }

  // Rows of a stratum by (ticket, token): a numeric sort on the leading ticket bits packed with the row number,
  // then the few runs with equal leading bits by full comparison.
  function sortRows(tokens, tickets) {
    const size = tokens.length / 32;
    const shift = Math.max(1, size);
    const keep = Math.pow(2, Math.min(32, 52 - Math.ceil(Math.log2(shift + 1))));
    const lead = (row) => {
      const at = 32 * row;
      const head = ((tickets[at] << 24) | (tickets[at + 1] << 16) | (tickets[at + 2] << 8) | tickets[at + 3]) >>> 0;
      return Math.floor(head / (4294967296 / keep));
    };
    const keys = new Float64Array(size);
    for (let row = 0; row < size; row += 1) keys[row] = lead(row) * shift + row;
    keys.sort();
    const order = new Uint32Array(size);
    for (let i = 0; i < size; i += 1) order[i] = keys[i] % shift;
    const full = (a, b) =>
      compareBytes(tickets, 32 * a, tickets, 32 * b, 32) || compareBytes(tokens, 32 * a, tokens, 32 * b, 32);
    for (let i = 0; i < size; ) {
      let end = i + 1;
      while (end < size && Math.floor(keys[end] / shift) === Math.floor(keys[i] / shift)) end += 1;
      if (end - i > 1) order.set(Array.from(order.subarray(i, end)).sort(full), i);
      i = end;
    }
    return order;
  }

  // Tickets and order of one stratum under one group; shared by all scopes of that group.
  function* drawOrder(suite, seed, group, stratum, progress) {
    const size = stratum.tokens.length / 32;
    const tickets = new Uint8Array(size * 32);
    const make = suite.ticketsOf(suite.T("ssj1/ticket", seed, group));
    for (let from = 0; from < size; from += SLICE) {
      const to = Math.min(size, from + SLICE);
      make(stratum.tokens, from, to, tickets);
      yield progress(to - from);
    }
    return { stratum, tickets, order: sortRows(stratum.tokens, tickets) };
  }

  // The sequence of a stratum in a scope: `asc` lowest first, `desc` highest first. Positions from 0.
  class Sequence {
    constructor(drawn, order) {
      this.drawn = drawn;
      this.descending = order === "desc";
      this.length = drawn.order.length;
    }

    row(k) {
      return this.drawn.order[this.descending ? this.length - 1 - k : k];
    }

    token(k) {
      const at = 32 * this.row(k);
      return toHex(this.drawn.stratum.tokens, at, at + 32);
    }

    ticket(k) {
      const at = 32 * this.row(k);
      return toHex(this.drawn.tickets, at, at + 32);
    }

    // Position of a token (bytes), or -1 when the stratum does not hold it.
    positionOf(token) {
      const row = ssj.pool.find(this.drawn.stratum, token);
      if (row < 0) return -1;
      const place = this.drawn.order.indexOf(row);
      return this.descending ? this.length - 1 - place : place;
    }
  }

  // The n first of each entry, merged in the same order (hex compares as bytes do), cut into batches.
  function batchesOf(scope, entries) {
    const all = [];
    for (const { stratum, n, sequence } of entries) {
      for (let k = 0; k < n; k += 1) all.push({ stratum, token: sequence.token(k), ticket: sequence.ticket(k) });
    }
    const key = (one) => one.ticket + one.token;
    all.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    if (scope.order === "desc") all.reverse();
    const batches = scope.batches || 1;
    const q = Math.floor(all.length / batches);
    const r = all.length % batches;
    const long = r * (q + 1); // the first r batches hold q + 1
    all.forEach((one, i) => {
      one.batch = i < long ? Math.floor(i / (q + 1)) + 1 : r + Math.floor((i - long) / q) + 1;
    });
    return all;
  }

  // Per scope, in commitment order: {scope, entries: [{stratum, size, n, sequence}],
  // drawn: [{stratum, token, batch}] in merged order}.
  function* select(suite, commitment, strata, seed, progress) {
    const sizes = Object.create(null);
    for (const { id, size } of commitment.strata) sizes[id] = size;
    const kept = new Map();
    const selections = [];
    for (const scope of commitment.scopes) {
      const counts = allocate(suite, seed, scope, sizes);
      const entries = [];
      for (let i = 0; i < counts.length; i += 1) {
        const id = scope.strata[i].stratum;
        const key = scope.group + " " + id;
        if (!kept.has(key)) kept.set(key, yield* drawOrder(suite, seed, scope.group, strata.get(id), progress));
        const sequence = new Sequence(kept.get(key), scope.order);
        entries.push({ stratum: id, size: sizes[id], n: counts[i], sequence });
      }
      selections.push({ scope, entries, drawn: batchesOf(scope, entries) });
      yield progress(0);
    }
    return selections;
  }

  ssj.select = { select };
})(ssj);
