// Bundles Observable Plot and what it needs of D3 into charts.min.js, and collects the licences of all that is in it.
// Run by `npm ci && npm run build` when a version changes; the build of Interstice takes the files as they are.
import { build } from "esbuild";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const { metafile } = await build({
  stdin: { contents: 'export * from "@observablehq/plot";', resolveDir: "." },
  bundle: true, minify: true, metafile: true, format: "iife", globalName: "Plot", target: "es2020",
  legalComments: "none", outfile: "charts.min.js",
});

const packages = new Set();
for (const path of Object.keys(metafile.inputs)) {
  const found = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/);
  if (found) packages.add(found[1]);
}
let text = "charts.min.js is made of these packages of npm, each under its licence.\n";
for (const name of [...packages].sort()) {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  text += `\n${"=".repeat(80)}\n${name} ${version} (${license})\n\n`;
  text += file && existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, "utf8").trim() + "\n" : "";
}
writeFileSync("LICENSES.txt", text);
