// The page around the core: file in, verdicts out. Nothing is shown as passed unless the report says so.
(function () {
  "use strict";

  const STATES = { ok: "一致", failed: "不一致", partial: "部分核对", unchecked: "未核对" };
  const STEPS = {
    file: "读取文件",
    commitment: "核对承诺书",
    pool: "核对名册",
    lists: "核对人员名录",
    openings: "核对披露记录",
    private: "核对审计记录",
    reveal: "核对份额与公共随机源",
    compute: "重算结果",
    log: "核对日志",
  };
  const COLUMNS = new Map([
    ["object_id", "对象编号"],
    ["name", "名称"],
    ["region", "区域"],
    ["industry", "行业"],
    ["credit_class", "信用等级"],
  ]);
  const SLICE_MS = 40; // without a worker: longest stretch between two turns of the page

  const byId = (id) => document.getElementById(id);

  function element(tag, text, className) {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (className) node.className = className;
    return node;
  }

  function empty(node) {
    while (node.firstChild) node.removeChild(node.firstChild);
    return node;
  }

  function fillTable(table, caption, rows) {
    empty(table);
    if (caption) table.appendChild(element("caption", caption));
    const body = table.appendChild(element("tbody"));
    for (const [head, ...cells] of rows) {
      const row = body.appendChild(element("tr"));
      row.appendChild(element("th", head)).setAttribute("scope", "row");
      for (const cell of cells) row.appendChild(element("td", cell));
    }
    return table;
  }

  // ---- engines: a worker made from the core's own text; where that is forbidden, this thread in slices ----

  function localEngine(listen) {
    let session = null;
    function drive(steps) {
      const stop = Date.now() + SLICE_MS;
      try {
        for (let next = steps.next(); ; next = steps.next()) {
          if (next.done) return listen({ type: "report", report: window.ssjVerify.report(session) });
          if (Date.now() < stop) continue;
          listen(Object.assign({ type: "progress" }, next.value));
          return setTimeout(drive, 0, steps);
        }
      } catch (error) {
        return listen({ type: "crash", message: String(error) });
      }
    }
    return {
      kind: "page",
      verify(buffer) {
        session = window.ssjVerify.open(new Uint8Array(buffer), false);
        setTimeout(drive, 0, session.run());
      },
      enterprise(text) {
        listen({ type: "enterprise", found: window.ssjVerify.examine(session, text) });
      },
    };
  }

  function workerEngine(worker, listen) {
    worker.onmessage = (event) => listen(event.data);
    worker.onerror = (event) => listen({ type: "crash", message: event.message || "后台线程出错" });
    return {
      kind: "worker",
      verify: (buffer) => worker.postMessage({ type: "verify", buffer }, [buffer]),
      enterprise: (text) => worker.postMessage({ type: "enterprise", text }),
    };
  }

  // Calls use(engine) once: with the worker when it answers, else with the local engine.
  function startEngine(listen, use) {
    let settled = false;
    function settle(engine) {
      if (settled) return;
      settled = true;
      document.body.setAttribute("data-engine", engine.kind);
      use(engine);
    }
    const fallBack = () => settle(localEngine(listen));
    try {
      const source = new Blob([byId("core").textContent], { type: "text/javascript" });
      const worker = new Worker(URL.createObjectURL(source));
      worker.onerror = fallBack;
      worker.onmessage = () => {
        if (!settled) settle(workerEngine(worker, listen));
      };
      setTimeout(fallBack, 4000);
    } catch (error) {
      fallBack();
    }
  }

  // ---- verdicts ----

  function showOverall(state, title, words) {
    byId("overall").className = "banner " + state;
    byId("overall-title").textContent = title;
    byId("overall-words").textContent = words;
  }

  function showCard({ name, state, code, words }) {
    const card = byId("card-" + name);
    card.className = "card " + state;
    card.querySelector(".state").textContent = STATES[state];
    card.querySelector(".words").textContent = words + (code ? "（" + code + "）" : "");
  }

  function reset(title, words) {
    showOverall("unchecked", title, words);
    for (const name of ["pool", "commitment", "result", "log"]) {
      showCard({ name, state: "unchecked", code: null, words: "待核对。" });
    }
    for (const id of ["notes", "beacons", "facts"]) byId(id).hidden = true;
    empty(byId("own-result"));
  }

  function overallOf({ verdicts, reason, detail, dueError, notes }, seconds) {
    const any = (state) => verdicts.some((verdict) => verdict.state === state);
    const all = verdicts.every((verdict) => verdict.state === "ok");
    const time = "用时 " + seconds + " 秒。";
    if (any("failed") || reason) {
      const due = dueError === null ? "" : "这是一份应当被拒绝的测试文件（" + dueError + "）。";
      return ["failed", "发现不一致", "最先发现的一处：" + detail + "（" + reason + "）。" + due + time];
    }
    if (notes.some((note) => note.own)) return ["partial", "这次抽取已经作废", "没有发现不一致，但它的结果不再有效，见下面的提示。" + time];
    if (all && dueError === null) return ["ok", "四项核对全部一致", "这次抽取可以由任何人重算，结果与公布的相同。" + time];
    if (any("unchecked") || dueError !== null) return ["unchecked", "没有核对完", "有的项目缺少材料，没有核对；其余项目见下。" + time];
    return ["partial", "已公开的部分全部一致", "还有内容尚未公开，公开后请再核对一次。" + time];
  }

  // 2026-03-02T21:30:00+08:00 in words; the protocol knows this one zone only.
  function timeWords(time) {
    const [year, month, day] = time.slice(0, 10).split("-").map(Number);
    return year + " 年 " + month + " 月 " + day + " 日 " + time.slice(11, 19);
  }

  function showList(id, texts) {
    byId(id).hidden = texts.length === 0;
    const list = empty(byId(id + "-list"));
    for (const text of texts) list.appendChild(element("li", text));
  }

  function showReport(report, seconds) {
    showOverall(...overallOf(report, seconds));
    report.verdicts.forEach(showCard);
    showList("notes", report.notes.map((note) => note.text));
    byId("beacons").hidden = report.beacons.length === 0;
    const source = ({ id, ref, value, notBefore }) => [
      [id + " 的来源", ref + "（北京时间 " + timeWords(notBefore) + " 之后公布）"],
      [id + " 在记录里的值", value],
    ];
    fillTable(byId("beacons-table"), "", [].concat(...report.beacons.map(source)));
    byId("facts").hidden = report.facts.length === 0;
    fillTable(byId("facts-table"), "", report.facts);
    byId("overall").focus();
  }

  // ---- an enterprise looks for itself ----

  function scopeWords(one) {
    const where = "抽取范围 " + one.scope + "、分层 " + one.stratum + "（共 " + one.size + " 户，抽 " + one.n + " 户）：";
    const way = one.order === "desc" ? "从大到小" : "从小到大";
    if (one.n === 0) return where + "这个分层没有分到名额，本企业没有抽中。";
    const place = "签号" + way + "排，本企业排第 " + one.position + " 位，";
    const batch = one.batch === null ? "" : "（第 " + one.batch + " 批）";
    const ends = {
      drawn: "在前 " + one.n + " 位之内，抽中" + batch + "。",
      dropped: "曾被抽中或递补，后来因故由替补代替，不再检查。",
      substitute: "起初在前 " + one.n + " 位之外，后来作为替补递补进来。",
      "not-drawn": "在前 " + one.n + " 位之外，没有抽中，也没有作为替补。",
    };
    return where + place + ends[one.outcome];
  }

  const nameColumn = ([column, value]) => [COLUMNS.has(column) ? COLUMNS.get(column) : column, value];

  function showTickets(box, scopes) {
    for (const one of scopes) {
      box.appendChild(element("p", scopeWords(one)));
      const rows = [["本企业的签号", one.ticket]];
      if (one.cut !== null) rows.push(["第 " + one.n + " 位的签号（界线）", one.cut]);
      box.appendChild(fillTable(element("table"), "抽取范围 " + one.scope + " 的签号", rows));
    }
  }

  function showFound(found) {
    const box = empty(byId("own-result"));
    if (!found.ok) {
      const banner = box.appendChild(element("div", "", "banner failed"));
      banner.appendChild(element("strong", "没有核对成功"));
      banner.appendChild(element("p", found.detail + "（" + found.code + "）"));
      return box.focus();
    }
    const drawn = (found.scopes || []).some((one) => one.outcome === "drawn" || one.outcome === "substitute");
    const outcome = found.scopes === null ? "记录没有通过核对，抽中与否无法判断" : drawn ? "抽中了" : "没有抽中";
    const banner = box.appendChild(element("div", "", "banner " + (found.sound ? "ok" : "partial")));
    banner.appendChild(element("strong", "本企业在名册中，" + outcome));
    banner.appendChild(element("p", "标识在分层 " + found.strata.join("、") + " 里，证明算到了承诺书里的树根。"));
    if (!found.sound) banner.appendChild(element("p", "注意：上面的抽取记录有不一致之处，以下内容只能作参考。"));
    const own = found.record.map(nameColumn).concat([["标识", found.token]]);
    box.appendChild(fillTable(element("table"), "名册里的本企业", own));
    showTickets(box, found.scopes || []);
    if (found.team) {
      const rows = found.team.map(({ department, inspector }) => [department, inspector === "-" ? "（空缺）" : inspector]);
      box.appendChild(fillTable(element("table"), "检查组（部门、人员标识）", rows));
    }
    return box.focus();
  }

  // ---- wiring ----

  function readFile(file, asText, then) {
    const reader = new FileReader();
    reader.onload = () => then(reader.result);
    reader.onerror = () => reset("没有核对", "浏览器读不出这个文件。");
    if (asText) reader.readAsText(file);
    else reader.readAsArrayBuffer(file);
  }

  let startedAt = 0;

  function setBusy(busy) {
    byId("running").hidden = !busy;
    byId("file").disabled = busy;
    byId("own-check").disabled = busy;
  }

  const LISTENERS = {
    progress({ step, fraction }) {
      byId("bar").value = Math.round(fraction * 100);
      byId("bar-label").textContent = "正在核对：" + (STEPS[step] || "比较结果");
    },
    report({ report }) {
      setBusy(false);
      showReport(report, (Date.now() - startedAt) / 1000);
    },
    enterprise: ({ found }) => showFound(found),
    crash({ message }) {
      setBusy(false);
      reset("没有核对完", "核对程序出错：" + message);
    },
    ready() {},
  };

  function wire(engine) {
    function begin(name) {
      byId("file-name").textContent = name;
      reset("正在核对", "请稍候。");
      byId("bar").value = 0;
      setBusy(true);
    }
    function verify(buffer) {
      startedAt = Date.now();
      engine.verify(buffer);
    }
    function take(file) {
      if (!file || byId("file").disabled) return;
      begin(file.name);
      readFile(file, false, verify);
    }
    // A portal's page brings the record of its own draw (beside.js); this one never asks for anything.
    document.addEventListener("ssj-record", ({ detail }) => {
      if (byId("file").disabled) return;
      begin(detail.name);
      verify(detail.buffer);
    });
    const input = byId("file");
    input.addEventListener("change", () => {
      take(input.files[0]);
      input.value = ""; // the same file may be chosen again
    });
    const drop = byId("drop");
    const over = (event) => {
      event.preventDefault();
      drop.classList.toggle("over", event.type === "dragover");
    };
    for (const type of ["dragover", "dragleave", "drop"]) drop.addEventListener(type, over);
    drop.addEventListener("drop", (event) => take(event.dataTransfer.files[0]));
    for (const type of ["dragover", "drop"]) window.addEventListener(type, (event) => event.preventDefault());
    byId("own-check").addEventListener("click", () => engine.enterprise(byId("own-text").value));
  }

  byId("own-file").addEventListener("change", () => {
    const [file] = byId("own-file").files;
    if (file) {
      readFile(file, true, (text) => {
        byId("own-text").value = text;
      });
    }
  });
  byId("print").addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  startEngine((message) => LISTENERS[message.type](message), wire);
})();
