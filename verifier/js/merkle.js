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
