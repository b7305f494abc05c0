// Strict JSON (section 3). JSON.parse keeps the last of two equal names and takes any number, so two readers could see
// two documents; this parser refuses both. `strict` is for documents; the record file around them is read with the
// same refusal of doubles, but deeper and with any JSON number (kept apart as OddNumber, so no check takes it for one).
(function (ssj) {
  const { refuse } = ssj;
  const INTEGER = /^(0|[1-9][0-9]{0,14})$/;
  const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
  const NUMBER_CHARACTERS = /[-+.0-9eE]*/y;
  const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
  const WORDS = [["true", true], ["false", false], ["null", null]];

  class OddNumber {
    constructor(raw) {
      this.raw = raw;
    }
  }

  class Parser {
    constructor(text, strict) {
      this.text = text;
      this.at = 0;
      this.strict = strict;
      this.deepest = strict ? 64 : 512;
    }

    fail(what) {
      const before = this.text.slice(0, this.at);
      const line = before.split("\n").length;
      refuse("JSON", "第 " + line + " 行第 " + (this.at - before.lastIndexOf("\n")) + " 个字符处：" + what);
    }

    skipSpace() {
      for (;;) {
        const c = this.text.charCodeAt(this.at);
        if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
        this.at += 1;
      }
    }

    document() {
      this.skipSpace();
      if (this.text[this.at] !== "{") this.fail("应当是一个 JSON 对象");
      const value = this.object(1);
      this.skipSpace();
      if (this.at !== this.text.length) this.fail("对象之后还有内容");
      return value;
    }

    value(depth) {
      this.skipSpace();
      const c = this.text[this.at];
      if (c === '"') return this.string();
      if (c === "{") return this.object(depth);
      if (c === "[") return this.array(depth);
      for (const [word, meaning] of WORDS) {
        if (this.text.startsWith(word, this.at)) {
          this.at += word.length;
          return meaning;
        }
      }
      return this.number();
    }

    enter(depth) {
      if (depth > this.deepest) this.fail("嵌套超过 " + this.deepest + " 层");
      this.at += 1;
      this.skipSpace();
    }

    // After a value: true for one more, false at the closing mark.
    more(close) {
      this.skipSpace();
      const c = this.text[this.at];
      if (c !== "," && c !== close) this.fail("应当是逗号或 " + close);
      this.at += 1;
      return c === ",";
    }

    object(depth) {
      this.enter(depth);
      const members = Object.create(null);
      if (this.text[this.at] === "}") {
        this.at += 1;
        return members;
      }
      do {
        this.skipSpace();
        if (this.text[this.at] !== '"') this.fail("应当是成员名");
        const name = this.string();
        if (name in members) this.fail("成员名重复：" + name);
        this.skipSpace();
        if (this.text[this.at] !== ":") this.fail("应当是冒号");
        this.at += 1;
        members[name] = this.value(depth + 1);
      } while (this.more("}"));
      return members;
    }

    array(depth) {
      this.enter(depth);
      const items = [];
      if (this.text[this.at] === "]") {
        this.at += 1;
        return items;
      }
      do items.push(this.value(depth + 1));
      while (this.more("]"));
      return items;
    }

    string() {
      const text = this.text;
      let start = this.at + 1;
      let out = "";
      for (let i = start; ; i += 1) {
        const c = text.charCodeAt(i);
        if (c === 34) {
          this.at = i + 1;
          return out === "" ? text.slice(start, i) : out + text.slice(start, i);
        }
        if (c === 92) {
          this.at = i;
          out += text.slice(start, i) + this.escape();
          start = this.at;
          i = start - 1;
        } else if (!(c >= 32)) {
          this.at = i;
          this.fail("字符串没有结束，或含控制字符");
        }
      }
    }

    escape() {
      const mark = this.text[this.at + 1];
      if (mark === "u") {
        const digits = this.text.slice(this.at + 2, this.at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("\\u 后应当是四位十六进制数");
        this.at += 6;
        return String.fromCharCode(parseInt(digits, 16));
      }
      if (mark === undefined || !Object.prototype.hasOwnProperty.call(ESCAPES, mark)) this.fail("未知的转义");
      this.at += 2;
      return ESCAPES[mark];
    }

    number() {
      NUMBER_CHARACTERS.lastIndex = this.at;
      const raw = NUMBER_CHARACTERS.exec(this.text)[0];
      const whole = INTEGER.test(raw);
      if (!whole && (this.strict || !NUMBER.test(raw))) this.fail("不是协议允许的值");
      this.at += raw.length;
      return whole ? Number(raw) : new OddNumber(raw);
    }
  }

  // First string or name that breaks the text rule, or null.
  function findBadText(value) {
    if (typeof value === "string") return ssj.bytes.isCleanText(value) ? null : value;
    if (value === null || typeof value !== "object") return null;
    for (const name of Object.keys(value)) {
      const bad = Array.isArray(value) || ssj.bytes.isCleanText(name) ? findBadText(value[name]) : name;
      if (bad !== null) return bad;
    }
    return null;
  }

  function requireCleanText(value, what) {
    const bad = findBadText(value);
    if (bad !== null) refuse("TEXT", what + "中有不是 NFC 形式的文字：" + bad.slice(0, 40));
  }

  ssj.json = { parse: (text, strict) => new Parser(text, strict).document(), requireCleanText };
})(ssj);
