// Matching (5.6): repair and balance over a board that greedy has filled. The search is breadth first as in the
// protocol; what makes it fast changes no output:
//  - closed: what a failed search saw holds no goal and no way out, so later searches do not enter it (5.6);
//  - rest: per eligibility list, the inspectors this search has not seen yet, so that a list is walked once a search.
(function (ssj) {
  const PROGRESS = 256;

  class Search {
    constructor(board) {
      this.board = board;
      this.people = board.inspectors.length;
      const nodes = this.people + board.slots.length; // inspectors first, then slots
      this.seen = new Int32Array(nodes);
      this.closed = new Uint8Array(nodes);
      this.via = new Int32Array(nodes); // inspector: the slot it was seen from; slot: the node it was seen from
      this.swapped = new Int32Array(nodes).fill(-1); // slot seen by a swap: who holds it
      this.queue = new Int32Array(nodes);
      this.rests = board.lists.map(() => ({ round: 0, members: null, length: 0 }));
      this.round = 0;
    }

    isNew(node) {
      return this.seen[node] !== this.round && this.closed[node] === 0;
    }

    see(node, from, swapped) {
      this.seen[node] = this.round;
      this.via[node] = from;
      this.swapped[node] = swapped;
    }

    push(node) {
      this.queue[this.tail] = node;
      this.tail += 1;
    }

    isGoal(i) {
      const { count, cap, base } = this.board;
      return count[i] < cap[i] && base[i] + count[i] <= this.limit;
    }

    // The goal found from a node, or -1 after closing all that was seen. `limit`: highest load of a goal.
    run(start, limit) {
      this.round += 1;
      this.limit = limit;
      this.start = start;
      this.tail = 0;
      this.see(start, -1, -1);
      this.push(start);
      for (let head = 0; head < this.tail; head += 1) {
        const node = this.queue[head];
        const goal = node < this.people ? this.release(node) : this.enter(node - this.people);
        if (goal >= 0) return goal;
      }
      for (let i = 0; i < this.tail; i += 1) this.closed[this.queue[i]] = 1;
      return -1;
    }

    // Slots held by an inspector, ascending.
    release(i) {
      for (const s of this.board.held[i]) {
        const node = this.people + s;
        if (!this.isNew(node)) continue;
        this.see(node, i, -1);
        this.push(node);
      }
      return -1;
    }

    // Unseen team-mates of slot s whose holder is eligible for s, by rank of the holder.
    swapsOf(s) {
      const { board, people } = this;
      const swaps = [];
      for (const mate of board.slots[s].team.slots) {
        const i = board.holder[mate];
        if (mate === s || i < 0 || !this.isNew(people + mate) || !board.isEligible(i, s)) continue;
        swaps.push({ i, mate });
      }
      return swaps.sort((a, b) => a.i - b.i);
    }

    swap(s, { i, mate }) {
      const node = this.people + mate;
      this.see(node, this.people + s, i);
      this.push(node);
    }

    restOf(list) {
      const rest = this.rests[list];
      if (rest.round !== this.round) {
        const { members } = this.board.lists[list];
        if (rest.members === null) rest.members = new Int32Array(members.length);
        rest.members.set(members);
        rest.length = members.length;
        rest.round = this.round;
      }
      return rest;
    }

    // Inspectors eligible for slot s, by rank, swaps among them.
    enter(s) {
      const { board } = this;
      const { list, team } = board.slots[s];
      const swaps = this.swapsOf(s);
      const rest = this.restOf(list);
      let nextSwap = 0;
      let kept = 0;
      for (let r = 0; r < rest.length; r += 1) {
        const i = rest.members[r];
        if (!this.isNew(i)) continue;
        while (nextSwap < swaps.length && swaps[nextSwap].i <= i) this.swap(s, swaps[nextSwap++]);
        if (team.visit.barred.has(i) || board.onTeam(i, team)) {
          rest.members[kept++] = i; // stays unseen: not reached from this slot
          continue;
        }
        this.see(i, this.people + s, -1);
        if (this.isGoal(i)) return i;
        this.push(i);
      }
      rest.length = kept;
      while (nextSwap < swaps.length) this.swap(s, swaps[nextSwap++]);
      return -1;
    }

    // apply() of the protocol: collects the moves back to the start, then makes them at once.
    apply(goal) {
      const { board, people } = this;
      const moves = [];
      let taker = goal;
      let node = this.via[goal];
      for (;;) {
        moves.push([node - people, taker]);
        if (node === this.start) break;
        if (this.swapped[node] >= 0) {
          taker = this.swapped[node];
          node = this.via[node];
        } else {
          taker = this.via[node];
          if (taker === this.start) break;
          node = this.via[taker];
        }
      }
      for (const [s] of moves) if (board.holder[s] >= 0) board.leave(s);
      for (const [s, i] of moves) board.take(s, i);
      board.count[goal] += 1;
    }
  }

  function* repair(board, search, progress) {
    for (let s = 0; s < board.slots.length; s += 1) {
      if (board.holder[s] >= 0) continue;
      const goal = search.run(search.people + s, Infinity);
      if (goal >= 0) search.apply(goal);
      if (s % PROGRESS === 0) yield progress(0);
    }
  }

  // Infeasibility report: per department with open slots, what its failed searches saw.
  function reportOpen(board, search) {
    const open = new Map();
    for (let s = 0; s < board.slots.length; s += 1) {
      if (!search.closed[search.people + s]) continue;
      const { list, team } = board.slots[s];
      if (!open.has(team.department)) open.set(team.department, { open: 0, slots: 0, seen: new Set() });
      const report = open.get(team.department);
      report.slots += 1;
      if (board.holder[s] < 0) report.open += 1;
      for (const i of board.lists[list].members) if (!team.visit.barred.has(i)) report.seen.add(i);
    }
    return open;
  }

  // The most loaded inspector whose search has not failed (by rank if equal), and the least load with room.
  function extremes(board, search, people) {
    let top = -1;
    let least = Infinity;
    for (const i of people) {
      if (search.closed[i]) continue;
      const load = board.load(i);
      if (top < 0 || load > board.load(top)) top = i;
      if (board.count[i] < board.cap[i]) least = Math.min(least, load);
    }
    return { top, least };
  }

  function* balance(board, search, progress) {
    for (const people of board.byDepartment.values()) {
      for (let moves = 1; ; moves += 1) {
        const { top, least } = extremes(board, search, people);
        if (top < 0 || board.load(top) - least < 2) break;
        const goal = search.run(top, board.load(top) - 2);
        if (goal >= 0) {
          search.apply(goal);
          board.count[top] -= 1;
        }
        if (moves % PROGRESS === 0) yield progress(0);
      }
    }
  }

  // Greedy, repair, balance; gives the infeasibility report.
  function* match(board, slots, progress) {
    for (const s of slots) {
      board.fill(s);
      if (s % PROGRESS === 0) yield progress(PROGRESS);
    }
    const search = new Search(board);
    yield* repair(board, search, progress);
    const open = reportOpen(board, search);
    yield* balance(board, search, progress);
    return open;
  }

  ssj.match = { match };
})(ssj);
