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
