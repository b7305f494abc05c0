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
