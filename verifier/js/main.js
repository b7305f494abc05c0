// What the outside sees: Node (module.exports), a page (ssjVerify), a worker (messages).
(function (ssj) {
  function decode(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      if (error instanceof TypeError) return ssj.refuse("TEXT", "文件不是 UTF-8 文本");
      throw error;
    }
  }

  // A session on the bytes of a record file. A file that is no text is refused like any other: as the first failure.
  function open(bytes, exact) {
    try {
      return new ssj.Session(decode(bytes), exact);
    } catch (error) {
      if (!(error instanceof ssj.Refusal)) throw error;
      const session = new ssj.Session("", exact);
      session.run = function* () {
        session.states.set("file", "failed");
        session.failures.push({ step: "file", verdicts: ["commitment"], code: error.code, detail: error.detail });
      };
      return session;
    }
  }

  // The outcome of section 10 for one file: {ok, reason, detail, notes}.
  function verify(bytes) {
    const session = open(bytes, true);
    for (const progress of session.run()) void progress;
    const { reason, detail, dueError, notes } = ssj.report.build(session);
    if (dueError !== null) {
      if (reason === dueError) return { ok: true, reason, detail, notes };
      const words = "应当被拒绝（" + dueError + "），实际" + (reason ? "为 " + reason + "：" + detail : "全部通过");
      return { ok: false, reason: reason || "NOT_REFUSED", detail: words, notes };
    }
    return { ok: reason === null, reason, detail, notes };
  }

  function serve(scope) {
    let session = null;
    function runAll(message) {
      session = open(new Uint8Array(message.buffer), false);
      let last = 0;
      for (const progress of session.run()) {
        const now = Date.now();
        if (now - last < 60) continue;
        last = now;
        scope.postMessage(Object.assign({ type: "progress" }, progress));
      }
      scope.postMessage({ type: "report", report: ssj.report.build(session) });
    }
    scope.onmessage = (event) => {
      try {
        if (event.data.type === "verify") runAll(event.data);
        else scope.postMessage({ type: "enterprise", found: ssj.enterprise.examine(session, event.data.text) });
      } catch (error) {
        scope.postMessage({ type: "crash", message: String(error) });
      }
    };
    scope.postMessage({ type: "ready" });
  }

  // `internals` is for tests.
  ssj.api = { open, verify, serve, report: ssj.report.build, examine: ssj.enterprise.examine, internals: ssj };
})(ssj);
