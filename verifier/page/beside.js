// Only in the portal's page, which stands at …/verify with the record beside it: /d/<draw>/record.json. It is loaded into
// memory at once; what follows needs no network. The page to take away has none of this.
(function () {
  "use strict";

  const place = /^(\/d\/[0-9a-f-]{36}\/)verify$/.exec(location.pathname);
  const byId = (id) => document.getElementById(id);
  if (!place || !window.fetch) return;
  byId("beside").hidden = false;
  const words = byId("beside-words");
  fetch(place[1] + "record.json", { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))
    .then((record) => {
      words.textContent = "本次抽取的记录已经载入（" + Math.ceil(record.byteLength / 1024) + " 千字节），现在可以断开网络再核对。";
      byId("beside-check").disabled = false;
      byId("beside-check").addEventListener("click", () => {
        // A worker takes its buffer for good: each check gets a copy.
        const detail = { name: "本次抽取的记录", buffer: record.slice(0) };
        document.dispatchEvent(new CustomEvent("ssj-record", { detail }));
      });
    })
    .catch(() => {
      words.textContent = "没有载入本次抽取的记录，请稍后刷新，或回到抽取页面下载记录文件。";
    });
})();
