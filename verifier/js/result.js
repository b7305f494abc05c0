// The computation as a whole: substitutions (5.7) and the result text (5.8) of every version asked for.
(function (ssj) {
  const { refuse } = ssj;
  const { compareText, toHex } = ssj.bytes;

  const line = (...fields) => fields.join("\t") + "\n";

  function selectionLines(selections) {
    const lines = [];
    for (const { scope, entries, drawn } of selections) {
      for (const { stratum, size, n, sequence } of entries) {
        lines.push(line("S", scope.id, stratum, size, n, n > 0 ? sequence.ticket(n - 1) : "-"));
      }
      for (const { batch, stratum, token } of drawn) lines.push(line("D", scope.id, batch, stratum, token));
    }
    return lines;
  }

  // Which (scope, entry) drew each object, in the order in which they did: Map token -> [{scope, entry}].
  function drawersOf(selections) {
    const drawers = new Map();
    for (const { scope, entries, drawn } of selections) {
      const byStratum = new Map(entries.map((entry) => [entry.stratum, entry]));
      for (const { stratum, token } of drawn) {
        if (!drawers.has(token)) drawers.set(token, []);
        drawers.get(token).push({ scope, entry: byStratum.get(stratum) });
      }
    }
    return drawers;
  }

  const scopesOf = (drawers) => drawers.map((drawer) => drawer.scope);

  // The running draw: selection, then substitutions one by one. `board` is null when teams cannot be known yet (before
  // the disclosure); then S, D, X lines alone are made.
  class Draw {
    constructor(selections, board) {
      this.selections = selections;
      this.board = board;
      this.head = selectionLines(selections);
      this.events = []; // X and R lines
      this.drawers = drawersOf(selections);
      this.dropped = new Set();
      this.next = new Map();
      for (const { entries } of selections) for (const entry of entries) this.next.set(entry, entry.n);
      this.open = new Map();
    }

    // Visits in hash order, their slots, and the matching.
    *match(progress) {
      const { board } = this;
      const tokens = ssj.visits.visitOrder(board.suite, board.seed, Array.from(this.drawers.keys()));
      const slots = [];
      for (const token of tokens) slots.push(...board.addTeams(token, scopesOf(this.drawers.get(token))));
      yield progress(0);
      this.open = yield* ssj.match.match(board, slots, progress);
    }

    substitute(event, number) {
      const { drop, inspector } = event;
      if (!this.drawers.has(drop)) refuse("SUBSTITUTION", "第 " + number + " 次递补：" + drop + " 不在抽中之列");
      if (inspector === undefined) this.replaceObject(drop);
      else if (this.board) this.replaceInspector(drop, inspector, number);
    }

    slotHeldBy(token, inspector) {
      for (const team of this.board.visits.get(token).teams.values()) {
        const s = team.slots.find((one) => this.board.holder[one] === inspector);
        if (s !== undefined) return s;
      }
      return -1;
    }

    replaceInspector(token, inspector, number) {
      const { board } = this;
      const i = board.rankOf.has(inspector) ? board.rankOf.get(inspector) : -1;
      const s = i < 0 ? -1 : this.slotHeldBy(token, i);
      if (s < 0) refuse("SUBSTITUTION", "第 " + number + " 次递补：人员 " + inspector + " 不在对象 " + token + " 的检查组中");
      const slot = board.slots[s];
      board.leave(s);
      board.count[i] -= 1;
      slot.team.released.add(i);
      slot.redraws += 1;
      board.fill(s, "/" + slot.redraws);
      this.events.push(line("R", token, slot.team.department, slot.idx, inspector, this.nameHolder(s)));
    }

    nameHolder(s) {
      const i = this.board.holder[s];
      return i < 0 ? "-" : this.board.inspectors[i].token;
    }

    releaseVisit(token) {
      const { board } = this;
      for (const team of board.visits.get(token).teams.values()) {
        for (const s of team.slots) {
          if (board.holder[s] < 0) continue;
          board.count[board.holder[s]] -= 1;
          board.leave(s);
        }
      }
      board.visits.delete(token);
    }

    // The next of the sequence that no event dropped, or null.
    nextToken(entry) {
      let k = this.next.get(entry);
      while (k < entry.sequence.length && this.dropped.has(entry.sequence.token(k))) k += 1;
      this.next.set(entry, k + 1);
      return k < entry.sequence.length ? entry.sequence.token(k) : null;
    }

    replaceObject(token) {
      this.dropped.add(token);
      const drawers = this.drawers.get(token);
      this.drawers.delete(token);
      if (this.board) this.releaseVisit(token);
      const subs = [];
      for (const { scope, entry } of drawers) {
        const sub = this.nextToken(entry);
        this.events.push(line("X", scope.id, entry.stratum, token, sub === null ? "-" : sub));
        if (sub === null) continue;
        if (!this.drawers.has(sub)) this.drawers.set(sub, []);
        this.drawers.get(sub).push({ scope, entry });
        if (subs.indexOf(sub) < 0) subs.push(sub);
      }
      if (!this.board) return;
      for (const sub of subs) {
        for (const s of this.board.addTeams(sub, scopesOf(this.drawers.get(sub)))) this.board.fill(s);
      }
    }

    visitLines() {
      const lines = [];
      for (const token of Array.from(this.board.visits.keys()).sort()) {
        const { teams } = this.board.visits.get(token);
        for (const department of Array.from(teams.keys()).sort(compareText)) {
          teams.get(department).slots.forEach((s, idx) => {
            lines.push(line("M", token, department, idx, this.nameHolder(s)));
          });
        }
      }
      return lines;
    }

    openLines() {
      return Array.from(this.open.keys())
        .sort(compareText)
        .map((department) => {
          const { open, slots, seen } = this.open.get(department);
          return line("U", department, open, slots, seen.size);
        });
    }

    publicLines() {
      return this.head.concat(this.events);
    }

    text() {
      return this.publicLines().concat(this.visitLines(), this.openLines()).join("");
    }
  }

  const hashOf = (world, text) => toHex(world.suite.T("ssj1/result", world.commitHash, world.seed, text));

  // Runs a draw over all substitutions. `versions`: set of k whose result_hash is wanted besides the last.
  // Gives {draw, text, hash, hashes: Map k -> hash}; text and hash are null without a board.
  function* compute(world, substitutions, versions, progress) {
    const selections = yield* ssj.select.select(world.suite, world.commitment, world.strata, world.seed, progress);
    const board = world.regionFor ? new ssj.visits.Board(world) : null;
    const draw = new Draw(selections, board);
    if (board) yield* draw.match(progress);
    const hashes = new Map();
    for (let k = 0; k < substitutions.length; k += 1) {
      if (board && versions.has(k)) hashes.set(k, hashOf(world, draw.text()));
      draw.substitute(substitutions[k], k + 1);
      yield progress(0);
    }
    const text = board ? draw.text() : null;
    const hash = board ? hashOf(world, text) : null;
    if (board) hashes.set(substitutions.length, hash);
    return { draw, text, hash, hashes };
  }

  ssj.result = { compute, hashOf };
})(ssj);
