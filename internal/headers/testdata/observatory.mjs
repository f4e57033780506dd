// Prints what the tests of MDN's HTTP Observatory say of a server: its folder and the port are the arguments.
import { pathToFileURL } from "node:url";
const [folder, port] = process.argv.slice(2);
const source = pathToFileURL(folder + "/node_modules/@mdn/mdn-http-observatory/src/").href;
const { retrieve } = await import(source + "retriever/retriever.js");
const found = {};
const answers = await retrieve("127.0.0.1", { httpPort: Number(port), httpsPort: 9 });
for (const name of ["csp", "referrer-policy", "x-content-type-options", "x-frame-options"]) {
  const module = await import(source + "analyzer/tests/" + name + ".js");
  const test = Object.values(module).find((v) => typeof v === "function" && v.name.endsWith("Test"));
  const output = test(answers);
  found[output.constructor.name] = output.pass;
}
console.log(JSON.stringify(found));
process.exit(0);
