// Visits and slots (5.5), eligibility (5.6). Inspectors are numbered by rank, slots by creation; a team is the slots of
// one visit and department, and nobody holds two of them.
(function (ssj) {
  const { refuse } = ssj;
  const { compareText, fromHex, toHex } = ssj.bytes;

  // Union of the tags of one position over the scopes' teams.
  function mergeTags(teams, position) {
    const tags = new Set();
    for (const team of teams) if (position < team.length) (team[position].tags || []).forEach((tag) => tags.add(tag));
    return tags;
  }

  const longest = (teams) => teams.reduce((most, team) => Math.max(most, team.length), 0);

  // Tag lists of the merged team: officers first, then experts, who all carry the tag `expert`.
  function mergeTeams(teams) {
    const officers = teams.map((team) => team.filter((slot) => slot.role !== "expert"));
    const experts = teams.map((team) => team.filter((slot) => slot.role === "expert"));
    const merged = [];
    for (let i = 0; i < longest(officers); i += 1) merged.push(mergeTags(officers, i));
    for (let i = 0; i < longest(experts); i += 1) merged.push(mergeTags(experts, i).add("expert"));
    return merged.map((tags) => Array.from(tags).sort(compareText));
  }

  function rankInspectors(suite, seed, roster) {
    const ranked = Array.from(roster.values()).map((inspector) => ({
      inspector,
      key: toHex(suite.T("ssj1/irank", seed, inspector.bytes)) + inspector.token,
    }));
    ranked.sort((a, b) => (a.key < b.key ? -1 : 1));
    return ranked.map((one) => one.inspector);
  }

  class Board {
    // world: {suite, seed, commitment, roster, recusals, regionFor(token) -> text or null}
    constructor(world) {
      Object.assign(this, world);
      this.inspectors = rankInspectors(this.suite, this.seed, this.roster);
      this.rankOf = new Map(this.inspectors.map((inspector, i) => [inspector.token, i]));
      const yearly = this.commitment.match.balance === "year";
      this.count = new Int32Array(this.inspectors.length);
      this.cap = Float64Array.from(this.inspectors.map((inspector) => inspector.cap));
      this.base = Float64Array.from(this.inspectors.map((inspector) => (yearly ? inspector.yearLoad : 0)));
      this.held = this.inspectors.map(() => []); // slots per inspector, ascending
      this.slots = []; // {team, idx, list, redraws}
      this.holder = []; // inspector per slot, -1 when open
      this.visits = new Map(); // token -> {token, region, barred, teams: Map department -> team}
      this.lists = []; // eligible inspectors by (department, region, tags): {members, has}
      this.listOf = new Map();
      this.byDepartment = new Map();
      this.inspectors.forEach((inspector, i) => {
        if (!this.byDepartment.has(inspector.department)) this.byDepartment.set(inspector.department, []);
        this.byDepartment.get(inspector.department).push(i);
      });
    }

    load(i) {
      return this.base[i] + this.count[i];
    }

    // Before recusals, which belong to the object (visit.barred).
    isFit(inspector, region, tags) {
      if (inspector.validTo < this.commitment.window_end) return false;
      if (!tags.every((tag) => inspector.tags.has(tag))) return false;
      if (inspector.tags.has("expert") !== (tags.indexOf("expert") >= 0)) return false;
      return inspector.regions === null || inspector.regions.some((prefix) => region.startsWith(prefix));
    }

    listFor(department, region, tags) {
      const key = [department, region].concat(tags).join("/"); // no ID has a slash
      if (!this.listOf.has(key)) {
        const all = this.byDepartment.get(department) || [];
        const members = Int32Array.from(all.filter((i) => this.isFit(this.inspectors[i], region, tags)));
        const has = new Uint8Array(this.inspectors.length);
        members.forEach((i) => {
          has[i] = 1;
        });
        this.listOf.set(key, this.lists.length);
        this.lists.push({ members, has });
      }
      return this.listOf.get(key);
    }

    // The visit of an object, made when missing: REGION when nothing opens the object.
    visitOf(token) {
      if (!this.visits.has(token)) {
        const region = this.regionFor(token);
        if (region === null) refuse("REGION", "对象 " + token + " 抽中或递补，但没有披露它的记录");
        const barred = new Set();
        for (const inspector of this.recusals.get(token) || []) {
          if (this.rankOf.has(inspector)) barred.add(this.rankOf.get(inspector));
        }
        this.visits.set(token, { token, region, barred, teams: new Map() });
      }
      return this.visits.get(token);
    }

    // Teams for those departments of the scopes that the visit does not have yet; the new slots in their order.
    addTeams(token, scopes) {
      const visit = this.visitOf(token);
      const teams = new Map();
      for (const scope of scopes) {
        for (const { id, team } of scope.departments) {
          if (!teams.has(id)) teams.set(id, []);
          teams.get(id).push(team);
        }
      }
      const created = [];
      for (const department of Array.from(teams.keys()).sort(compareText)) {
        if (visit.teams.has(department)) continue;
        const team = { visit, department, slots: [], released: new Set() };
        visit.teams.set(department, team);
        mergeTeams(teams.get(department)).forEach((tags, idx) => {
          const list = this.listFor(department, visit.region, tags);
          created.push(this.slots.length);
          team.slots.push(this.slots.length);
          this.slots.push({ team, idx, list, redraws: 0 });
          this.holder.push(-1);
        });
      }
      return created;
    }

    // Eligible for the slot, recusals included.
    isEligible(i, s) {
      const { list, team } = this.slots[s];
      return this.lists[list].has[i] === 1 && !team.visit.barred.has(i);
    }

    onTeam(i, team) {
      return team.slots.some((s) => this.holder[s] === i);
    }

    take(s, i) {
      this.holder[s] = i;
      const held = this.held[i];
      let at = held.length;
      while (at > 0 && held[at - 1] > s) at -= 1;
      held.splice(at, 0, s);
    }

    leave(s) {
      const held = this.held[this.holder[s]];
      held.splice(held.indexOf(s), 1);
      this.holder[s] = -1;
    }

    // Greedy of 5.6 on one slot: among the least loaded with room, one by the seed; open still if nobody fits.
    fill(s, suffix) {
      const { list, team, idx } = this.slots[s];
      const barred = team.visit.barred;
      let least = Infinity;
      let choice = [];
      for (const i of this.lists[list].members) {
        if (this.count[i] >= this.cap[i]) continue;
        const load = this.base[i] + this.count[i];
        if (load > least || barred.has(i) || team.released.has(i) || this.onTeam(i, team)) continue;
        if (load < least) choice = [];
        least = load;
        choice.push(i);
      }
      if (choice.length === 0) return;
      const label = "match/" + team.visit.token + "/" + team.department + "/" + idx + (suffix || "");
      const i = choice[ssj.reveal.uniform(this.suite, this.seed, label, choice.length)];
      this.take(s, i);
      this.count[i] += 1;
    }
  }

  // Visits in order of T("ssj1/visit", seed, token).
  function visitOrder(suite, seed, tokens) {
    const keyed = tokens.map((token) => ({ token, key: toHex(suite.T("ssj1/visit", seed, fromHex(token))) + token }));
    return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map((one) => one.token);
  }

  ssj.visits = { Board, visitOrder };
})(ssj);
