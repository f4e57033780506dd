// Reads a list of {pattern, strings} from standard input and writes how RegExp reads each one:
// {mode: "u", "" or null if neither mode accepts it, hits: one truth per string}.
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
function read(pattern) {
  for (const mode of ["u", ""]) {
    try { return [mode, new RegExp(pattern, mode)]; } catch { /* the next mode */ }
  }
  return [null, null];
}
process.stdout.write(JSON.stringify(cases.map(({ pattern, strings }) => {
  const [mode, re] = read(pattern);
  return { mode, hits: re ? strings.map((s) => re.test(s)) : [] };
})));
