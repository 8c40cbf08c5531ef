// schemathesis: operations made up from a role's schema are answered, none with an error of ours. judge.py says what is.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bearer, endpoint, folder } from "../demo.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));

/** How many operations are made up for each field at the root of the schema, always the same ones. */
const [EXAMPLES, SEED] = ["10", "20260503"];

for (const role of ["client", "attorney"]) {
  test(`schemathesis asks as ${role}`, async () => {
    const words = ["run", endpoint, "--header", `Authorization:${bearer(role).Authorization}`];
    words.push("--checks", "answered", "--phases", "fuzzing", "--mode", "positive");
    words.push("--max-examples", EXAMPLES, "--seed", SEED, "--no-shrink", "--generation-database", "none");
    const env = { ...process.env, SCHEMATHESIS_HOOKS: "judge", PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: "1" };
    const cwd = await mkdtemp(join(folder, "schemathesis-"));
    const run = promisify(execFile)(join(here, "venv", "bin", "schemathesis"), words, { cwd, env, timeout: 100_000 });
    const { stdout } = await run.catch((failed) => assert.fail(`${failed.stdout}\n${failed.stderr}`));
    const asked = Number(/(\d+) generated/.exec(stdout)?.[1]);
    assert.ok(asked > 50, `only ${asked} operations were asked:\n${stdout}`);
  });
}
