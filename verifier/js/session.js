// One record file under verification (section 10). Steps run in the order of section 6; each knows which steps it rests
// on and which verdict it speaks for.
//   exact:  stops at the first refusal, as the command line must.
//   report: goes on with whatever does not rest on the failed step, so a reader sees all four verdicts; a record from
//           before the disclosure is then checked as far as it is public, and marked partial.
(function (ssj) {
  const { refuse } = ssj;
  const { toHex } = ssj.bytes;
  const t = ssj.types;

  function* readFile(session) {
    session.record = ssj.json.parse(session.fileText, false);
    session.fileText = null;
    yield session.progress(0);
  }

  function* readCommitment(session) {
    const { record } = session;
    const commitment = ssj.documents.read(record.commitment, "承诺书", "commitment");
    ssj.commitment.checkRules(commitment);
    session.commitment = commitment;
    session.commitmentText = record.commitment;
    session.suite = ssj.suites[commitment.suite];
    session.commitHash = session.suite.hashText(record.commitment);
    session.lists = t.isObject(record.public) ? record.public : {};
    session.total = estimate(session);
    yield session.progress(0);
  }

  // Units of work for the progress bar: token rows read, hashed and drawn, private records.
  function estimate({ commitment, record }) {
    const sizes = new Map(commitment.strata.map((one) => [one.id, one.size]));
    let total = commitment.strata.reduce((sum, one) => sum + 2 * one.size, 1);
    const drawn = new Set();
    for (const { group, strata } of commitment.scopes) {
      strata.forEach((entry) => drawn.add(group + " " + entry.stratum));
    }
    drawn.forEach((key) => {
      total += sizes.get(key.split(" ")[1]);
    });
    const secret = record.private;
    return total + (t.isObject(secret) && Array.isArray(secret.objects) ? secret.objects.length : 0);
  }

  function* checkPool(session) {
    session.strata = yield* ssj.pool.check(session.suite, session.commitment, session.lists.strata, session.progress);
  }

  function* checkLists(session) {
    const { roster, recusals } = ssj.lists.check(session.suite, session.commitment, session.lists, !session.exact);
    Object.assign(session, { roster, recusals });
    if (recusals === null) session.markPartial("pool", "回避名单尚未公开");
    yield session.progress(0);
  }

  function* checkOpenings(session) {
    const { suite, commitment, lists, progress } = session;
    session.opened = yield* ssj.openings.checkOpenings(suite, commitment, lists.openings, session, progress);
  }

  function* checkPrivate(session) {
    const { suite, commitment, record, progress } = session;
    yield* ssj.openings.checkPrivate(suite, commitment, record.private, session, progress);
  }

  function* checkReveal(session) {
    const { suite, commitment, record } = session;
    ssj.json.requireCleanText(record.reveal, "揭示");
    ssj.documents.reveal(record.reveal, "reveal");
    ssj.reveal.checkShares(suite, commitment, record.reveal.shares);
    ssj.reveal.checkBeacons(commitment, record.reveal.beacons);
    session.reveal = record.reveal;
    session.seed = ssj.reveal.seedOf(suite, commitment, session.commitHash, record.reveal);
    yield session.progress(0);
  }

  function* readSubstitutions(session) {
    const { substitutions } = session.record;
    if (substitutions !== undefined) {
      ssj.json.requireCleanText(substitutions, "递补");
      ssj.documents.substitutions(substitutions, "substitutions");
    }
    session.substitutions = substitutions || [];
    yield session.progress(0);
  }

  function* computeWith(session, regionFor) {
    const world = {
      suite: session.suite,
      commitment: session.commitment,
      commitHash: session.commitHash,
      strata: session.strata,
      roster: session.roster,
      recusals: session.recusals,
      seed: session.seed,
      regionFor,
    };
    const versions = ssj.log.versionsIn(session.record.log, session.commitment.draw_id);
    Object.assign(session, yield* ssj.result.compute(world, session.substitutions, versions, session.progress));
  }

  function* compute(session) {
    const { objects } = session.opened;
    const { regionOf } = ssj.openings;
    const regionFor = (token) => (objects.has(token) ? regionOf(session.commitment, objects.get(token)) : null);
    const bare = objects.size === 0 || session.recusals === null;
    if (session.exact || "private" in session.record) {
      yield* computeWith(session, regionFor);
      return;
    }
    try {
      if (bare) refuse("REGION", "尚无披露");
      yield* computeWith(session, regionFor);
    } catch (error) {
      if (!(error instanceof ssj.Refusal) || error.code !== "REGION") throw error;
      session.markPartial("result", "抽中的对象尚未全部披露：检查组（M、R、U 行）待披露后核对");
      yield* computeWith(session, null);
    }
  }

  function* checkLog(session) {
    session.log = yield* ssj.log.check(session.record.log, session.progress);
  }

  function* checkLogInputs(session) {
    const { commitment, commitmentText, reveal, substitutions, suite } = session;
    session.notes = ssj.content.remarks(session.log, commitment);
    const inputs = { commitment, commitmentText, reveal, substitutions, suite, openings: session.lists.openings };
    session.logged = ssj.content.requireInputs(session.log, inputs);
    yield session.progress(0);
  }

  function* checkLogResults(session) {
    ssj.content.requireResults(session.logged, session.seed, session.text === null ? null : session.hashes);
    yield session.progress(0);
  }

  function* compareCommitment(session) {
    ssj.compare.requireEqual(session.expected.commit_hash, toHex(session.commitHash), "承诺书摘要");
    yield session.progress(0);
  }

  function* compareResult(session) {
    if (session.expected === null) refuse("RESULT", "文件里没有公布的结果可比");
    if (session.text === null) ssj.compare.requirePublicLines(session.expected, session);
    else ssj.compare.requireResult(session.expected, session);
    yield session.progress(0);
  }

  function* checkProofs(session) {
    ssj.compare.requireInclusion(session.expected, session);
    yield session.progress(0);
  }

  function* checkIntegers(session) {
    ssj.compare.requireIntegers(session.expected, session);
    yield session.progress(0);
  }

  const always = () => true;
  const hasLog = (session) => session.record !== null && "log" in session.record;
  const hasExpected = (session) => session.expected !== null;
  // Without `expected` the log's results are the expectation; without both nothing can be compared, and that is said.
  // A file that names a refusal due has nothing to compare either.
  const comparable = (session) => hasExpected(session) || (!hasLog(session) && !("expected" in session.record));

  // [name, verdicts, run, rests on, applies when]
  const STEPS = [
    ["file", ["commitment"], readFile, [], always],
    ["commitment", ["commitment"], readCommitment, ["file"], always],
    ["pool", ["pool"], checkPool, ["commitment"], always],
    ["lists", ["pool"], checkLists, ["commitment"], always],
    ["openings", ["pool"], checkOpenings, ["pool", "lists"], always],
    ["private", ["pool"], checkPrivate, ["openings"], (session) => "private" in session.record],
    ["reveal", ["commitment"], checkReveal, ["commitment"], always],
    ["substitutions", ["result"], readSubstitutions, ["file"], always],
    ["compute", ["result"], compute, ["openings", "private", "reveal", "substitutions"], always],
    ["log", ["log"], checkLog, ["file"], hasLog],
    ["log-inputs", ["log"], checkLogInputs, ["log", "reveal", "substitutions"], hasLog],
    ["log-results", ["result", "log"], checkLogResults, ["log-inputs", "compute"], hasLog],
    ["expected-commitment", ["commitment"], compareCommitment, ["commitment"], hasExpected],
    ["expected-result", ["result"], compareResult, ["compute"], comparable],
    ["inclusion", ["pool"], checkProofs, ["commitment"], hasExpected],
    ["uniform-int", ["result"], checkIntegers, ["reveal"], hasExpected],
  ];

  class Session {
    constructor(fileText, exact) {
      this.fileText = fileText;
      this.exact = exact;
      this.record = null;
      this.expected = null; // what the file says was published, unless it only names a refusal
      this.notes = [];
      this.states = new Map(); // step -> ok | partial | failed | blocked | absent
      this.failures = []; // {step, verdicts, code, detail}
      this.partial = []; // {verdict, why}
      this.total = 1;
      this.done = 0;
      this.current = "";
      this.progress = (units) => {
        this.done += units;
        return { step: this.current, fraction: Math.min(0.99, this.done / this.total) };
      };
    }

    markPartial(verdict, why) {
      this.partial.push({ verdict, why });
      this.states.set(this.current, "partial");
    }

    // {error} alone is a refusal due, not a result.
    readExpected() {
      const { expected } = this.record;
      if (expected === undefined || (t.isObject(expected) && "error" in expected)) return;
      this.expected = t.isObject(expected) ? expected : {};
    }

    isReady(needs) {
      return needs.every((name) => ["ok", "partial", "absent"].indexOf(this.states.get(name)) >= 0);
    }

    *step([name, verdicts, run]) {
      this.current = name;
      try {
        yield* run(this);
        if (!this.states.has(name)) this.states.set(name, "ok");
      } catch (error) {
        if (!(error instanceof ssj.Refusal)) throw error;
        const closer = ssj.diagnose.explain(this, error);
        const detail = closer ? error.detail + "。" + closer : error.detail;
        this.states.set(name, "failed");
        this.failures.push({ step: name, verdicts, code: error.code, detail });
      }
    }

    // Yields {step, fraction}; ends when all that can be checked is.
    *run() {
      for (const step of STEPS) {
        const [name, , , needs, applies] = step;
        if (this.record !== null && !applies(this)) this.states.set(name, "absent");
        else if (!this.isReady(needs)) this.states.set(name, "blocked");
        else yield* this.step(step);
        if (this.exact && this.failures.length > 0) return;
        if (name === "file" && this.record !== null) this.readExpected();
      }
    }

    // Of the steps that speak for a verdict.
    statesOf(verdict) {
      const steps = STEPS.filter((step) => step[1].indexOf(verdict) >= 0);
      return steps.map(([name]) => ({ step: name, state: this.states.get(name) }));
    }
  }

  ssj.Session = Session;
})(ssj);
