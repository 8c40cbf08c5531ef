// Starts a demo on a free port with a folder of its own, runs the checks against it, and ends both.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How long the demo may take until it says where it is. */
const PATIENCE = 60_000;
const here = import.meta.dirname;

const folder = await mkdtemp(join(tmpdir(), "portico-clients-"));
const program = process.env.PORTICO;
const demo = spawn(program, ["demo", "--dir", join(folder, "demo"), "--port", "0"], {
  stdio: ["ignore", "pipe", "pipe"],
});
const log = [];
demo.stderr.on("data", (some) => log.push(some));

/** What the demo says of itself: its address, and a token for each of the cast. */
async function greeting() {
  const late = setTimeout(() => demo.kill(), PATIENCE);
  const cast = [];
  let url;
  for await (const line of createInterface({ input: demo.stdout })) {
    const member = /^ {2}(.*\S) +(\w+) +(pts_[\w-]+)/.exec(line);
    if (member) cast.push({ name: member[1], role: member[2], token: member[3] });
    url ??= /^GraphiQL: (http:\/\/[^/ ]*)\//.exec(line)?.[1];
    if (url) break;
  }
  clearTimeout(late);
  if (!url || cast.length === 0) throw new Error(`the demo did not start:\n${Buffer.concat(log)}`);
  return { url, cast, program, database: `sqlite:${join(folder, "demo", "portico.sqlite")}`, folder };
}

async function run(names) {
  const about = join(folder, "demo.json");
  await writeFile(about, JSON.stringify(await greeting()));
  const all = (await readdir(join(here, "checks"))).filter((file) => file.endsWith(".test.mjs"));
  const chosen = names.length === 0 ? all : names.map((name) => `${name}.test.mjs`);
  const files = chosen.map((file) => join(here, "checks", file));
  const tests = spawn(
    process.execPath,
    ["--test", "--test-force-exit", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=120000", ...files],
    { stdio: "inherit", cwd: here, env: { ...process.env, PORTICO_DEMO: about, NO_COLOR: "1" } },
  );
  const stop = () => tests.kill();
  process.once("SIGTERM", stop).once("SIGINT", stop);
  const [code] = await once(tests, "exit");
  return code ?? 1;
}

const ended = once(demo, "exit");
try {
  process.exitCode = await run(process.argv.slice(2));
  if (demo.exitCode !== null || demo.signalCode !== null) throw new Error(`the demo has died:\n${Buffer.concat(log)}`);
} finally {
  demo.kill();
  await ended;
  await rm(folder, { recursive: true, force: true });
}
