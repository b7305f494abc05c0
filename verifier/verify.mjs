// The verifier of ssj-draw/1 for the command line, in one module: node verify.mjs FILE…
// Made by build_page.py from js/*.js and command.js: change those, not this file.
import fs from "node:fs";
import path from "node:path";
const module = { exports: {} };
// Verifier of the public draw protocol ssj-draw/1 (双随机抽取核对程序), without dependencies, without network.
// Made by build_page.py from js/*.js: change those, not this file. ES2017 at most.
// Node: require(); page: window.ssjVerify; worker: messages {type: "verify", buffer} and {type: "enterprise", text}.
(function (root) {
"use strict";
const ssj = {};

// ---- refusal.js ----
// Refusals (section 6): every check that fails throws one, with its stable code and a Chinese explanation.
// `about`: what was at fault, for a closer diagnosis.
(function (ssj) {
  class Refusal extends Error {
    constructor(code, detail, about) {
      super(code + ": " + detail);
      this.code = code;
      this.detail = detail;
      this.about = about;
    }
  }

  ssj.Refusal = Refusal;
  ssj.refuse = function (code, detail, about) {
    throw new Refusal(code, detail, about);
  };
})(ssj);

// ---- bytes.js ----
// Bytes and text: UTF-8, hex, byte order, and the text rule of section 3 (NFC, no lone surrogates).
(function (ssj) {
  const HEX = "0123456789abcdef";
  const NIBBLE = new Int8Array(128).fill(-1);
  for (let i = 0; i < 16; i += 1) NIBBLE[HEX.charCodeAt(i)] = i;

  // A growing byte buffer. Own UTF-8 writer: TextEncoder would silently replace lone surrogates.
  class Writer {
    constructor(capacity) {
      this.bytes = new Uint8Array(capacity || 256);
      this.length = 0;
    }

    reserve(extra) {
      if (this.length + extra <= this.bytes.length) return;
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + extra));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }

    be4(n) {
      this.reserve(4);
      const at = this.length;
      this.bytes[at] = n >>> 24;
      this.bytes[at + 1] = n >>> 16;
      this.bytes[at + 2] = n >>> 8;
      this.bytes[at + 3] = n;
      this.length = at + 4;
    }

    be8(n) {
      this.be4(Math.floor(n / 4294967296));
      this.be4(n >>> 0);
    }

    raw(bytes) {
      this.reserve(bytes.length);
      this.bytes.set(bytes, this.length);
      this.length += bytes.length;
    }

    utf8(text) {
      this.reserve(text.length * 3);
      const out = this.bytes;
      let at = this.length;
      for (let i = 0; i < text.length; i += 1) {
        let c = text.charCodeAt(i);
        if (c < 0x80) {
          out[at++] = c;
          continue;
        }
        if (c >= 0xd800 && c < 0xdc00) c = 0x10000 + ((c - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00);
        if (c < 0x800) {
          out[at++] = 0xc0 | (c >> 6);
        } else {
          if (c < 0x10000) {
            out[at++] = 0xe0 | (c >> 12);
          } else {
            out[at++] = 0xf0 | (c >> 18);
            out[at++] = 0x80 | ((c >> 12) & 63);
          }
          out[at++] = 0x80 | ((c >> 6) & 63);
        }
        out[at++] = 0x80 | (c & 63);
      }
      this.length = at;
    }

    // One part of lp(): length first, text as UTF-8.
    part(value) {
      this.be4(0);
      const start = this.length;
      if (typeof value === "string") this.utf8(value);
      else this.raw(value);
      const end = this.length;
      this.length = start - 4;
      this.be4(end - start);
      this.length = end;
    }

    view() {
      return this.bytes.subarray(0, this.length);
    }

    clear() {
      this.length = 0;
      return this;
    }
  }

  function toHex(bytes, start, end) {
    let text = "";
    const stop = end === undefined ? bytes.length : end;
    for (let i = start || 0; i < stop; i += 1) text += HEX[bytes[i] >> 4] + HEX[bytes[i] & 15];
    return text;
  }

  // Decodes `count` bytes of lower-case hex into target; false when the text is anything else.
  function decodeHex(text, target, offset, count) {
    if (typeof text !== "string" || text.length !== count * 2) return false;
    for (let i = 0; i < count; i += 1) {
      const hi = text.charCodeAt(2 * i);
      const lo = text.charCodeAt(2 * i + 1);
      if (hi > 127 || lo > 127 || NIBBLE[hi] < 0 || NIBBLE[lo] < 0) return false;
      target[offset + i] = (NIBBLE[hi] << 4) | NIBBLE[lo];
    }
    return true;
  }

  // The bytes of valid lower-case hex, or null.
  function fromHex(text) {
    if (typeof text !== "string" || text.length % 2 !== 0) return null;
    const bytes = new Uint8Array(text.length / 2);
    return decodeHex(text, bytes, 0, bytes.length) ? bytes : null;
  }

  function compareBytes(a, aStart, b, bStart, length) {
    for (let i = 0; i < length; i += 1) {
      const difference = a[aStart + i] - b[bStart + i];
      if (difference !== 0) return difference;
    }
    return 0;
  }

  // UTF-8 byte order is code point order; UTF-16 units differ from it only above the surrogates.
  function rankUnit(unit) {
    if (unit < 0xd800) return unit;
    return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
  }

  function compareText(a, b) {
    const common = Math.min(a.length, b.length);
    for (let i = 0; i < common; i += 1) {
      const x = a.charCodeAt(i);
      const y = b.charCodeAt(i);
      if (x !== y) return rankUnit(x) - rankUnit(y);
    }
    return a.length - b.length;
  }

  function hasLoneSurrogate(text) {
    for (let i = 0; i < text.length; i += 1) {
      const c = text.charCodeAt(i);
      if (c < 0xd800 || c > 0xdfff) continue;
      const next = c < 0xdc00 && i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (next < 0xdc00 || next > 0xdfff) return true;
      i += 1;
    }
    return false;
  }

  const NOT_ASCII = /[^\x00-\x7f]/;

  function isCleanText(text) {
    if (!NOT_ASCII.test(text)) return true;
    return !hasLoneSurrogate(text) && text.normalize("NFC") === text;
  }

  function codePoints(text) {
    let count = text.length;
    for (let i = 0; i < text.length; i += 1) {
      const c = text.charCodeAt(i);
      if (c >= 0xdc00 && c <= 0xdfff) count -= 1;
    }
    return count;
  }

  ssj.bytes = { Writer, toHex, decodeHex, fromHex, compareBytes, compareText, isCleanText, codePoints };
})(ssj);

// ---- sha256.js ----
// SHA-256 (FIPS 180-4) as a compression engine: expand() makes the schedule of one block, rounds() mixes it in.
// They are apart so that a block that never changes (the padding of a ticket) is expanded once only.
(function (ssj) {
  const K = new Int32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
  const INITIAL = new Int32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]);

  // w[t] already holds the round constant.
  function expand(w, bytes, at) {
    for (let t = 0; t < 16; t += 1) {
      const i = at + 4 * t;
      w[t] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
    }
    for (let t = 16; t < 64; t += 1) {
      const x = w[t - 15];
      const y = w[t - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
    }
    for (let t = 0; t < 64; t += 1) w[t] = (w[t] + K[t]) | 0;
  }

  function rounds(state, w) {
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    for (let t = 0; t < 64; t += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + (g ^ (e & (f ^ g))) + w[t]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] = (state[0] + a) | 0;
    state[1] = (state[1] + b) | 0;
    state[2] = (state[2] + c) | 0;
    state[3] = (state[3] + d) | 0;
    state[4] = (state[4] + e) | 0;
    state[5] = (state[5] + f) | 0;
    state[6] = (state[6] + g) | 0;
    state[7] = (state[7] + h) | 0;
  }

  ssj.sha256 = { name: "SHA-256", initial: INITIAL, scheduleWords: 64, expand, rounds };
})(ssj);

// ---- sm3.js ----
// SM3 (GB/T 32905-2016), in the same two halves as SHA-256.
(function (ssj) {
  const INITIAL = new Int32Array([
    0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
  ]);
  // T_j rotated left by j mod 32, for j = 0 … 63 (GB/T 32905-2016, 4.2 and 5.3.3).
  const T = new Int32Array(64);
  for (let j = 0; j < 64; j += 1) {
    const t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
    const r = j % 32;
    T[j] = r === 0 ? t : (t << r) | (t >>> (32 - r));
  }

  // 68 words W_0 … W_67; W'_j = W_j xor W_{j+4} is formed in the rounds.
  function expand(w, bytes, at) {
    for (let j = 0; j < 16; j += 1) {
      const i = at + 4 * j;
      w[j] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
    }
    for (let j = 16; j < 68; j += 1) {
      const q = w[j - 3];
      const x = w[j - 16] ^ w[j - 9] ^ ((q << 15) | (q >>> 17));
      const p1 = x ^ ((x << 15) | (x >>> 17)) ^ ((x << 23) | (x >>> 9));
      const r = w[j - 13];
      w[j] = p1 ^ ((r << 7) | (r >>> 25)) ^ w[j - 6];
    }
  }

  function rounds(state, w) {
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    for (let j = 0; j < 64; j += 1) {
      const a12 = (a << 12) | (a >>> 20);
      const sum = (a12 + e + T[j]) | 0;
      const ss1 = (sum << 7) | (sum >>> 25);
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + (ss1 ^ a12) + (w[j] ^ w[j + 4])) | 0;
      const tt2 = (gg + h + ss1 + w[j]) | 0;
      d = c;
      c = (b << 9) | (b >>> 23);
      b = a;
      a = tt1;
      h = g;
      g = (f << 19) | (f >>> 13);
      f = e;
      e = tt2 ^ ((tt2 << 9) | (tt2 >>> 23)) ^ ((tt2 << 17) | (tt2 >>> 15));
    }
    state[0] ^= a;
    state[1] ^= b;
    state[2] ^= c;
    state[3] ^= d;
    state[4] ^= e;
    state[5] ^= f;
    state[6] ^= g;
    state[7] ^= h;
  }

  ssj.sm3 = { name: "SM3", initial: INITIAL, scheduleWords: 68, expand, rounds };
})(ssj);

// ---- hash.js ----
// The suite (section 3): H, T, MAC over one of the two engines, and tickets (5.4) with the padding block kept expanded.
(function (ssj) {
  const { Writer } = ssj.bytes;

  function store(state, target, offset) {
    for (let i = 0; i < 8; i += 1) {
      const word = state[i];
      const at = offset + 4 * i;
      target[at] = word >>> 24;
      target[at + 1] = word >>> 16;
      target[at + 2] = word >>> 8;
      target[at + 3] = word;
    }
  }

  // Streaming hash. from() resumes from a kept state (HMAC pads) after `done` whole blocks.
  class Hasher {
    constructor(engine) {
      this.engine = engine;
      this.schedule = new Int32Array(engine.scheduleWords);
      this.state = new Int32Array(8);
      this.block = new Uint8Array(64);
      this.reset();
    }

    reset() {
      return this.from(this.engine.initial, 0);
    }

    from(state, done) {
      this.state.set(state);
      this.total = done * 64;
      this.filled = 0;
      return this;
    }

    update(bytes) {
      const { engine, state, schedule, block } = this;
      let at = 0;
      this.total += bytes.length;
      if (this.filled > 0) {
        at = Math.min(64 - this.filled, bytes.length);
        block.set(bytes.subarray(0, at), this.filled);
        this.filled += at;
        if (this.filled < 64) return this;
        engine.expand(schedule, block, 0);
        engine.rounds(state, schedule);
        this.filled = 0;
      }
      for (; at + 64 <= bytes.length; at += 64) {
        engine.expand(schedule, bytes, at);
        engine.rounds(state, schedule);
      }
      if (at < bytes.length) {
        block.set(bytes.subarray(at), 0);
        this.filled = bytes.length - at;
      }
      return this;
    }

    digest(target, offset) {
      const { engine, state, schedule, block } = this;
      const bits = this.total * 8;
      block[this.filled] = 0x80;
      block.fill(0, this.filled + 1);
      if (this.filled >= 56) {
        engine.expand(schedule, block, 0);
        engine.rounds(state, schedule);
        block.fill(0);
      }
      const high = Math.floor(bits / 4294967296);
      const low = bits >>> 0;
      for (let i = 0; i < 4; i += 1) {
        block[56 + i] = high >>> (24 - 8 * i);
        block[60 + i] = low >>> (24 - 8 * i);
      }
      engine.expand(schedule, block, 0);
      engine.rounds(state, schedule);
      const out = target || new Uint8Array(32);
      store(state, out, offset || 0);
      return out;
    }
  }

  // H(A || token) for one A and many tokens: one full block, then a padding block whose schedule never changes.
  function ticketMaker(engine, prefix) {
    const block = new Uint8Array(64);
    const schedule = new Int32Array(engine.scheduleWords);
    const padding = new Int32Array(engine.scheduleWords);
    const state = new Int32Array(8);
    block[0] = 0x80;
    block[62] = 2; // 512 bits
    engine.expand(padding, block, 0);
    block.set(prefix);
    return function (tokens, from, to, tickets) {
      for (let at = from * 32; at < to * 32; at += 32) {
        for (let i = 0; i < 32; i += 1) block[32 + i] = tokens[at + i];
        state.set(engine.initial);
        engine.expand(schedule, block, 0);
        engine.rounds(state, schedule);
        engine.rounds(state, padding);
        store(state, tickets, at);
      }
    };
  }

  function makeSuite(engine) {
    const hasher = new Hasher(engine);
    const scratch = new Writer(1024);
    const pads = new Uint8Array(64);

    function lp(parts) {
      scratch.clear();
      for (const part of parts) scratch.part(part);
      return scratch.view();
    }

    function padState(key, mask) {
      pads.fill(mask);
      for (let i = 0; i < key.length; i += 1) pads[i] ^= key[i];
      return hasher.reset().update(pads).state.slice();
    }

    return {
      name: engine.name,
      hash: (bytes) => hasher.reset().update(bytes).digest(),
      hashText(text) {
        scratch.clear().utf8(text);
        return hasher.reset().update(scratch.view()).digest();
      },
      // H(each row followed by LF)
      hashList(rows) {
        hasher.reset();
        for (const row of rows) {
          scratch.clear().utf8(row + "\n");
          hasher.update(scratch.view());
        }
        return hasher.digest();
      },
      T: (...parts) => hasher.reset().update(lp(parts)).digest(),
      hashParts: (...pieces) => {
        hasher.reset();
        for (const piece of pieces) hasher.update(piece);
        return hasher.digest();
      },
      // HMAC (RFC 2104) of a key of at most 64 bytes, both padded keys hashed once.
      macOf(key) {
        const inner = padState(key, 0x36);
        const outer = padState(key, 0x5c);
        return (...parts) => {
          const inside = hasher.from(inner, 1).update(lp(parts)).digest();
          return hasher.from(outer, 1).update(inside).digest();
        };
      },
      ticketsOf: (prefix) => ticketMaker(engine, prefix),
    };
  }

  ssj.suites = { "SHA-256": makeSuite(ssj.sha256), SM3: makeSuite(ssj.sm3) };
})(ssj);

// ---- natural.js ----
// Exact natural numbers beyond 2^53 (sections 5.2 and 5.3 need up to 2^96): little-endian limbs of 24 bits, no leading
// zero limb. Only a few dozen such operations happen in a draw, so plainness is worth more than speed here.
(function (ssj) {
  const BASE = 16777216;

  function trim(limbs) {
    while (limbs.length > 0 && limbs[limbs.length - 1] === 0) limbs.pop();
    return limbs;
  }

  // From a whole number 0 … 2^53.
  function of(n) {
    const limbs = [];
    for (let rest = n; rest > 0; rest = Math.floor(rest / BASE)) limbs.push(rest % BASE);
    return limbs;
  }

  function add(a, b) {
    const limbs = [];
    let carry = 0;
    for (let i = 0; i < Math.max(a.length, b.length) || carry > 0; i += 1) {
      const sum = (a[i] || 0) + (b[i] || 0) + carry;
      limbs.push(sum % BASE);
      carry = sum >= BASE ? 1 : 0;
    }
    return limbs;
  }

  function compare(a, b) {
    if (a.length !== b.length) return a.length - b.length;
    for (let i = a.length - 1; i >= 0; i -= 1) if (a[i] !== b[i]) return a[i] - b[i];
    return 0;
  }

  // a - b for a >= b.
  function subtract(a, b) {
    const limbs = [];
    let borrow = 0;
    for (let i = 0; i < a.length; i += 1) {
      const difference = a[i] - (b[i] || 0) - borrow;
      borrow = difference < 0 ? 1 : 0;
      limbs.push(difference + borrow * BASE);
    }
    return trim(limbs);
  }

  function multiply(a, b) {
    const limbs = new Array(a.length + b.length).fill(0);
    for (let i = 0; i < a.length; i += 1) {
      let carry = 0;
      for (let j = 0; j < b.length || carry > 0; j += 1) {
        const sum = limbs[i + j] + a[i] * (b[j] || 0) + carry;
        limbs[i + j] = sum % BASE;
        carry = Math.floor(sum / BASE);
      }
    }
    return trim(limbs);
  }

  // Long division, one bit at a time.
  function divide(a, b) {
    const quotient = new Array(a.length).fill(0);
    let rest = [];
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let bit = 23; bit >= 0; bit -= 1) {
        rest = add(add(rest, rest), (a[i] >>> bit) & 1 ? [1] : []);
        if (compare(rest, b) >= 0) {
          rest = subtract(rest, b);
          quotient[i] += Math.pow(2, bit);
        }
      }
    }
    return { quotient: trim(quotient), rest };
  }

  function toNumber(a) {
    return a.reduceRight((total, limb) => total * BASE + limb, 0);
  }

  function fromDecimal(text) {
    let value = [];
    for (const digit of text) value = add(multiply(value, [10]), of(Number(digit)));
    return value;
  }

  function toDecimal(a) {
    let digits = "";
    for (let rest = a; rest.length > 0; ) {
      const step = divide(rest, [10]);
      digits = String(toNumber(step.rest)) + digits;
      rest = step.quotient;
    }
    return digits || "0";
  }

  function fromBytes(bytes) {
    let value = [];
    for (const byte of bytes) value = add(multiply(value, [256]), of(byte));
    return value;
  }

  ssj.natural = { of, add, compare, subtract, multiply, divide, toNumber, fromDecimal, toDecimal, fromBytes };
})(ssj);

// ---- json.js ----
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

// ---- types.js ----
// Types of section 4. A check takes (value, path) and refuses with FIELD; members not listed are refused.
(function (ssj) {
  const { refuse } = ssj;
  const { codePoints } = ssj.bytes;
  const NOT_IN_ID = /[\x00-\x20\x7f/,|"\\]/;
  const NOT_IN_LINE = /[\x00-\x1f\x7f]/;
  const HEX64 = /^[0-9a-f]{64}$/;
  const DATE = /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;
  const TIME = /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+08:00$/;
  const UINT_MAX = 4294967295;

  const isText = (value) => typeof value === "string";
  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const hasOnly = (value, names) => Object.keys(value).every((name) => names.indexOf(name) >= 0);
  const isWhole = (value) => typeof value === "number";
  const isId = (v) => isText(v) && v !== "" && v.length <= 128 && codePoints(v) <= 64 && !NOT_IN_ID.test(v);
  const isHex = (value) => isText(value) && HEX64.test(value);
  const isLine = (value) => isText(value) && codePoints(value) <= 2000 && !NOT_IN_LINE.test(value);
  const isDate = (value) => isText(value) && DATE.test(value);
  const isTime = (value) => isText(value) && TIME.test(value);

  function check(test, name) {
    return (value, path) => {
      if (!test(value)) refuse("FIELD", path + " 不符合类型 " + name);
    };
  }

  function whole(low, high) {
    return check((v) => isWhole(v) && v >= low && v <= high, "整数 " + low + "…" + high);
  }

  function oneOf(...allowed) {
    return check((value) => allowed.indexOf(value) >= 0, allowed.join(" / "));
  }

  function list(item, least) {
    return (value, path) => {
      if (!Array.isArray(value) || value.length < least) refuse("FIELD", path + " 应当是数组，至少 " + least + " 项");
      value.forEach((one, i) => item(one, path + "[" + i + "]"));
    };
  }

  // members: {name: check}; a name ending in "?" may be absent.
  function shape(members) {
    const known = Object.create(null);
    for (const name of Object.keys(members)) known[name.replace("?", "")] = true;
    return (value, path) => {
      if (!isObject(value)) refuse("FIELD", path + " 应当是对象");
      for (const name of Object.keys(value)) if (!(name in known)) refuse("FIELD", path + " 有未知成员 " + name);
      for (const key of Object.keys(members)) {
        const name = key.replace("?", "");
        if (name in value) members[key](value[name], path + "." + name);
        else if (name === key) refuse("FIELD", path + " 缺少成员 " + name);
      }
    };
  }

  ssj.types = {
    isText,
    isObject,
    hasOnly,
    isId,
    isHex,
    isDate,
    isWhole,
    check,
    id: check(isId, "ID"),
    hex: check(isHex, "HEX"),
    line: check(isLine, "LINE"),
    date: check(isDate, "DATE"),
    time: check(isTime, "TIME"),
    uint: whole(0, UINT_MAX),
    UINT_MAX,
    whole,
    oneOf,
    list,
    shape,
  };
})(ssj);

// ---- pattern.js ----
// Beacon patterns (section 4). Matching carries sets of positions, so it never backtracks.
(function (ssj) {
  const LITERAL = /[0-9A-Za-z:_,=-]/;
  const COUNT = /\{([1-9][0-9]{0,2})(?:,([1-9][0-9]{0,2}))?\}/y;
  const CLASS = /\[((?:[0-9A-Za-z]-[0-9A-Za-z]|[0-9A-Za-z])+)\]/y;
  const CLASS_PART = /[0-9A-Za-z]-[0-9A-Za-z]|[0-9A-Za-z]/g;
  const KINDS = [/[0-9]/, /[A-Z]/, /[a-z]/];

  const kindOf = (character) => KINDS.findIndex((kind) => kind.test(character));

  // Allowed code units of a class body, or null when a range is not within one kind or not rising.
  function classSet(body) {
    const set = new Set();
    for (const part of body.match(CLASS_PART)) {
      const low = part.charCodeAt(0);
      const high = part.charCodeAt(part.length - 1);
      if (part.length > 1 && (low >= high || kindOf(part[0]) !== kindOf(part[2]))) return null;
      for (let c = low; c <= high; c += 1) set.add(c);
    }
    return set;
  }

  class PatternReader {
    constructor(text) {
      this.text = text;
      this.at = 0;
    }

    sticky(expression) {
      expression.lastIndex = this.at;
      const found = expression.exec(this.text);
      if (found) this.at += found[0].length;
      return found;
    }

    // {items, counted} up to the end or a closing bracket; null when the grammar is broken.
    sequence(depth) {
      const items = [];
      let counted = false;
      while (this.at < this.text.length && this.text[this.at] !== ")") {
        const atom = this.atom(depth);
        if (atom === null) return null;
        const count = this.sticky(COUNT);
        const least = count ? Number(count[1]) : 1;
        const most = count && count[2] ? Number(count[2]) : least;
        if (most < least || (count && atom.counted)) return null;
        counted = counted || count !== null || atom.counted;
        items.push({ atom, least, most });
      }
      return items.length === 0 ? null : { items, counted };
    }

    atom(depth) {
      const c = this.text[this.at];
      if (c === "(") return depth === 2 ? null : this.group(depth + 1);
      if (c === "[") {
        const found = this.sticky(CLASS);
        const set = found && classSet(found[1]);
        return set ? { set, counted: false } : null;
      }
      if (c === "\\" && this.text[this.at + 1] === ".") {
        this.at += 2;
        return { set: new Set([46]), counted: false };
      }
      if (!LITERAL.test(c)) return null;
      this.at += 1;
      return { set: new Set([c.charCodeAt(0)]), counted: false };
    }

    group(depth) {
      this.at += 1;
      const inside = this.sequence(depth);
      if (inside === null || this.text[this.at] !== ")") return null;
      this.at += 1;
      return inside;
    }
  }

  // The parsed pattern, or null when it is not one.
  function parse(text) {
    if (typeof text !== "string" || text === "" || text.length > 200) return null;
    const reader = new PatternReader(text);
    const whole = reader.sequence(0);
    return whole !== null && reader.at === text.length ? whole : null;
  }

  function stepAtom(atom, value, positions) {
    if (atom.items) return stepSequence(atom.items, value, positions);
    const next = new Set();
    for (const p of positions) if (p < value.length && atom.set.has(value.charCodeAt(p))) next.add(p + 1);
    return next;
  }

  function stepSequence(items, value, positions) {
    let current = positions;
    for (const { atom, least, most } of items) {
      const reached = new Set();
      for (let n = 1; n <= most && current.size > 0; n += 1) {
        current = stepAtom(atom, value, current);
        if (n >= least) current.forEach((p) => reached.add(p));
      }
      current = reached;
    }
    return current;
  }

  function matches(text, value) {
    return stepSequence(parse(text).items, value, new Set([0])).has(value.length);
  }

  ssj.pattern = { isPattern: (text) => parse(text) !== null, matches };
})(ssj);

// ---- documents.js ----
// The seven documents (section 4): rows TEXT, JSON, SPEC, FIELD of section 6.
(function (ssj) {
  const { refuse } = ssj;
  const t = ssj.types;

  const text = t.check(t.isText, "文本"); // judged by SPEC already
  const COMMON = {
    spec: text,
    kind: text,
    suite: text,
    draw_id: t.id,
    log_seq: t.whole(1, t.UINT_MAX),
    log_prev: t.hex,
    published_at: t.time,
  };
  const FOLLOWING = Object.assign({ commit_hash: t.hex }, COMMON);
  const pattern = t.check(ssj.pattern.isPattern, "pattern");
  const isTrue = t.check((value) => value === true, "true");

  const slot = t.shape({ "role?": t.oneOf("lead", "member", "expert"), "tags?": t.list(t.id, 0) });
  const department = t.shape({ id: t.id, team: t.list(slot, 1) });
  const weighted = t.shape({ stratum: t.id, "weight?": t.whole(1, 1000000) });
  const bounds = { stratum: t.id, mode: t.id, "min?": t.uint, "max?": t.uint };
  const byMode = {
    all: t.shape(bounds),
    count: t.shape(Object.assign({ n: t.uint }, bounds)),
    ratio: t.shape(Object.assign({ ppm: t.whole(0, 1000000), round: t.oneOf("ceil", "floor", "random") }, bounds)),
  };

  function moded(value, path) {
    const mode = t.isObject(value) ? value.mode : undefined;
    if (!t.isText(mode) || !Object.prototype.hasOwnProperty.call(byMode, mode)) {
      refuse("FIELD", path + ".mode 应当是 count / ratio / all");
    }
    byMode[mode](value, path);
  }

  function scopeShape(entry) {
    return t.shape({
      id: t.id,
      group: t.id,
      "order?": t.oneOf("asc", "desc"),
      "batches?": t.whole(1, 100000),
      "total?": t.uint,
      strata: t.list(entry, 1),
      departments: t.list(department, 1),
    });
  }

  const scopeWithTotal = scopeShape(weighted);
  const scopeWithModes = scopeShape(moded);

  function scope(value, path) {
    (t.isObject(value) && "total" in value ? scopeWithTotal : scopeWithModes)(value, path);
  }

  const beacon = t.shape({ id: t.id, ref: t.line, not_before: t.time, pattern });
  const COMMITMENT = {
    task_id: t.id,
    "replaces?": t.id,
    "note?": t.line,
    columns: t.list(t.id, 2),
    blind_key_commit: t.hex,
    strata: t.list(t.shape({ id: t.id, size: t.uint, root: t.hex }), 1),
    roster_hash: t.hex,
    recusal_hash: t.hex,
    scopes: t.list(scope, 1),
    match: t.shape({ balance: t.oneOf("campaign", "year") }),
    window_end: t.date,
    parties: t.list(t.shape({ id: t.id, commit: t.hex }), 1),
    min_shares: t.uint,
    reveal_deadline: t.time,
    beacons: t.list(beacon, 0),
    "no_beacon_profile?": isTrue,
  };
  const SHARES = { shares: t.list(t.shape({ party: t.id, value: t.hex }), 0) };
  const BEACONS = { beacons: t.list(t.shape({ id: t.id, value: t.line }), 0) };
  const SUBSTITUTION = { drop: t.hex, "inspector?": t.hex, reason: t.line };

  const BY_KIND = {
    commitment: t.shape(Object.assign({}, COMMON, COMMITMENT)),
    shares: t.shape(Object.assign({}, FOLLOWING, SHARES)),
    beacon: t.shape(Object.assign({}, FOLLOWING, BEACONS)),
    result: t.shape(Object.assign({ seed: t.hex, version: t.uint, result_hash: t.hex }, FOLLOWING)),
    substitution: t.shape(Object.assign({}, FOLLOWING, SUBSTITUTION)),
    disclosure: t.shape(Object.assign({ openings_hash: t.hex }, FOLLOWING)),
    void: t.shape(Object.assign({ reason: t.line, "late?": isTrue }, FOLLOWING)),
  };

  function requireColumns(columns) {
    if (columns[0] !== "object_id") refuse("FIELD", "columns 的第一列应当是 object_id");
    if (columns.indexOf("region") < 0) refuse("FIELD", "columns 缺少 region");
  }

  // A document read from its exact text. `kind`: the kind expected, or absent for any.
  function read(source, what, kind) {
    if (!t.isText(source)) refuse("TEXT", what + "不是文本");
    if (!ssj.bytes.isCleanText(source)) refuse("TEXT", what + "的文本不是 NFC 形式，或含孤立代理码");
    const document = ssj.json.parse(source, true);
    ssj.json.requireCleanText(document, what);
    if (document.spec !== "ssj-draw/1") refuse("SPEC", what + "的 spec 不是 ssj-draw/1");
    if (!t.isText(document.kind) || !Object.prototype.hasOwnProperty.call(BY_KIND, document.kind)) {
      refuse("SPEC", what + "的 kind 未知");
    }
    if (kind && document.kind !== kind) refuse("SPEC", what + "的 kind 应当是 " + kind);
    if (document.suite !== "SHA-256" && document.suite !== "SM3") refuse("SPEC", what + "的 suite 未知");
    BY_KIND[document.kind](document, what);
    if (document.kind === "commitment") requireColumns(document.columns);
    return document;
  }

  ssj.documents = {
    read,
    reveal: t.shape(Object.assign({}, SHARES, BEACONS)),
    substitutions: t.list(t.shape(SUBSTITUTION), 0),
  };
})(ssj);

// ---- commitment.js ----
// The commitment (承诺书): rows DUPLICATE_ID … CEREMONY of section 6.
(function (ssj) {
  const { refuse, natural } = ssj;
  const TWO_63 = natural.multiply(natural.of(4294967296), natural.of(2147483648));

  function requireDistinct(ids, what) {
    const seen = new Set();
    for (const id of ids) {
      if (seen.has(id)) refuse("DUPLICATE_ID", what + " " + id + " 出现两次");
      seen.add(id);
    }
  }

  const idsOf = (things) => things.map((thing) => thing.id);

  function checkDuplicates(c) {
    requireDistinct(c.columns, "列");
    requireDistinct(idsOf(c.strata), "分层");
    requireDistinct(idsOf(c.scopes), "抽取范围");
    requireDistinct(idsOf(c.parties), "见证方");
    requireDistinct(idsOf(c.beacons), "公共随机源");
    for (const scope of c.scopes) {
      requireDistinct(scope.strata.map((entry) => entry.stratum), "抽取范围 " + scope.id + " 的分层");
      requireDistinct(idsOf(scope.departments), "抽取范围 " + scope.id + " 的部门");
    }
  }

  function checkReferences(c) {
    const declared = new Set(idsOf(c.strata));
    for (const scope of c.scopes) {
      for (const { stratum } of scope.strata) {
        if (!declared.has(stratum)) refuse("REFERENCE", "抽取范围 " + scope.id + " 用到未声明的分层 " + stratum);
      }
    }
  }

  function checkTeam(team, where) {
    const firstExpert = team.findIndex((slot) => slot.role === "expert");
    const officers = team.filter((slot) => slot.role !== "expert").length;
    if (officers < 2) refuse("TEAM", where + "的执法人员少于两名");
    if (firstExpert >= 0 && firstExpert !== officers) refuse("TEAM", where + "的专家之后还有执法人员");
    for (const slot of team) {
      if ((slot.tags || []).indexOf("expert") >= 0) refuse("TEAM", where + "用到保留标签 expert");
    }
  }

  // M = sum of size x weight (5.3).
  function totalWeight(scope, sizes) {
    const w = (entry) => natural.of(sizes[entry.stratum] * (entry.weight || 1));
    return scope.strata.reduce((sum, entry) => natural.add(sum, w(entry)), []);
  }

  function checkAllocation(scope, sizes) {
    const where = "抽取范围 " + scope.id;
    for (const entry of scope.strata) {
      if ("min" in entry && "max" in entry && entry.min > entry.max) {
        refuse("ALLOC", where + " 分层 " + entry.stratum + " 的 min 大于 max");
      }
    }
    if (!("total" in scope)) return;
    const all = totalWeight(scope, sizes);
    if (natural.compare(all, TWO_63) > 0) refuse("ALLOC", where + " 的总权重超过 2^63");
    for (const entry of scope.strata) {
      const asked = natural.of(scope.total * (entry.weight || 1));
      if (sizes[entry.stratum] > 0 && natural.compare(asked, all) > 0) {
        refuse("ALLOC", where + " 可能要分层 " + entry.stratum + " 抽出比它更多的对象");
      }
    }
  }

  function checkCeremony(c) {
    const bare = c.beacons.length === 0;
    if (c.min_shares < 2 || c.min_shares > c.parties.length) refuse("CEREMONY", "min_shares 应当在 2 与见证方数之间");
    if (bare !== "no_beacon_profile" in c) refuse("CEREMONY", "no_beacon_profile 应当且仅当没有公共随机源时出现");
    if (bare && c.min_shares !== c.parties.length) refuse("CEREMONY", "没有公共随机源时，须全部见证方交份额");
    if (!(c.reveal_deadline > c.published_at)) refuse("CEREMONY", "reveal_deadline 应当晚于 published_at");
    for (const beacon of c.beacons) {
      if (c.reveal_deadline < beacon.not_before) continue;
      refuse("CEREMONY", "reveal_deadline 应当早于 " + beacon.id + " 的 not_before");
    }
  }

  // Rows DUPLICATE_ID … CEREMONY, each over the whole document before the next.
  function checkRules(c) {
    const sizes = Object.create(null);
    for (const stratum of c.strata) sizes[stratum.id] = stratum.size;
    checkDuplicates(c);
    checkReferences(c);
    for (const scope of c.scopes) {
      for (const d of scope.departments) checkTeam(d.team, "抽取范围 " + scope.id + " 部门 " + d.id);
    }
    for (const scope of c.scopes) checkAllocation(scope, sizes);
    checkCeremony(c);
  }

  ssj.commitment = { checkRules, totalWeight };
})(ssj);

// ---- merkle.js ----
// Merkle tree of a stratum's tokens (section 3; RFC 6962, RFC 9162 section 2.1.3.2).
(function (ssj) {
  const { fromHex, toHex, compareBytes } = ssj.bytes;
  const CHUNK_TOKENS = 256;
  const LEAF = new Uint8Array([0]);
  const NODE = new Uint8Array([1]);
  const EMPTY = new Uint8Array(0);
  const PROOF_MEMBERS = ["stratum", "token", "chunk_index", "chunk", "path"];

  const chunkCount = (size) => Math.ceil(size / CHUNK_TOKENS);
  const leafHash = (suite, chunk) => suite.hashParts(LEAF, chunk);
  const nodeHash = (suite, left, right) => suite.hashParts(NODE, left, right);

  // Subtrees of the powers of two in n, merged from the right, are the split at the largest power of two below n.
  class TreeBuilder {
    constructor(suite) {
      this.suite = suite;
      this.stack = [];
      this.count = 0;
    }

    add(chunk) {
      let hash = leafHash(this.suite, chunk);
      this.count += 1;
      for (let n = this.count; n % 2 === 0; n /= 2) hash = nodeHash(this.suite, this.stack.pop(), hash);
      this.stack.push(hash);
    }

    root() {
      if (this.count === 0) return this.suite.hash(EMPTY);
      return this.stack.reduceRight((right, left) => nodeHash(this.suite, left, right));
    }
  }

  // 32-byte tokens, strictly increasing, one of them the token asked for.
  function chunkHolds(chunk, token) {
    let found = false;
    for (let at = 0; at < chunk.length; at += 32) {
      if (at > 0 && compareBytes(chunk, at - 32, chunk, at, 32) >= 0) return false;
      if (compareBytes(chunk, at, token, 0, 32) === 0) found = true;
    }
    return found;
  }

  function climb(suite, leaf, index, leaves, path) {
    let fn = index;
    let sn = leaves - 1;
    let hash = leaf;
    for (const sibling of path) {
      if (sn === 0) return null;
      if (fn % 2 === 1 || fn === sn) {
        hash = nodeHash(suite, sibling, hash);
        while (fn % 2 === 0 && fn !== 0) {
          fn = Math.floor(fn / 2);
          sn = Math.floor(sn / 2);
        }
      } else {
        hash = nodeHash(suite, hash, sibling);
      }
      fn = Math.floor(fn / 2);
      sn = Math.floor(sn / 2);
    }
    return sn === 0 ? hash : null;
  }

  function isWellFormed(proof) {
    const t = ssj.types;
    if (!t.isObject(proof)) return false;
    const names = Object.keys(proof).filter((name) => name !== "valid");
    if (names.length !== PROOF_MEMBERS.length || !PROOF_MEMBERS.every((name) => name in proof)) return false;
    if (!t.isHex(proof.token) || !t.isWhole(proof.chunk_index) || !t.isText(proof.chunk)) return false;
    return Array.isArray(proof.path) && proof.path.every(t.isHex);
  }

  // Does the proof show that its token is in the stratum, as committed? A malformed proof does not.
  function proves(suite, commitment, proof) {
    if (!isWellFormed(proof)) return false;
    const stratum = commitment.strata.find((one) => one.id === proof.stratum);
    const chunk = fromHex(proof.chunk);
    if (!stratum || chunk === null || proof.chunk_index >= chunkCount(stratum.size)) return false;
    const tokens = Math.min(CHUNK_TOKENS, stratum.size - proof.chunk_index * CHUNK_TOKENS);
    if (chunk.length !== tokens * 32 || !chunkHolds(chunk, fromHex(proof.token))) return false;
    const leaf = leafHash(suite, chunk);
    const root = climb(suite, leaf, proof.chunk_index, chunkCount(stratum.size), proof.path.map(fromHex));
    return root !== null && toHex(root) === stratum.root;
  }

  ssj.merkle = { TreeBuilder, proves, CHUNK_TOKENS };
})(ssj);

// ---- pool.js ----
// The pool (冻结的抽取名册): rows POOL_FORM … POOL_OVERLAP. A stratum's tokens are one byte array, 32 bytes each.
(function (ssj) {
  const { refuse } = ssj;
  const { decodeHex, compareBytes, toHex } = ssj.bytes;
  const SLICE = 8192; // tokens between two reports of progress

  function* readTokens(id, rows, progress) {
    if (!Array.isArray(rows)) refuse("POOL_FORM", "缺少分层 " + id + " 的标识列表");
    const tokens = new Uint8Array(rows.length * 32);
    for (let i = 0; i < rows.length; i += 1) {
      if (!decodeHex(rows[i], tokens, 32 * i, 32)) {
        refuse("POOL_FORM", "分层 " + id + " 第 " + (i + 1) + " 行不是 64 位小写十六进制标识");
      }
      if (i % SLICE === SLICE - 1) yield progress(SLICE);
    }
    return tokens;
  }

  function requireOrder(stratum) {
    const { tokens } = stratum;
    for (let at = 32; at < tokens.length; at += 32) {
      if (compareBytes(tokens, at - 32, tokens, at, 32) >= 0) {
        const row = at / 32 + 1;
        refuse("POOL_ORDER", "分层 " + stratum.id + " 第 " + row + " 行 " + toHex(tokens, at, at + 32) + " 没有大于上一行");
      }
    }
  }

  function* requireRoot(suite, stratum, progress) {
    const size = stratum.tokens.length / 32;
    if (size !== stratum.size) {
      refuse("POOL_ROOT", "分层 " + stratum.id + " 有 " + size + " 个标识，承诺书写的是 " + stratum.size, stratum);
    }
    const step = ssj.merkle.CHUNK_TOKENS * 32;
    const tree = new ssj.merkle.TreeBuilder(suite);
    for (let at = 0; at < stratum.tokens.length; at += step) {
      tree.add(stratum.tokens.subarray(at, Math.min(at + step, stratum.tokens.length)));
      if (tree.count % 32 === 0) yield progress(SLICE);
    }
    const root = toHex(tree.root());
    if (root !== stratum.root) {
      refuse("POOL_ROOT", "分层 " + stratum.id + " 算出的树根 " + root + " 不是承诺书的 " + stratum.root, stratum);
    }
  }

  // First token that two increasing lists share, as hex, or null.
  function sharedToken(a, b) {
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
      const order = compareBytes(a, i, b, j, 32);
      if (order === 0) return toHex(a, i, i + 32);
      if (order < 0) i += 32;
      else j += 32;
    }
    return null;
  }

  function requireDisjoint(scope, strata, done) {
    const ids = scope.strata.map((entry) => entry.stratum).sort();
    for (let i = 0; i < ids.length; i += 1) {
      for (let j = i + 1; j < ids.length; j += 1) {
        const pair = ids[i] + "/" + ids[j];
        if (done.has(pair)) continue;
        done.add(pair);
        const token = sharedToken(strata.get(ids[i]).tokens, strata.get(ids[j]).tokens);
        if (token !== null) {
          refuse("POOL_OVERLAP", "抽取范围 " + scope.id + " 的分层 " + ids[i] + " 与 " + ids[j] + " 都有 " + token);
        }
      }
    }
  }

  // Map stratum id -> {id, size, root, tokens}. Each row of section 6 over all strata before the next.
  function* check(suite, commitment, lists, progress) {
    const strata = new Map();
    const source = ssj.types.isObject(lists) ? lists : {};
    for (const { id, size, root } of commitment.strata) {
      const tokens = yield* readTokens(id, id in source ? source[id] : undefined, progress);
      strata.set(id, { id, size, root, tokens });
    }
    for (const stratum of strata.values()) requireOrder(stratum);
    yield progress(0);
    for (const stratum of strata.values()) yield* requireRoot(suite, stratum, progress);
    const done = new Set();
    for (const scope of commitment.scopes) {
      requireDisjoint(scope, strata, done);
      yield progress(0);
    }
    return strata;
  }

  // Row of a token in a stratum, or -1.
  function find(stratum, token) {
    let low = 0;
    let high = stratum.tokens.length / 32 - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = compareBytes(stratum.tokens, 32 * middle, token, 0, 32);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  function holds(strata, token) {
    for (const stratum of strata.values()) if (find(stratum, token) >= 0) return true;
    return false;
  }

  ssj.pool = { check, find, holds };
})(ssj);

// ---- lists.js ----
// Roster and recusals: rows LIST_FORM, LIST_HASH (lists of section 3, rows of section 4).
(function (ssj) {
  const { refuse } = ssj;
  const { compareText, isCleanText, toHex, fromHex } = ssj.bytes;
  const t = ssj.types;
  const SMALL = /^(0|[1-9][0-9]{0,8})$/;
  const REGION = /^[0-9]{2,12}$/;

  function isRegions(field) {
    if (field === "*") return true;
    const regions = field.split(",");
    return regions.every((region) => REGION.test(region)) && new Set(regions).size === regions.length;
  }

  const isTags = (field) => field === "" || field.split(",").every(t.isId);
  const ROSTER_FIELDS = [
    ["标识", t.isHex],
    ["部门", t.isId],
    ["区域", isRegions],
    ["标签", isTags],
    ["证件有效期", t.isDate],
    ["任务上限", (field) => SMALL.test(field)],
    ["年度任务数", (field) => SMALL.test(field)],
  ];
  const RECUSAL_FIELDS = [["对象标识", t.isHex], ["人员标识", t.isHex]];

  // The fields of each row; refuses with `code` what is not a list of such rows in strictly increasing byte order.
  function readRows(rows, fields, what, code) {
    if (!Array.isArray(rows)) refuse(code, "缺少" + what);
    return rows.map((row, i) => {
      const where = what + "第 " + (i + 1) + " 行";
      if (!t.isText(row)) refuse(code, where + "不是文本");
      if (!isCleanText(row)) refuse(code, where + "不是 NFC 形式");
      const values = row.split("\t");
      if (values.length !== fields.length) refuse(code, where + "应有 " + fields.length + " 栏");
      fields.forEach(([name, test], k) => {
        if (!test(values[k])) refuse(code, where + "的" + name + "不合格式：" + values[k].slice(0, 80));
      });
      if (i > 0 && compareText(rows[i - 1], row) >= 0) refuse(code, where + "没有大于上一行");
      return values;
    });
  }

  function inspectorOf(values) {
    const [token, department, regions, tags, validTo, cap, load] = values;
    return {
      token,
      bytes: fromHex(token),
      department,
      regions: regions === "*" ? null : regions.split(","),
      tags: new Set(tags === "" ? [] : tags.split(",")),
      validTo,
      cap: Number(cap),
      yearLoad: Number(load),
    };
  }

  // Map token -> inspector.
  function readRoster(rows) {
    const roster = new Map();
    readRows(rows, ROSTER_FIELDS, "人员名录", "LIST_FORM").forEach((values, i) => {
      if (roster.has(values[0])) refuse("LIST_FORM", "人员名录第 " + (i + 1) + " 行的人员出现两次");
      roster.set(values[0], inspectorOf(values));
    });
    return roster;
  }

  // Map object token -> set of inspector tokens.
  function readRecusals(rows) {
    const recusals = new Map();
    for (const [object, inspector] of readRows(rows, RECUSAL_FIELDS, "回避名单", "LIST_FORM")) {
      if (!recusals.has(object)) recusals.set(object, new Set());
      recusals.get(object).add(inspector);
    }
    return recusals;
  }

  function requireHash(suite, rows, expected, what) {
    const hash = toHex(suite.hashList(rows));
    if (hash !== expected) refuse("LIST_HASH", what + "的摘要 " + hash + " 不是承诺书的 " + expected, what);
  }

  // `partial`: recusals are public only from the disclosure; a reader before it may lack them (null then).
  function check(suite, commitment, lists, partial) {
    const hidden = partial && lists.recusals === undefined;
    const roster = readRoster(lists.roster);
    const recusals = hidden ? null : readRecusals(lists.recusals);
    requireHash(suite, lists.roster, commitment.roster_hash, "人员名录");
    if (!hidden) requireHash(suite, lists.recusals, commitment.recusal_hash, "回避名单");
    return { roster, recusals };
  }

  ssj.lists = { check };
})(ssj);

// ---- openings.js ----
// Openings and private records: rows OPENING … OPENING_ROSTER, and the tokens of 5.1.
(function (ssj) {
  const { refuse } = ssj;
  const { compareText, isCleanText, toHex, fromHex } = ssj.bytes;
  const t = ssj.types;
  const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/; // TAB separates the fields
  const INSPECTOR_FIELDS = 4; // id, name, department, certificate
  const SLICE = 2048;

  const tokenOf = (suite, kind, nonce, record) => suite.T("ssj1/" + kind, nonce, record);

  // Fields of a record (section 3), or null when it is malformed.
  function fieldsOf(record, count) {
    if (!t.isText(record) || CONTROL.test(record) || !isCleanText(record)) return null;
    const fields = record.split("\t");
    return fields.length === count && fields[0] !== "" ? fields : null;
  }

  function regionOf(commitment, fields) {
    const region = fields[commitment.columns.indexOf("region")];
    return /^[0-9]{0,12}$/.test(region) ? region : "";
  }

  // {kind, token, bytes, fields} of one opening row; refuses malformed rows and wrong tokens.
  function readOpening(suite, commitment, row, where) {
    const parts = t.isText(row) && isCleanText(row) ? row.split("\t") : [];
    const [kind, token, nonce] = parts;
    if ((kind !== "object" && kind !== "inspector") || !t.isHex(token) || !t.isHex(nonce)) {
      refuse("OPENING", where + "不合格式");
    }
    const record = parts.slice(3).join("\t");
    const fields = fieldsOf(record, kind === "object" ? commitment.columns.length : INSPECTOR_FIELDS);
    if (fields === null) refuse("OPENING", where + "的记录不合格式");
    if (toHex(tokenOf(suite, kind, fromHex(nonce), record)) !== token) {
      refuse("OPENING", where + "（" + fields[0] + "）的记录对不上标识 " + token);
    }
    return { kind, token, bytes: fromHex(token), fields };
  }

  function requireMember(opening, strata, roster, where) {
    if (opening.kind === "object") {
      if (!ssj.pool.holds(strata, opening.bytes)) refuse("OPENING", where + "的对象不在名册中：" + opening.token);
      return;
    }
    const inspector = roster.get(opening.token);
    if (!inspector) refuse("OPENING", where + "的人员不在名录中：" + opening.token);
    if (inspector.department !== opening.fields[2]) refuse("OPENING", where + "的部门与名录不同");
  }

  // Published openings: Map object token -> fields, and Map inspector token -> fields.
  function* checkOpenings(suite, commitment, rows, pool, progress) {
    const opened = { objects: new Map(), inspectors: new Map() };
    if (rows === undefined) return opened;
    if (!Array.isArray(rows)) refuse("OPENING", "披露列表不是数组");
    const ids = new Set();
    for (let i = 0; i < rows.length; i += 1) {
      const where = "披露第 " + (i + 1) + " 行";
      const opening = readOpening(suite, commitment, rows[i], where);
      if (i > 0 && compareText(rows[i - 1], rows[i]) >= 0) refuse("OPENING", where + "没有大于上一行");
      requireMember(opening, pool.strata, pool.roster, where);
      if (opening.kind === "object") {
        if (ids.has(opening.fields[0])) refuse("OPENING", where + "的对象编号出现两次：" + opening.fields[0]);
        ids.add(opening.fields[0]);
      }
      opened[opening.kind + "s"].set(opening.token, opening.fields);
      if (i % SLICE === SLICE - 1) yield progress(0);
    }
    return opened;
  }

  function readRecords(commitment, secret) {
    const seen = { 对象: new Set(), 人员: new Set() };
    function read(what, line, i, count) {
      const fields = fieldsOf(line, count);
      if (fields === null) refuse("RECORD", what + "记录第 " + (i + 1) + " 条不合格式");
      if (seen[what].has(fields[0])) refuse("RECORD", what + "编号出现两次：" + fields[0]);
      seen[what].add(fields[0]);
      return { line, fields };
    }
    if (!Array.isArray(secret.objects) || !Array.isArray(secret.inspectors)) refuse("RECORD", "缺少对象或人员记录");
    const objects = secret.objects.map((one, i) => {
      const named = t.isObject(one) && t.hasOnly(one, ["line", "strata"]);
      if (!named || !Array.isArray(one.strata) || !one.strata.every(t.isText)) refuse("RECORD", "对象记录第 " + (i + 1) + " 条不合格式");
      return Object.assign(read("对象", one.line, i, commitment.columns.length), { strata: one.strata });
    });
    return { objects, inspectors: secret.inspectors.map((line, i) => read("人员", line, i, INSPECTOR_FIELDS)) };
  }

  function tokenMaker(suite, commitment, blindKey) {
    const mac = suite.macOf(blindKey);
    return (kind, record) => {
      const nonce = mac("ssj1/nonce", kind, commitment.draw_id, record.fields[0]);
      return tokenOf(suite, kind, nonce, record.line);
    };
  }

  function requireBlindKey(suite, commitment, secret) {
    const key = t.isHex(secret.blind_key) ? fromHex(secret.blind_key) : null;
    const commit = key && toHex(suite.T("ssj1/blind-key", commitment.draw_id, key));
    if (commit !== commitment.blind_key_commit) refuse("BLIND_KEY", "盲化密钥打不开承诺书里的承诺");
    return key;
  }

  function markRow(strata, seen, id, token, record) {
    const stratum = strata.get(id);
    if (!stratum) refuse("OPENING_POOL", "对象 " + record.fields[0] + " 写着未声明的分层 " + id);
    const row = ssj.pool.find(stratum, token);
    if (row < 0) refuse("OPENING_POOL", "对象 " + record.fields[0] + " 不在分层 " + id + " 的名册中");
    if (seen.get(id)[row]) refuse("OPENING_POOL", "分层 " + id + " 第 " + (row + 1) + " 行由两条记录打开");
    seen.get(id)[row] = 1;
  }

  // Every pool row is opened by exactly one record. Fills opened.objects for 5.6.
  function* requirePool(records, makeToken, strata, opened, progress) {
    const seen = new Map();
    for (const [id, { size }] of strata) seen.set(id, new Uint8Array(size));
    for (let i = 0; i < records.length; i += 1) {
      const token = makeToken("object", records[i]);
      for (const id of records[i].strata) markRow(strata, seen, id, token, records[i]);
      opened.objects.set(toHex(token), records[i].fields);
      if (i % SLICE === SLICE - 1) yield progress(SLICE);
    }
    for (const [id, rows] of seen) {
      const row = rows.indexOf(0);
      if (row >= 0) refuse("OPENING_POOL", "分层 " + id + " 第 " + (row + 1) + " 行没有记录能打开");
    }
  }

  function requireRoster(records, makeToken, roster) {
    for (const record of records) {
      const inspector = roster.get(toHex(makeToken("inspector", record)));
      if (!inspector) refuse("OPENING_ROSTER", "人员 " + record.fields[0] + " 不在名录中");
      if (inspector.department !== record.fields[2]) refuse("OPENING_ROSTER", "人员 " + record.fields[0] + " 的部门与名录不同");
    }
    if (records.length !== roster.size) {
      refuse("OPENING_ROSTER", "名录有 " + roster.size + " 人，记录只有 " + records.length + " 人");
    }
  }

  // The auditor's rows BLIND_KEY … OPENING_ROSTER.
  function* checkPrivate(suite, commitment, secret, pool, progress) {
    if (!t.isObject(secret)) refuse("BLIND_KEY", "private 不是对象");
    const key = requireBlindKey(suite, commitment, secret);
    const records = readRecords(commitment, secret);
    const makeToken = tokenMaker(suite, commitment, key);
    yield* requirePool(records.objects, makeToken, pool.strata, pool.opened, progress);
    requireRoster(records.inspectors, makeToken, pool.roster);
  }

  const tools = { regionOf, tokenOf, fieldsOf, readRecords, tokenMaker, requireBlindKey };
  ssj.openings = Object.assign({ checkOpenings, checkPrivate }, tools);
})(ssj);

// ---- reveal.js ----
// Shares, beacons, seed: rows SHARE … BEACON of section 6, and 5.2.
(function (ssj) {
  const { refuse, natural } = ssj;
  const { Writer, compareText, fromHex, toHex } = ssj.bytes;
  const TWO_64 = natural.multiply(natural.of(4294967296), natural.of(4294967296));
  const FAST = 4294967296; // below 2^32 the arithmetic fits doubles

  function checkShares(suite, commitment, shares) {
    const seen = new Set();
    for (const { party, value } of shares) {
      const known = commitment.parties.find((one) => one.id === party);
      if (!known) refuse("SHARE", "份额来自未列名的见证方 " + party);
      if (seen.has(party)) refuse("SHARE", "见证方 " + party + " 的份额出现两次");
      seen.add(party);
      const commit = toHex(suite.T("ssj1/share", commitment.draw_id, party, fromHex(value)));
      if (commit !== known.commit) refuse("SHARE", "见证方 " + party + " 的份额打不开它的承诺");
    }
    if (shares.length < commitment.min_shares) {
      refuse("SHARE_COUNT", "只有 " + shares.length + " 份份额，至少要 " + commitment.min_shares + " 份");
    }
  }

  function checkBeacons(commitment, beacons) {
    if (beacons.length !== commitment.beacons.length) refuse("BEACON", "公共随机源的数目与承诺书不同");
    for (const { id, pattern } of commitment.beacons) {
      const given = beacons.filter((beacon) => beacon.id === id);
      if (given.length !== 1) refuse("BEACON", "公共随机源 " + id + " 应当恰有一个值");
      if (!ssj.pattern.matches(pattern, given[0].value)) refuse("BEACON", "公共随机源 " + id + " 的值不合约定格式");
    }
  }

  function be4(n) {
    const writer = new Writer(4);
    writer.be4(n);
    return writer.view();
  }

  function seedOf(suite, commitment, commitHash, reveal) {
    const parts = ["ssj1/seed", commitHash, be4(reveal.shares.length)];
    const shares = reveal.shares.slice().sort((a, b) => compareText(a.party, b.party));
    for (const { party, value } of shares) parts.push(party, fromHex(value));
    parts.push(be4(commitment.beacons.length));
    for (const { id } of commitment.beacons) parts.push(id, reveal.beacons.find((b) => b.id === id).value);
    return suite.T(...parts);
  }

  // First eight bytes of digest modulo m, sixteen bits at a time: exact for m <= 2^32.
  function remainder(bytes, m) {
    let rest = 0;
    for (let i = 0; i < 8; i += 2) rest = (rest * 65536 + bytes[i] * 256 + bytes[i + 1]) % m;
    return rest;
  }

  // x < 2^64 - (2^64 mod m), for the x in the first eight bytes and m <= 2^32.
  function isBelowLimit(bytes, m) {
    const excess = (((((FAST % m) * 65536) % m) * 65536) % m); // 2^64 mod m
    const high = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
    const low = ((bytes[4] << 24) | (bytes[5] << 16) | (bytes[6] << 8) | bytes[7]) >>> 0;
    return high < FAST - 1 || low < FAST - excess;
  }

  // uniform_int of 5.2 for a whole number m, 1 <= m <= 2^32.
  function uniform(suite, seed, label, m) {
    const counter = new Writer(8);
    for (let j = 0; ; j += 1) {
      counter.clear().be8(j);
      const digest = suite.T("ssj1/int", seed, label, counter.view());
      if (isBelowLimit(digest, m)) return remainder(digest, m);
    }
  }

  // The same for a natural m, 1 <= m <= 2^63; gives a natural.
  function uniformNatural(suite, seed, label, m) {
    const limit = natural.subtract(TWO_64, natural.divide(TWO_64, m).rest);
    const counter = new Writer(8);
    for (let j = 0; ; j += 1) {
      counter.clear().be8(j);
      const x = natural.fromBytes(suite.T("ssj1/int", seed, label, counter.view()).subarray(0, 8));
      if (natural.compare(x, limit) < 0) return natural.divide(x, m).rest;
    }
  }

  ssj.reveal = { checkShares, checkBeacons, seedOf, uniform, uniformNatural };
})(ssj);

// ---- select.js ----
// Allocation (5.3), tickets and selection (5.4).
(function (ssj) {
  const { natural } = ssj;
  const { compareBytes, toHex } = ssj.bytes;
  const MILLION = 1000000;
  const SLICE = 8192;

  const quotient = (sum, divisor) => natural.divide(sum, divisor).quotient;

  // floor((C + part + u) / M) - floor((C + u) / M)
  function roundedShare(c, part, u, m) {
    const before = natural.add(c, u);
    return natural.toNumber(natural.subtract(quotient(natural.add(before, part), m), quotient(before, m)));
  }

  function allocateTotal(suite, seed, scope, sizes) {
    const m = ssj.commitment.totalWeight(scope, sizes);
    if (m.length === 0) return scope.strata.map(() => 0);
    const u = ssj.reveal.uniformNatural(suite, seed, "alloc/" + scope.id, m);
    const total = natural.of(scope.total);
    let c = [];
    return scope.strata.map((entry) => {
      const part = natural.multiply(total, natural.of(sizes[entry.stratum] * (entry.weight || 1)));
      const n = roundedShare(c, part, u, m);
      c = natural.add(c, part);
      return n;
    });
  }

  function allocateModes(suite, seed, scope, sizes) {
    const m = natural.of(MILLION);
    const u = natural.of(ssj.reveal.uniform(suite, seed, "alloc/" + scope.id, MILLION));
    let c = [];
    return scope.strata.map((entry) => {
      const size = sizes[entry.stratum];
      const product = size * entry.ppm; // below 2^52
      let n = size;
      if (entry.mode === "count") n = Math.min(entry.n, size);
      else if (entry.round === "ceil") n = Math.floor((product + MILLION - 1) / MILLION);
      else if (entry.round === "floor") n = Math.floor(product / MILLION);
      else if (entry.round === "random") {
        n = roundedShare(c, natural.of(product), u, m);
        c = natural.add(c, natural.of(product));
      }
      if ("min" in entry) n = Math.max(n, Math.min(entry.min, size));
      return "max" in entry ? Math.min(n, entry.max) : n;
    });
  }

  // How many to draw from each entry of a scope, in entry order.
  function allocate(suite, seed, scope, sizes) {
    return ("total" in scope ? allocateTotal : allocateModes)(suite, seed, scope, sizes);
  }

  // Rows of a stratum by (ticket, token): a numeric sort on the leading ticket bits packed with the row number,
  // then the few runs with equal leading bits by full comparison.
  function sortRows(tokens, tickets) {
    const size = tokens.length / 32;
    const shift = Math.max(1, size);
    const keep = Math.pow(2, Math.min(32, 52 - Math.ceil(Math.log2(shift + 1))));
    const lead = (row) => {
      const at = 32 * row;
      const head = ((tickets[at] << 24) | (tickets[at + 1] << 16) | (tickets[at + 2] << 8) | tickets[at + 3]) >>> 0;
      return Math.floor(head / (4294967296 / keep));
    };
    const keys = new Float64Array(size);
    for (let row = 0; row < size; row += 1) keys[row] = lead(row) * shift + row;
    keys.sort();
    const order = new Uint32Array(size);
    for (let i = 0; i < size; i += 1) order[i] = keys[i] % shift;
    const full = (a, b) =>
      compareBytes(tickets, 32 * a, tickets, 32 * b, 32) || compareBytes(tokens, 32 * a, tokens, 32 * b, 32);
    for (let i = 0; i < size; ) {
      let end = i + 1;
      while (end < size && Math.floor(keys[end] / shift) === Math.floor(keys[i] / shift)) end += 1;
      if (end - i > 1) order.set(Array.from(order.subarray(i, end)).sort(full), i);
      i = end;
    }
    return order;
  }

  // Tickets and order of one stratum under one group; shared by all scopes of that group.
  function* drawOrder(suite, seed, group, stratum, progress) {
    const size = stratum.tokens.length / 32;
    const tickets = new Uint8Array(size * 32);
    const make = suite.ticketsOf(suite.T("ssj1/ticket", seed, group));
    for (let from = 0; from < size; from += SLICE) {
      const to = Math.min(size, from + SLICE);
      make(stratum.tokens, from, to, tickets);
      yield progress(to - from);
    }
    return { stratum, tickets, order: sortRows(stratum.tokens, tickets) };
  }

  // The sequence of a stratum in a scope: `asc` lowest first, `desc` highest first. Positions from 0.
  class Sequence {
    constructor(drawn, order) {
      this.drawn = drawn;
      this.descending = order === "desc";
      this.length = drawn.order.length;
    }

    row(k) {
      return this.drawn.order[this.descending ? this.length - 1 - k : k];
    }

    token(k) {
      const at = 32 * this.row(k);
      return toHex(this.drawn.stratum.tokens, at, at + 32);
    }

    ticket(k) {
      const at = 32 * this.row(k);
      return toHex(this.drawn.tickets, at, at + 32);
    }

    // Position of a token (bytes), or -1 when the stratum does not hold it.
    positionOf(token) {
      const row = ssj.pool.find(this.drawn.stratum, token);
      if (row < 0) return -1;
      const place = this.drawn.order.indexOf(row);
      return this.descending ? this.length - 1 - place : place;
    }
  }

  // The n first of each entry, merged in the same order (hex compares as bytes do), cut into batches.
  function batchesOf(scope, entries) {
    const all = [];
    for (const { stratum, n, sequence } of entries) {
      for (let k = 0; k < n; k += 1) all.push({ stratum, token: sequence.token(k), ticket: sequence.ticket(k) });
    }
    const key = (one) => one.ticket + one.token;
    all.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    if (scope.order === "desc") all.reverse();
    const batches = scope.batches || 1;
    const q = Math.floor(all.length / batches);
    const r = all.length % batches;
    const long = r * (q + 1); // the first r batches hold q + 1
    all.forEach((one, i) => {
      one.batch = i < long ? Math.floor(i / (q + 1)) + 1 : r + Math.floor((i - long) / q) + 1;
    });
    return all;
  }

  // Per scope, in commitment order: {scope, entries: [{stratum, size, n, sequence}],
  // drawn: [{stratum, token, batch}] in merged order}.
  function* select(suite, commitment, strata, seed, progress) {
    const sizes = Object.create(null);
    for (const { id, size } of commitment.strata) sizes[id] = size;
    const kept = new Map();
    const selections = [];
    for (const scope of commitment.scopes) {
      const counts = allocate(suite, seed, scope, sizes);
      const entries = [];
      for (let i = 0; i < counts.length; i += 1) {
        const id = scope.strata[i].stratum;
        const key = scope.group + " " + id;
        if (!kept.has(key)) kept.set(key, yield* drawOrder(suite, seed, scope.group, strata.get(id), progress));
        const sequence = new Sequence(kept.get(key), scope.order);
        entries.push({ stratum: id, size: sizes[id], n: counts[i], sequence });
      }
      selections.push({ scope, entries, drawn: batchesOf(scope, entries) });
      yield progress(0);
    }
    return selections;
  }

  ssj.select = { select };
})(ssj);

// ---- visits.js ----
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

// ---- match.js ----
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

// ---- result.js ----
// The computation as a whole: substitutions (5.7) and the result text (5.8) of every version asked for.
(function (ssj) {
  const { refuse } = ssj;
  const { compareText, toHex } = ssj.bytes;

  const line = (...fields) => fields.join("\t") + "\n";

  function selectionLines(selections) {
    const lines = [];
    for (const { scope, entries, drawn } of selections) {
      for (const { stratum, size, n, sequence } of entries) {
        lines.push(line("S", scope.id, stratum, size, n, n > 0 ? sequence.ticket(n - 1) : "-"));
      }
      for (const { batch, stratum, token } of drawn) lines.push(line("D", scope.id, batch, stratum, token));
    }
    return lines;
  }

  // Which (scope, entry) drew each object, in the order in which they did: Map token -> [{scope, entry}].
  function drawersOf(selections) {
    const drawers = new Map();
    for (const { scope, entries, drawn } of selections) {
      const byStratum = new Map(entries.map((entry) => [entry.stratum, entry]));
      for (const { stratum, token } of drawn) {
        if (!drawers.has(token)) drawers.set(token, []);
        drawers.get(token).push({ scope, entry: byStratum.get(stratum) });
      }
    }
    return drawers;
  }

  const scopesOf = (drawers) => drawers.map((drawer) => drawer.scope);

  // The running draw: selection, then substitutions one by one. `board` is null when teams cannot be known yet (before
  // the disclosure); then S, D, X lines alone are made.
  class Draw {
    constructor(selections, board) {
      this.selections = selections;
      this.board = board;
      this.head = selectionLines(selections);
      this.events = []; // X and R lines
      this.drawers = drawersOf(selections);
      this.dropped = new Set();
      this.next = new Map();
      for (const { entries } of selections) for (const entry of entries) this.next.set(entry, entry.n);
      this.open = new Map();
    }

    // Visits in hash order, their slots, and the matching.
    *match(progress) {
      const { board } = this;
      const tokens = ssj.visits.visitOrder(board.suite, board.seed, Array.from(this.drawers.keys()));
      const slots = [];
      for (const token of tokens) slots.push(...board.addTeams(token, scopesOf(this.drawers.get(token))));
      yield progress(0);
      this.open = yield* ssj.match.match(board, slots, progress);
    }

    substitute(event, number) {
      const { drop, inspector } = event;
      if (!this.drawers.has(drop)) refuse("SUBSTITUTION", "第 " + number + " 次递补：" + drop + " 不在抽中之列");
      if (inspector === undefined) this.replaceObject(drop);
      else if (this.board) this.replaceInspector(drop, inspector, number);
    }

    slotHeldBy(token, inspector) {
      for (const team of this.board.visits.get(token).teams.values()) {
        const s = team.slots.find((one) => this.board.holder[one] === inspector);
        if (s !== undefined) return s;
      }
      return -1;
    }

    replaceInspector(token, inspector, number) {
      const { board } = this;
      const i = board.rankOf.has(inspector) ? board.rankOf.get(inspector) : -1;
      const s = i < 0 ? -1 : this.slotHeldBy(token, i);
      if (s < 0) refuse("SUBSTITUTION", "第 " + number + " 次递补：人员 " + inspector + " 不在对象 " + token + " 的检查组中");
      const slot = board.slots[s];
      board.leave(s);
      board.count[i] -= 1;
      slot.team.released.add(i);
      slot.redraws += 1;
      board.fill(s, "/" + slot.redraws);
      this.events.push(line("R", token, slot.team.department, slot.idx, inspector, this.nameHolder(s)));
    }

    nameHolder(s) {
      const i = this.board.holder[s];
      return i < 0 ? "-" : this.board.inspectors[i].token;
    }

    releaseVisit(token) {
      const { board } = this;
      for (const team of board.visits.get(token).teams.values()) {
        for (const s of team.slots) {
          if (board.holder[s] < 0) continue;
          board.count[board.holder[s]] -= 1;
          board.leave(s);
        }
      }
      board.visits.delete(token);
    }

    // The next of the sequence that no event dropped, or null.
    nextToken(entry) {
      let k = this.next.get(entry);
      while (k < entry.sequence.length && this.dropped.has(entry.sequence.token(k))) k += 1;
      this.next.set(entry, k + 1);
      return k < entry.sequence.length ? entry.sequence.token(k) : null;
    }

    replaceObject(token) {
      this.dropped.add(token);
      const drawers = this.drawers.get(token);
      this.drawers.delete(token);
      if (this.board) this.releaseVisit(token);
      const subs = [];
      for (const { scope, entry } of drawers) {
        const sub = this.nextToken(entry);
        this.events.push(line("X", scope.id, entry.stratum, token, sub === null ? "-" : sub));
        if (sub === null) continue;
        if (!this.drawers.has(sub)) this.drawers.set(sub, []);
        this.drawers.get(sub).push({ scope, entry });
        if (subs.indexOf(sub) < 0) subs.push(sub);
      }
      if (!this.board) return;
      for (const sub of subs) {
        for (const s of this.board.addTeams(sub, scopesOf(this.drawers.get(sub)))) this.board.fill(s);
      }
    }

    visitLines() {
      const lines = [];
      for (const token of Array.from(this.board.visits.keys()).sort()) {
        const { teams } = this.board.visits.get(token);
        for (const department of Array.from(teams.keys()).sort(compareText)) {
          teams.get(department).slots.forEach((s, idx) => {
            lines.push(line("M", token, department, idx, this.nameHolder(s)));
          });
        }
      }
      return lines;
    }

    openLines() {
      return Array.from(this.open.keys())
        .sort(compareText)
        .map((department) => {
          const { open, slots, seen } = this.open.get(department);
          return line("U", department, open, slots, seen.size);
        });
    }

    publicLines() {
      return this.head.concat(this.events);
    }

    text() {
      return this.publicLines().concat(this.visitLines(), this.openLines()).join("");
    }
  }

  const hashOf = (world, text) => toHex(world.suite.T("ssj1/result", world.commitHash, world.seed, text));

  // Runs a draw over all substitutions. `versions`: set of k whose result_hash is wanted besides the last.
  // Gives {draw, text, hash, hashes: Map k -> hash}; text and hash are null without a board.
  function* compute(world, substitutions, versions, progress) {
    const selections = yield* ssj.select.select(world.suite, world.commitment, world.strata, world.seed, progress);
    const board = world.regionFor ? new ssj.visits.Board(world) : null;
    const draw = new Draw(selections, board);
    if (board) yield* draw.match(progress);
    const hashes = new Map();
    for (let k = 0; k < substitutions.length; k += 1) {
      if (board && versions.has(k)) hashes.set(k, hashOf(world, draw.text()));
      draw.substitute(substitutions[k], k + 1);
      yield progress(0);
    }
    const text = board ? draw.text() : null;
    const hash = board ? hashOf(world, text) : null;
    if (board) hashes.set(substitutions.length, hash);
    return { draw, text, hash, hashes };
  }

  ssj.result = { compute, hashOf };
})(ssj);

// ---- log.js ----
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

// ---- content.js ----
// LOG_CONTENT: what was verified is what the log says; and what a reader should know of the task's other draws.
(function (ssj) {
  const { refuse } = ssj;
  const { toHex } = ssj.bytes;

  const fail = (detail) => refuse("LOG_CONTENT", detail);

  function sameMap(a, b, key) {
    const values = new Map(a.map((one) => [one[key], one.value]));
    return a.length === b.length && b.every((one) => values.get(one[key]) === one.value);
  }

  function requireReveal(draw, reveal) {
    if (!sameMap(draw.shares || [], reveal.shares, "party")) fail("日志里的份额不是所核对的份额");
    if (!sameMap(draw.beacons || [], reveal.beacons, "id")) fail("日志里的公共随机源的值不是所核对的值");
  }

  function requireSubstitutions(draw, substitutions) {
    const sameEvent = (a, b) => a.drop === b.drop && a.inspector === b.inspector && a.reason === b.reason;
    const count = Math.max(draw.substitutions.length, substitutions.length);
    for (let i = 0; i < count; i += 1) {
      const [a, b] = [draw.substitutions[i], substitutions[i]];
      if (!a || !b || !sameEvent(a, b)) fail("日志里的第 " + (i + 1) + " 次递补不是所核对的递补");
    }
  }

  // Everything but the recomputed results.
  function requireInputs(log, inputs) {
    const { commitment, commitmentText, reveal, substitutions, openings, suite } = inputs;
    const draw = log.draws.get(commitment.draw_id);
    if (!draw || draw.text !== commitmentText) fail("日志里没有所核对的承诺书");
    requireReveal(draw, reveal);
    requireSubstitutions(draw, substitutions);
    if (draw.results.length === 0) fail("日志里没有这次抽取的结果");
    if (draw.lastOfThese === "substitution") fail("最后一次递补之后没有发布结果");
    if (openings !== undefined && openings.length !== 0) {
      if (!Array.isArray(openings) || !openings.every(ssj.types.isText)) fail("披露记录不合格式");
      if (!draw.disclosure) fail("给出了披露记录，但日志里没有披露文件");
      if (toHex(suite.hashList(openings)) !== draw.disclosure.openings_hash) fail("披露记录的摘要不是日志里最后一次披露的摘要");
    }
    return draw;
  }

  // hashes: Map version -> recomputed result_hash, or null when only the seed can be compared.
  function requireResults(draw, seed, hashes) {
    for (const result of draw.results) {
      const where = "日志第 " + result.log_seq + " 份文件（结果第 " + result.version + " 版）";
      if (result.seed !== toHex(seed)) fail(where + "的种子不是重算的种子");
      const hash = hashes === null ? result.result_hash : hashes.get(result.version);
      if (result.result_hash !== hash) fail(where + "的 result_hash 不是重算的 " + hash);
    }
  }

  // Remarks about the draws of the same task and about commitments with equal roots (section 1, 2, 7).
  function remarks(log, commitment) {
    const notes = [];
    const roots = new Set(commitment.strata.filter((one) => one.size > 0).map((one) => one.root));
    for (const draw of log.draws.values()) {
      const { draw_id: id, task_id: task, strata } = draw.commitment;
      if (task === commitment.task_id && draw.void) {
        const own = id === commitment.draw_id;
        const when = draw.void.late ? "，作废时结果可能已为人所知（late）" : "";
        const which = own ? "本次抽取 " : "同一任务的抽取 ";
        const what = which + id + " 已于 " + draw.void.published_at + " 作废" + when;
        notes.push({ kind: "void", own, text: what + "。理由：" + draw.void.reason });
      }
      if (task === commitment.task_id && draw.commitment.replaces) {
        notes.push({ kind: "replaces", text: id + " 是 " + draw.commitment.replaces + " 作废后的重抽" });
      }
      if (id !== commitment.draw_id && strata.some((one) => one.size > 0 && roots.has(one.root))) {
        notes.push({ kind: "equal-root", text: "抽取 " + id + " 用到与本次相同的名册树根" });
      }
    }
    return notes;
  }

  ssj.content = { requireInputs, requireResults, remarks };
})(ssj);

// ---- diagnose.js ----
// When a root or list hash differs, the hash alone names no row. Other parts of the record may: private records,
// inclusion proofs that do reach the committed root, lines of the published result.
(function (ssj) {
  const { fromHex, toHex, compareText } = ssj.bytes;
  const t = ssj.types;

  const rowText = (stratum, row) => toHex(stratum.tokens, 32 * row, 32 * row + 32);

  // First difference between the file's rows and the true tokens, which stand from row `from` on.
  function differingRow(stratum, truth, from) {
    const rows = stratum.tokens.length / 32;
    for (let i = 0; i < truth.length; i += 1) {
      const given = from + i < rows ? rowText(stratum, from + i) : "（缺）";
      if (given !== truth[i]) {
        return "分层 " + stratum.id + " 第 " + (from + i + 1) + " 行：文件中是 " + given + "，承诺时是 " + truth[i];
      }
    }
    return null;
  }

  // Calls make(kind, record) -> token for the private records, if the record has them and they open.
  function withRecords(session, use) {
    const secret = session.record.private;
    if (!t.isObject(secret)) return null;
    const key = ssj.openings.requireBlindKey(session.suite, session.commitment, secret);
    const make = ssj.openings.tokenMaker(session.suite, session.commitment, key);
    return use(ssj.openings.readRecords(session.commitment, secret), (kind, record) => toHex(make(kind, record)));
  }

  function byRecords(session, stratum) {
    return withRecords(session, ({ objects }, make) => {
      const own = objects.filter((record) => record.strata.indexOf(stratum.id) >= 0);
      const truth = own.map((record) => make("object", record)).sort();
      const row = differingRow(stratum, truth, 0);
      if (row !== null || stratum.tokens.length / 32 <= truth.length) return row;
      return "分层 " + stratum.id + " 第 " + (truth.length + 1) + " 行是多出来的：" + rowText(stratum, truth.length);
    });
  }

  function byProofs(session, stratum) {
    const expected = session.record.expected;
    for (const proof of (t.isObject(expected) && Array.isArray(expected.inclusion) && expected.inclusion) || []) {
      if (!ssj.merkle.proves(session.suite, session.commitment, proof) || proof.stratum !== stratum.id) continue;
      const truth = proof.chunk.match(/.{64}/g);
      const row = differingRow(stratum, truth, proof.chunk_index * ssj.merkle.CHUNK_TOKENS);
      if (row !== null) return row;
    }
    return null;
  }

  function linesOf(session, mark) {
    const expected = session.record.expected;
    const text = t.isObject(expected) && t.isText(expected.result_text) ? expected.result_text : "";
    return text.split("\n").filter((line) => line.startsWith(mark + "\t")).map((line) => line.split("\t"));
  }

  function byResult(session, stratum) {
    for (const [, , , id, token] of linesOf(session, "D")) {
      if (id === stratum.id && t.isHex(token) && ssj.pool.find(stratum, fromHex(token)) < 0) {
        return "公布的结果抽中 " + token + "，文件的分层 " + id + " 里没有它";
      }
    }
    return null;
  }

  function rosterRow(session) {
    const rows = session.lists.roster;
    const given = new Set(rows.map((row) => row.slice(0, 64)));
    const truth = withRecords(session, ({ inspectors }, make) => inspectors.map((one) => make("inspector", one)));
    const named = truth || linesOf(session, "M").map((fields) => fields[4]).filter(t.isHex);
    const missing = named.sort(compareText).find((token) => !given.has(token));
    const extra = truth && rows.findIndex((row) => truth.indexOf(row.slice(0, 64)) < 0);
    if (truth && extra >= 0) return "人员名录第 " + (extra + 1) + " 行的标识不在承诺之列：" + rows[extra].slice(0, 64);
    return missing ? "人员名录中缺少 " + missing : null;
  }

  function closer(session, refusal) {
    if (refusal.code === "LIST_HASH") return refusal.about === "人员名录" ? rosterRow(session) : null;
    if (refusal.code !== "POOL_ROOT") return null;
    return byRecords(session, refusal.about) || byProofs(session, refusal.about) || byResult(session, refusal.about);
  }

  // A sentence that names the first differing row, or "".
  function explain(session, refusal) {
    try {
      return closer(session, refusal) || "";
    } catch (error) {
      if (error instanceof ssj.Refusal) return ""; // the evidence is broken itself
      throw error;
    }
  }

  ssj.diagnose = { explain };
})(ssj);

// ---- compare.js ----
// Comparison with what was published: `expected` of section 10, or only its public lines before the disclosure.
(function (ssj) {
  const { refuse } = ssj;
  const { toHex } = ssj.bytes;
  const t = ssj.types;
  const LINE = /^[SDXRMU]\t/;
  const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;

  // First line at which two texts differ, told in words.
  function firstDifference(published, computed) {
    const [a, b] = [published.split("\n"), computed.split("\n")];
    let i = 0;
    while (a[i] === b[i] && i < a.length) i += 1;
    const show = (line) => (line ? line.replace(/\t/g, " ") : "（无此行）");
    return "结果文本第 " + (i + 1) + " 行不同：公布的是 " + show(a[i]) + "；重算得 " + show(b[i]);
  }

  function requireEqual(published, computed, what) {
    if (!t.isText(published)) refuse("RESULT", "expected 缺少" + what);
    if (published !== computed) refuse("RESULT", "公布的" + what + " " + published.slice(0, 80) + " 不是重算的 " + computed);
  }

  // All four values of `expected` against the recomputation.
  function requireResult(expected, session) {
    requireEqual(expected.seed, toHex(session.seed), "种子");
    if (!t.isText(expected.result_text)) refuse("RESULT", "expected 缺少 result_text");
    if (expected.result_text !== session.text) refuse("RESULT", firstDifference(expected.result_text, session.text));
    requireEqual(expected.result_hash, session.hash, "结果摘要");
  }

  // Before the disclosure: S, D, X lines at once, and the hash over the whole published text.
  function requirePublicLines(expected, session) {
    requireEqual(expected.seed, toHex(session.seed), "种子");
    if (!t.isText(expected.result_text)) refuse("RESULT", "expected 缺少 result_text");
    const lines = expected.result_text.split("\n");
    if (lines.pop() !== "" || !lines.every((line) => LINE.test(line))) refuse("RESULT", "结果文本有不认识的行");
    const open = lines.filter((line) => "SDX".indexOf(line[0]) >= 0).map((line) => line + "\n").join("");
    const computed = session.draw.publicLines().join("");
    if (open !== computed) refuse("RESULT", firstDifference(open, computed));
    requireEqual(expected.result_hash, ssj.result.hashOf(session, expected.result_text), "结果摘要");
  }

  // An optional list of objects.
  function listIn(expected, name, code) {
    const list = name in expected ? expected[name] : [];
    if (!Array.isArray(list) || !list.every(t.isObject)) refuse(code, "expected 的 " + name + " 应当是对象的数组");
    return list;
  }

  function requireInclusion(expected, session) {
    listIn(expected, "inclusion", "INCLUSION").forEach((proof, i) => {
      const valid = ssj.merkle.proves(session.suite, session.commitment, proof);
      if (proof.valid !== valid) {
        refuse("INCLUSION", "第 " + (i + 1) + " 份在册证明核对得 " + valid + "，与文件所写不同");
      }
    });
  }

  function requireIntegers(expected, session) {
    const { natural } = ssj;
    for (const one of listIn(expected, "uniform_int", "UNIFORM_INT")) {
      const { label, m, value } = one;
      const numbers = [m, value].every((text) => t.isText(text) && DECIMAL.test(text));
      const formed = numbers && m !== "0" && t.isText(label) && t.hasOnly(one, ["label", "m", "value"]);
      if (!formed) refuse("UNIFORM_INT", "随机整数不合格式");
      const drawn = ssj.reveal.uniformNatural(session.suite, session.seed, label, natural.fromDecimal(m));
      if (natural.toDecimal(drawn) !== value) refuse("UNIFORM_INT", label + " 重算得 " + natural.toDecimal(drawn));
      if (Number(m) > 4294967296) continue;
      const quick = ssj.reveal.uniform(session.suite, session.seed, label, Number(m));
      if (String(quick) !== value) refuse("UNIFORM_INT", label + " 两种算法不一致");
    }
  }

  ssj.compare = { requireEqual, requireResult, requirePublicLines, requireInclusion, requireIntegers };
})(ssj);

// ---- session.js ----
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

// ---- enterprise.js ----
// What an enterprise can check for itself (section 7): was it in the pool, its ticket, drawn or not and why.
// Input {kind: "ssj-enterprise-check", nonce, record, inclusion: proof}, or (README.md)
// {draw_id, nonce, record, inclusion: [proof]} with one proof {stratum, token, chunk_index, chunk, path} per stratum.
(function (ssj) {
  const { refuse } = ssj;
  const { fromHex, toHex } = ssj.bytes;
  const t = ssj.types;
  const KIND = "ssj-enterprise-check";

  function readCheck(text, commitment) {
    const check = ssj.json.parse(text, true);
    ssj.json.requireCleanText(check, "核对材料");
    if (!t.hasOnly(check, ["kind", "draw_id", "nonce", "record", "inclusion"])) refuse("FIELD", "核对材料有未知成员");
    if ("kind" in check ? check.kind !== KIND : !("draw_id" in check)) refuse("SPEC", "核对材料的 kind 应当是 " + KIND);
    if ("draw_id" in check && check.draw_id !== commitment.draw_id) {
      refuse("FIELD", "核对材料属于另一次抽取，上面核对的是 " + commitment.draw_id);
    }
    const fields = ssj.openings.fieldsOf(check.record, commitment.columns.length);
    if (!t.isHex(check.nonce) || fields === null) refuse("OPENING", "nonce 或 record 不合格式，或栏数与承诺书的 columns 不同");
    const proofs = Array.isArray(check.inclusion) ? check.inclusion : [check.inclusion];
    if (proofs.length === 0 || !proofs.every(t.isObject)) refuse("FIELD", "核对材料里没有在册证明");
    return { nonce: fromHex(check.nonce), record: check.record, fields, proofs };
  }

  // Token from nonce and record, and the proof that it is under the committed root.
  function requireInPool(session, check) {
    const token = toHex(ssj.openings.tokenOf(session.suite, "object", check.nonce, check.record));
    for (const proof of check.proofs) {
      if (proof.token !== token) {
        refuse("OPENING", "由 nonce 和 record 算得标识 " + token + "，与在册证明里的标识不同：记录被改过，或材料不是一套");
      }
      if ("valid" in proof || !ssj.merkle.proves(session.suite, session.commitment, proof)) {
        refuse("POOL_ROOT", "在册证明算不到承诺书里的树根");
      }
    }
    return token;
  }

  // X lines by (scope, stratum): who was dropped, who came instead.
  function replacements(draw) {
    return draw.events.filter((line) => line[0] === "X").map((line) => line.trim().split("\t"));
  }

  // drawn | dropped | substitute | not-drawn, in one stratum of one scope.
  function outcome(draw, scopeId, entry, token, position) {
    const own = replacements(draw).filter(([, scope, stratum]) => scope === scopeId && stratum === entry.stratum);
    if (own.some((fields) => fields[3] === token)) return "dropped";
    if (position < entry.n) return "drawn";
    return own.some((fields) => fields[4] === token) ? "substitute" : "not-drawn";
  }

  function lookAt(draw, { scope, drawn }, entry, token, position) {
    const own = drawn.find((one) => one.token === token && one.stratum === entry.stratum);
    return {
      scope: scope.id,
      stratum: entry.stratum,
      order: scope.order || "asc",
      size: entry.size,
      n: entry.n,
      ticket: entry.sequence.ticket(position),
      position: position + 1,
      cut: entry.n > 0 ? entry.sequence.ticket(entry.n - 1) : null,
      batch: own ? own.batch : null,
      outcome: outcome(draw, scope.id, entry, token, position),
    };
  }

  function teamOf(draw, token) {
    const visit = draw.board && draw.board.visits.get(token);
    if (!visit) return null;
    const members = [];
    for (const team of visit.teams.values()) {
      team.slots.forEach((s) => members.push({ department: team.department, inspector: draw.nameHolder(s) }));
    }
    return members;
  }

  // Plain data for the page. `sound`: nothing in the record was refused.
  function examine(session, text) {
    try {
      if (!session || !session.commitment) refuse("RECORD", "请先选择并核对抽取记录文件");
      const check = readCheck(text, session.commitment);
      const token = requireInPool(session, check);
      const strata = check.proofs.map((proof) => proof.stratum);
      const found = { ok: true, token, strata, sound: session.failures.length === 0 };
      found.record = session.commitment.columns.map((column, i) => [column, check.fields[i]]);
      if (!session.draw) return Object.assign(found, { scopes: null, team: null });
      found.scopes = [];
      for (const selection of session.draw.selections) {
        for (const entry of selection.entries) {
          const position = entry.sequence.positionOf(fromHex(token));
          if (position >= 0) found.scopes.push(lookAt(session.draw, selection, entry, token, position));
        }
      }
      found.team = teamOf(session.draw, token);
      return found;
    } catch (error) {
      if (!(error instanceof ssj.Refusal)) throw error;
      return { ok: false, code: error.code, detail: error.detail };
    }
  }

  ssj.enterprise = { examine };
})(ssj);

// ---- report.js ----
// The report of a session as plain data: four verdicts, each ok | partial | failed | unchecked. Never ok by default: a
// verdict is ok only when every step that speaks for it ran and passed.
(function (ssj) {
  const { toHex } = ssj.bytes;
  const VERDICTS = ["pool", "commitment", "result", "log"];

  // The log is in order and speaks of this draw, but its results could not be recomputed.
  function hasLogRulesOnly({ states }, verdict) {
    return verdict === "log" && states.get("log-inputs") === "ok" && states.get("log-results") === "blocked";
  }

  const isCompared = ({ states }) => ["expected-result", "log-results"].some((step) => states.get(step) === "ok");

  function stateOf(session, verdict) {
    const steps = session.statesOf(verdict);
    const has = (state) => steps.some((one) => one.state === state);
    if (has("failed")) return "failed";
    if (hasLogRulesOnly(session, verdict)) return "partial";
    if (has("blocked") || steps.some((one) => one.state === undefined)) return "unchecked";
    if (!has("ok") && !has("partial")) return "unchecked";
    if (verdict === "result" && !isCompared(session)) return "unchecked";
    return has("partial") ? "partial" : "ok";
  }

  const failuresOf = (session, verdict) => session.failures.filter((one) => one.verdicts.indexOf(verdict) >= 0);

  function poolWords(session) {
    const tokens = session.commitment.strata.reduce((sum, one) => sum + one.size, 0);
    const audit = session.states.get("private") === "ok" ? "；每个标识都由审计记录打开" : "";
    const opened = session.opened.objects.size;
    return session.commitment.strata.length + " 个分层共 " + tokens + " 个标识，与承诺时一致" +
      (opened > 0 && !audit ? "；已披露 " + opened + " 个对象" : "") + audit;
  }

  const WORDS = {
    pool: poolWords,
    commitment: (session) => session.reveal.shares.length + " 份见证份额、" + session.reveal.beacons.length +
      " 个公共随机源，都与承诺书一致",
    result: (session) => "从种子重算，" + (session.text === null ? session.draw.publicLines().length + " 行公开结果"
      : session.text.split("\n").length - 1 + " 行结果") + "与公布的逐字相同",
    log: (session) => session.log.count + " 份文件首尾相接，次序、时间合规，内容就是这里核对的",
  };

  const WHY_UNCHECKED = {
    pool: "前面的核对没有通过，名册无法核对",
    commitment: "承诺书无法读取",
    result: "前面的核对没有通过，结果无法重算",
    log: "前面的核对没有通过，日志内容无法对照",
  };

  function wordsFor(session, verdict, state) {
    if (state === "failed") return failuresOf(session, verdict)[0].detail;
    if (state === "unchecked") {
      const noLog = verdict === "log" && session.record !== null && !("log" in session.record);
      if (verdict === "result" && session.draw) return "结果已重算，但文件里没有公布的结果可比";
      return noLog ? "记录文件里没有日志，这一项没有核对" : WHY_UNCHECKED[verdict];
    }
    const words = WORDS[verdict](session);
    if (hasLogRulesOnly(session, verdict)) return words + "；结果没有重算，日志里的结果未能对照";
    const reasons = session.partial.filter((one) => one.verdict === verdict).map((one) => one.why);
    return state === "partial" ? words + "；" + reasons.join("；") : words;
  }

  function verdictOf(session, name) {
    const state = stateOf(session, name);
    const failures = failuresOf(session, name);
    const code = failures.length > 0 ? failures[0].code : null;
    return { name, state, code, words: wordsFor(session, name, state) };
  }

  function factsOf(session) {
    const { commitment, seed, hash, draw } = session;
    if (!commitment) return [];
    const facts = [
      ["抽取编号", commitment.draw_id],
      ["抽查任务", commitment.task_id],
      ["杂凑算法", commitment.suite],
      ["承诺书摘要", toHex(session.commitHash)],
    ];
    if (seed) facts.push(["种子", toHex(seed)]);
    if (hash) facts.push(["结果摘要", hash]);
    for (const { scope, entries, drawn } of (draw && draw.selections) || []) {
      const parts = entries.map((entry) => entry.stratum + " " + entry.size + " 抽 " + entry.n);
      facts.push(["抽取范围 " + scope.id, "抽中 " + drawn.length + "（" + parts.join("，") + "）"]);
    }
    if (session.substitutions) facts.push(["递补次数", String(session.substitutions.length)]);
    return facts;
  }

  // What a reader should look up at the named source (section 7, step 4).
  function beaconsOf({ commitment, reveal }) {
    if (!commitment || !reveal) return [];
    return commitment.beacons.map(({ id, ref, not_before: notBefore }) => {
      return { id, ref, notBefore, value: reveal.beacons.find((one) => one.id === id).value };
    });
  }

  // {reason, detail, verdicts, notes, facts, beacons, dueError}: reason is the code of the first refusal, or null.
  function build(session) {
    const first = session.failures.length > 0 ? session.failures[0] : null;
    const expected = session.record === null ? undefined : session.record.expected;
    return {
      reason: first && first.code,
      detail: first && first.detail,
      verdicts: VERDICTS.map((name) => verdictOf(session, name)),
      notes: session.notes,
      facts: factsOf(session),
      beacons: beaconsOf(session),
      dueError: ssj.types.isObject(expected) && ssj.types.isText(expected.error) ? expected.error : null,
    };
  }

  ssj.report = { build };
})(ssj);

// ---- main.js ----
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

if (typeof module === "object" && module.exports) module.exports = ssj.api;
else if (typeof document === "undefined" && typeof importScripts === "function") ssj.api.serve(root);
else root.ssjVerify = ssj.api;
})(typeof self === "undefined" ? this : self);
const { verify } = module.exports;
// Command line of the verifier (section 10): node verify.mjs FILE [FILE…|DIR…]
// Prints `OK <name>` or `<reason> <name>` on standard output, explanations and notes on standard error.
// Exit 0: all OK; 1: something is not; 2: nothing could be checked. --time: tells the seconds spent.
function filesOf(argument) {
  if (!fs.statSync(argument).isDirectory()) return [argument];
  const names = fs.readdirSync(argument).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => path.join(argument, name));
}

// A fault of this program is told as such and never passes for OK.
function outcomeOf(file) {
  const bytes = fs.readFileSync(file);
  try {
    return verify(bytes);
  } catch (error) {
    return { ok: false, reason: "PROGRAM", detail: String(error.stack), notes: [] };
  }
}

function checkFile(file) {
  const name = path.basename(file);
  const { ok, reason, detail, notes } = outcomeOf(file);
  console.log((ok ? "OK " : reason + " ") + name);
  if (detail && !ok) console.error(name + "：" + detail);
  for (const note of notes) console.error(name + "：" + (note.kind === "void" ? "VOID " : "") + note.text);
  return ok;
}

function main() {
  const seconds = process.argv.indexOf("--time") > 0;
  const targets = process.argv.slice(2).filter((argument) => argument !== "--time");
  try {
    const files = [].concat(...targets.map(filesOf));
    if (files.length === 0) throw new Error("用法：node verify.mjs 记录文件或文件夹…");
    const start = Date.now();
    const good = files.map(checkFile).every(Boolean);
    if (seconds) console.error("用时 " + (Date.now() - start) / 1000 + " 秒");
    process.exitCode = good ? 0 : 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
  }
}

main();
