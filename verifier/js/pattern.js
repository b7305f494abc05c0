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
