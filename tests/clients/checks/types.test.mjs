// Types for frontends: relay-compiler and graphql-codegen on each outside role's schema, and all that they make in tsc.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { disableFragmentWarnings } from "@apollo/client";
import { generate } from "@graphql-codegen/cli";
import { OUTSIDE, schema } from "../demo.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const made = join(here, "made");
/** The scalars of the schemas: with strictScalars, one more fails until somebody has said what it is. */
const SCALARS = ["CurrencyCode", "Date", "DateTime", "Decimal", "LocalDateTime", "TimeZone", "URL"];
const scalars = Object.fromEntries(SCALARS.map((name) => [name, "string"]));

// Each role has its own fragments, and codegen reads them in one program, so the same names come again.
disableFragmentWarnings();

/** Runs a tool of a package in a folder; what it says is the failure's text. */
async function tool(name, cwd, ...words) {
  const program = join(here, "node_modules", name);
  const run = promisify(execFile)(process.execPath, [program, ...words], { cwd });
  await run.catch((failed) => assert.fail(`${failed.stdout}\n${failed.stderr}`));
}

/** An operations file as the module that Relay reads: it takes documents from code alone. */
async function module(source, target) {
  const documents = (await readFile(source, "utf8")).replace(/^#.*\n/gm, "").split(/\n(?=query|fragment|subscription)/);
  const exported = documents.map((one, at) => `export const document${at} = graphql\`\n${one.trim()}\n\`;\n`);
  await writeFile(target, `import { graphql } from "relay-runtime";\n\n${exported.join("\n")}`);
}

before(async () => {
  await rm(made, { recursive: true, force: true });
  for (const role of OUTSIDE) {
    await mkdir(join(made, role, "relay"), { recursive: true });
    await writeFile(join(made, role, "schema.graphql"), await schema(role));
  }
});

for (const role of OUTSIDE) {
  const folder = join(made, role);
  const operations = join(here, "operations", `${role}.graphql`);

  test(`relay-compiler takes the schema and operations of ${role}`, async () => {
    await module(operations, join(folder, "relay", "Portal.ts"));
    const pages = join(here, "operations", `${role}.relay.graphql`);
    if (existsSync(pages)) await module(pages, join(folder, "relay", "Pages.ts"));
    const config = { src: "relay", schema: "schema.graphql", language: "typescript", eagerEsModules: true };
    await writeFile(join(folder, "relay.config.json"), JSON.stringify(config));
    await tool("relay-compiler/cli.js", folder, "relay.config.json");
    assert.ok(existsSync(join(folder, "relay", "__generated__", "PortalQuery.graphql.ts")), "no artifact was made");
  });

  test(`graphql-codegen takes the schema and operations of ${role}`, async () => {
    const config = {
      cwd: here,
      silent: true,
      schema: join(folder, "schema.graphql"),
      documents: operations,
      config: { strictScalars: true, scalars, enumsAsTypes: true },
      generates: {
        [join(folder, "preset/")]: { preset: "client" },
        [join(folder, "types.ts")]: { plugins: ["typescript"] },
        [join(folder, "operations.ts")]: { plugins: ["typescript-operations"] },
      },
    };
    await generate(config, true).catch((failed) => assert.fail(failed.message));
  });
}

test("tsc --strict takes all that was made, and a page that is written against it", async () => {
  await tool("typescript/bin/tsc", here, "--project", "tsconfig.json");
});
