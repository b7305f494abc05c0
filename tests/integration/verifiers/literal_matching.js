// Holds the fast matching of the verifier to section 5.6 written out literally: no closed sets, no kept lists, every
// pass from the start. Prints {instances, differing, open, moves} for that many small random instances.
"use strict";

const path = require("path");
const core = path.join(__dirname, "../../../verifier/ssj-verify.js");
const ssj = require(core).internals;
const suite = ssj.suites["SHA-256"];
const { toHex, fromHex } = ssj.bytes;

let state = 1;
function below(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * n);
}

function anInspector(name, departments) {
  const token = toHex(suite.T("inspector", name));
  const tags = new Set(["x", "y"].filter(() => below(3)));
  if (below(8) === 0) tags.add("expert");
  return {
    token,
    bytes: fromHex(token),
    department: departments[below(departments.length)],
    regions: below(4) ? null : ["41030" + below(3)],
    tags,
    validTo: below(12) ? "2027-01-01" : "2020-01-01",
    cap: 1 + below(6),
    yearLoad: below(5),
  };
}

// Three to five officers with various tags: many swaps between team-mates.
function aTeam() {
  const team = [{ tags: ["x"] }, { tags: ["y"] }, { tags: [] }];
  for (let more = below(3); more > 0; more -= 1) team.push({ tags: ["x", "y"].filter(() => below(2)) });
  if (below(4) === 0) team.push({ role: "expert" });
  return team;
}

function anInstance(number) {
  state = number * 7919 + 1;
  const departments = ["A", "B"].slice(0, 1 + below(2));
  const roster = new Map();
  for (let i = 0; i < 6 + below(12); i += 1) {
    const inspector = anInspector(number + "/" + i, departments);
    roster.set(inspector.token, inspector);
  }
  const scopes = [0, 1].map(() => ({ departments: departments.map((id) => ({ id, team: aTeam() })) }));
  const recusals = new Map();
  const draws = new Map();
  const regions = new Map();
  for (let i = 0; i < 1 + below(6); i += 1) {
    const token = toHex(suite.T("object", number + "/" + i));
    draws.set(token, below(2) ? scopes : [scopes[below(2)]]);
    regions.set(token, below(6) ? "41030" + below(3) + "001" : "");
    recusals.set(token, new Set(Array.from(roster.keys()).filter(() => below(9) === 0)));
  }
  return { seed: suite.T("seed", String(number)), roster, recusals, regions, draws, balance: below(2) ? "year" : "campaign" };
}

function aBoard({ seed, roster, recusals, regions, balance, draws }) {
  const commitment = { match: { balance }, window_end: "2026-12-31" };
  const board = new ssj.visits.Board({ suite, seed, commitment, roster, recusals, regionFor: (token) => regions.get(token) });
  const slots = [];
  for (const token of ssj.visits.visitOrder(suite, seed, Array.from(draws.keys()))) {
    slots.push(...board.addTeams(token, draws.get(token)));
  }
  return { board, slots };
}

// search() of 5.6: nodes are ["i", number] and ["s", number] by key.
function search(board, slots, start, goal) {
  const people = board.inspectors.map((inspector, i) => i);
  const queue = [start];
  const seen = new Set([start]);
  const via = new Map();
  while (queue.length > 0) {
    const x = queue.shift();
    const number = Number(x.slice(1));
    if (x[0] === "i") {
      for (const s of slots.filter((slot) => board.holder[slot] === number && !seen.has("s" + slot))) {
        seen.add("s" + s);
        via.set("s" + s, ["release", x]);
        queue.push("s" + s);
      }
      continue;
    }
    for (const i of people.filter((one) => board.isEligible(one, number) && board.holder[number] !== one)) {
      const mate = board.slots[number].team.slots.find((slot) => board.holder[slot] === i);
      if (mate !== undefined) {
        if (seen.has("s" + mate)) continue;
        seen.add("s" + mate);
        via.set("s" + mate, ["swap", x, i]);
        queue.push("s" + mate);
      } else if (!seen.has("i" + i)) {
        seen.add("i" + i);
        via.set("i" + i, x);
        if (goal(i)) return { found: i, via, seen };
        queue.push("i" + i);
      }
    }
  }
  return { found: -1, via, seen };
}

function apply(board, start, { found, via }) {
  const moves = [];
  let taker = found;
  let s = via.get("i" + found);
  for (;;) {
    moves.push([Number(s.slice(1)), taker]);
    if (s === start) break;
    const step = via.get(s);
    if (step[0] === "swap") {
      s = step[1];
      taker = step[2];
    } else {
      taker = Number(step[1].slice(1));
      if (step[1] === start) break;
      s = via.get(step[1]);
    }
  }
  for (const [slot, i] of moves) board.holder[slot] = i;
  board.count[found] += 1;
}

function repair(board, slots) {
  const report = new Map();
  for (const s of slots.filter((slot) => board.holder[slot] < 0)) {
    const end = search(board, slots, "s" + s, (i) => board.count[i] < board.cap[i]);
    if (end.found >= 0) {
      apply(board, "s" + s, end);
      continue;
    }
    const { department } = board.slots[s].team;
    if (!report.has(department)) report.set(department, { open: 0, slots: new Set() });
    report.get(department).open += 1;
    for (const key of end.seen) if (key[0] === "s") report.get(department).slots.add(Number(key.slice(1)));
  }
  return Array.from(report.keys()).sort().map((department) => {
    const { open, slots: seen } = report.get(department);
    const people = board.inspectors.filter((inspector, i) => Array.from(seen).some((s) => board.isEligible(i, s)));
    return [department, open, seen.size, people.length];
  });
}

function balanceOnce(board, slots, people) {
  for (const a of people.slice().sort((x, y) => board.load(y) - board.load(x) || x - y)) {
    const load = board.load(a);
    const end = search(board, slots, "i" + a, (i) => board.load(i) <= load - 2 && board.count[i] < board.cap[i]);
    if (end.found < 0) continue;
    apply(board, "i" + a, end);
    board.count[a] -= 1;
    return true;
  }
  return false;
}

function literally(instance) {
  const { board, slots } = aBoard(instance);
  for (const s of slots) board.fill(s);
  const report = repair(board, slots);
  let moves = 0;
  for (const people of board.byDepartment.values()) while (balanceOnce(board, slots, people)) moves += 1;
  return { outcome: JSON.stringify([board.holder, Array.from(board.count), report]), open: report.length, moves };
}

function quickly(instance) {
  const { board, slots } = aBoard(instance);
  const run = ssj.match.match(board, slots, () => null);
  let step = run.next();
  while (!step.done) step = run.next();
  const report = Array.from(step.value.keys()).sort().map((department) => {
    const one = step.value.get(department);
    return [department, one.open, one.slots, one.seen.size];
  });
  return JSON.stringify([board.holder, Array.from(board.count), report]);
}

const total = { instances: Number(process.argv[2]), differing: 0, open: 0, moves: 0 };
for (let number = 1; number <= total.instances; number += 1) {
  const expected = literally(anInstance(number));
  if (expected.outcome !== quickly(anInstance(number))) total.differing += 1;
  if (expected.open > 0) total.open += 1;
  total.moves += expected.moves;
}
console.log(JSON.stringify(total));
