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
