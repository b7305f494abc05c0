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
