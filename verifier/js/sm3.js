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
