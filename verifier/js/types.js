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
