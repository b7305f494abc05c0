// The public log (公开日志): rules of section 2, in the order of section 6.
(function (ssj) {
  const { refuse } = ssj;
  const { toHex } = ssj.bytes;
  const ZEROS = "0".repeat(64);
  const STATES = {
    shares: ["COMMITTED"],
    beacon: ["SEALED"],
    result: ["REVEALED", "PUBLISHED"],
    substitution: ["PUBLISHED"],
    disclosure: ["PUBLISHED"],
    void: ["COMMITTED", "SEALED", "PUBLISHED"],
  };

  const earliestBeacon = (commitment) => commitment.beacons.map((b) => b.not_before).sort()[0];

  // What the log says of one draw, filled document by document.
  function newDraw(document, text) {
    return {
      commitment: document,
      text,
      suite: ssj.suites[document.suite],
      commitHash: toHex(ssj.suites[document.suite].hashText(text)),
      state: "COMMITTED",
      shares: null,
      beacons: null,
      results: [],
      substitutions: [],
      lastOfThese: null, // "result" or "substitution", whichever came last
      disclosure: null,
      void: null,
    };
  }

  class Log {
    constructor() {
      this.draws = new Map(); // draw_id -> draw
      this.lastOfTask = new Map(); // task_id -> draw
      this.count = 0;
      this.previousText = null;
      this.previousTime = "";
    }

    add(text) {
      const where = "日志第 " + (this.count + 1) + " 份文件";
      const document = ssj.documents.read(text, where);
      this.requireChain(document, where);
      if (document.published_at < this.previousTime) refuse("LOG_TIME", where + "的发布时间早于上一份");
      if (document.kind === "commitment") this.addCommitment(document, text, where);
      else this.addFollowing(document, where);
      this.count += 1;
      this.previousText = text;
      this.previousTime = document.published_at;
    }

    requireChain(document, where) {
      if (document.log_seq !== this.count + 1) refuse("LOG_CHAIN", where + "的序号写成 " + document.log_seq);
      const { hashText } = ssj.suites[document.suite];
      const previous = this.previousText === null ? ZEROS : toHex(hashText(this.previousText));
      if (document.log_prev !== previous) refuse("LOG_CHAIN", where + "的 log_prev 不是上一份文件的摘要 " + previous);
    }

    addCommitment(document, text, where) {
      ssj.commitment.checkRules(document);
      if (this.draws.has(document.draw_id)) refuse("LOG_REDRAW", where + "的 draw_id 已用过：" + document.draw_id);
      const last = this.lastOfTask.get(document.task_id);
      if (!last && "replaces" in document) refuse("LOG_REDRAW", where + "写着 replaces，但这个任务没有抽取过");
      if (last) {
        const id = last.commitment.draw_id;
        if (document.replaces !== id) refuse("LOG_REDRAW", where + "没有写明替代 " + id);
        if (last.state !== "VOID") refuse("LOG_REDRAW", where + "重抽时 " + id + " 还没有作废");
      }
      const draw = newDraw(document, text);
      this.draws.set(document.draw_id, draw);
      this.lastOfTask.set(document.task_id, draw);
    }

    addFollowing(document, where) {
      const draw = this.draws.get(document.draw_id);
      if (!draw) refuse("LOG_COMMIT", where + "的 draw_id 未知：" + document.draw_id);
      if (document.suite !== draw.commitment.suite) refuse("LOG_COMMIT", where + "的 suite 与承诺书不同");
      if (document.commit_hash !== draw.commitHash) refuse("LOG_COMMIT", where + "的 commit_hash 不是承诺书的摘要");
      if (STATES[document.kind].indexOf(draw.state) < 0) {
        refuse("LOG_STATE", where + "（" + document.kind + "）不能出现在状态 " + draw.state);
      }
      HANDLERS[document.kind](draw, document, where);
    }
  }

  function onShares(draw, document, where) {
    const { commitment } = draw;
    const all = document.shares.length === commitment.parties.length;
    const first = earliestBeacon(commitment);
    if (first !== undefined && !(document.published_at < first)) refuse("LOG_TIME", where + "没有早于公共随机源");
    if (!all && document.published_at < commitment.reveal_deadline) refuse("LOG_TIME", where + "早于份额截止时间");
    ssj.reveal.checkShares(draw.suite, commitment, document.shares);
    draw.shares = document.shares;
    draw.state = commitment.beacons.length === 0 ? "REVEALED" : "SEALED";
  }

  function onBeacon(draw, document, where) {
    for (const beacon of draw.commitment.beacons) {
      if (document.published_at < beacon.not_before) refuse("LOG_TIME", where + "早于公共随机源 " + beacon.id);
    }
    ssj.reveal.checkBeacons(draw.commitment, document.beacons);
    draw.beacons = document.beacons;
    draw.state = "REVEALED";
  }

  function onResult(draw, document, where) {
    const last = draw.results.length === 0 ? -1 : draw.results[draw.results.length - 1].version;
    if (document.version !== draw.substitutions.length || document.version <= last) {
      refuse("LOG_STATE", where + "的结果版本 " + document.version + " 不对，此前有 " + draw.substitutions.length + " 次递补");
    }
    draw.results.push(document);
    draw.lastOfThese = "result";
    draw.state = "PUBLISHED";
  }

  function onSubstitution(draw, document) {
    draw.substitutions.push(document);
    draw.lastOfThese = "substitution";
  }

  function onDisclosure(draw, document) {
    draw.disclosure = document;
  }

  function onVoid(draw, document, where) {
    const first = earliestBeacon(draw.commitment);
    const known = draw.state === "SEALED" || draw.state === "PUBLISHED";
    const late = first === undefined || known || document.published_at >= first;
    if (late !== "late" in document) refuse("LOG_TIME", where + (late ? "应当标明 late" : "不应当标 late"));
    draw.void = document;
    draw.state = "VOID";
  }

  const HANDLERS = {
    shares: onShares,
    beacon: onBeacon,
    result: onResult,
    substitution: onSubstitution,
    disclosure: onDisclosure,
    void: onVoid,
  };

  // Runs the log rules over all documents; the first document at fault decides.
  function* check(texts, progress) {
    if (!Array.isArray(texts)) refuse("JSON", "log 不是数组");
    const log = new Log();
    for (const text of texts) {
      log.add(text);
      yield progress(0);
    }
    return log;
  }

  // Versions of the results that the log has for a draw, before the log itself is judged.
  function versionsIn(texts, drawId) {
    const versions = new Set();
    for (const text of Array.isArray(texts) ? texts : []) {
      try {
        const document = ssj.documents.read(text, "", "result");
        if (document.draw_id === drawId) versions.add(document.version);
      } catch (error) {
        if (!(error instanceof ssj.Refusal)) throw error; // judged in its turn
      }
    }
    return versions;
  }

  ssj.log = { check, versionsIn };
})(ssj);
