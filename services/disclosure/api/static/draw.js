// Draw page: follows the log by server-sent events, counts down, replays the steps from recorded times. ES2017 at most.
// The page is complete without it.
(function () {
  "use strict";

  const REPLAY_MS = 1500; // one step of the replay

  function part(number, unit) {
    return number + " " + unit;
  }

  function remaining(ms) {
    if (ms <= 0) return "已到";
    const seconds = Math.floor(ms / 1000);
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor(seconds / 3600) % 24;
    const minutes = Math.floor(seconds / 60) % 60;
    const words = [];
    if (days) words.push(part(days, "天"));
    if (days || hours) words.push(part(hours, "小时"));
    words.push(part(minutes, "分"));
    if (!days) words.push(part(seconds % 60, "秒"));
    return "还有 " + words.join(" ");
  }

  function countDown() {
    document.querySelectorAll("[data-countdown]").forEach((node) => {
      node.textContent = remaining(Date.parse(node.getAttribute("data-countdown")) - Date.now());
    });
  }

  function take(html) {
    const found = new DOMParser().parseFromString(html, "text/html").getElementById("draw");
    const old = document.getElementById("draw");
    if (!found || !old) return;
    old.parentNode.replaceChild(document.importNode(found, true), old);
    countDown();
    offerReplay();
  }

  let loading = false;
  let again = false;

  function reload() {
    if (loading) {
      again = true;
      return;
    }
    loading = true;
    const done = () => {
      loading = false;
      if (again) {
        again = false;
        reload();
      }
    };
    fetch(location.href, { cache: "no-cache", credentials: "omit" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then(take)
      .then(done, done);
  }

  function follow(draw) {
    let asking = 0;
    if (draw.getAttribute("data-phase") === "after") return undefined; // what comes now comes with the next visit
    function ask() {
      if (!asking) asking = setInterval(reload, 5000);
    }
    if (!window.EventSource) return ask();
    const source = new EventSource(draw.getAttribute("data-events"));
    source.onerror = () => {
      if (source.readyState === 2) ask(); // no place to listen: the page asks by itself
    };
    source.addEventListener("document", () => {
      reload();
      setTimeout(reload, 3000); // the lists that go with a document come a moment later
    });
    return undefined;
  }

  function offerReplay() {
    const place = document.getElementById("replay-place");
    if (!place || place.firstChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "按记录的时间重放六个步骤";
    const clock = document.createElement("span");
    clock.className = "replay-clock";
    clock.setAttribute("role", "status");
    button.addEventListener("click", () => replay(button, clock));
    place.appendChild(button);
    place.appendChild(clock);
  }

  function replay(button, clock) {
    const steps = Array.from(document.querySelectorAll("#draw-steps > li[data-at]"));
    button.disabled = true;
    function show(at) {
      steps.forEach((step, index) => step.classList.toggle("replaying", index === at));
      if (at >= steps.length) {
        button.disabled = false;
        clock.textContent = "重放完毕";
        return;
      }
      clock.textContent = steps[at].querySelector("time").textContent;
      setTimeout(show, REPLAY_MS, at + 1);
    }
    show(0);
  }

  const draw = document.getElementById("draw");
  if (!draw) return;
  countDown();
  setInterval(countDown, 1000);
  offerReplay();
  follow(draw);
})();
