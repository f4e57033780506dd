// Reads a list of property names from standard input and writes the scalar values of each as
// [first, last, first, last, ...], null for a name that RegExp does not know.
const names = JSON.parse(require("fs").readFileSync(0, "utf8"));
const parts = []; // all scalar values in order
for (let c = 0; c < 0x110000; c++) if (c < 0xd800 || c > 0xdfff) parts.push(String.fromCodePoint(c));
const all = parts.join("");
function ranges(name) {
  let re;
  try { re = new RegExp(`\\p{${name}}+`, "gu"); } catch { return null; }
  const out = [];
  for (const [run] of all.matchAll(re)) {
    const last = run.charCodeAt(run.length - 1) >> 10 === 0x37 ? run.length - 2 : run.length - 1;
    out.push(run.codePointAt(0), run.codePointAt(last));
  }
  return out;
}
process.stdout.write(JSON.stringify(names.map((name) => ({ name, ranges: ranges(name) }))));
