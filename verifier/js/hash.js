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
