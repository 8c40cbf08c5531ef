// GraphiQL in Chromium: the demo's page with a token asks, and its docs have the client's types and no others.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { ask, bearer, url } from "../demo.mjs";

/**
 * Where the page loads its code from. Here the files come out of the packages, and the page's own integrity hashes see to
 * it that they are the same.
 */
const CDN = /^https:\/\/cdn\.jsdelivr\.net\/npm\/([\w-]+)@([\d.]+)\/(.+)$/;
const TYPES = { css: "text/css", js: "text/javascript" };

async function fromPackages(route) {
  const [, name, version, path] = CDN.exec(route.request().url());
  const folder = new URL(`../node_modules/${name}/`, import.meta.url);
  const { version: here } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
  assert.equal(here, version, `the page loads ${name} ${version}: package.json must name it`);
  const headers = { "Access-Control-Allow-Origin": "*" };
  await route.fulfill({ path: new URL(path, folder).pathname, contentType: TYPES[path.split(".").at(-1)], headers });
}

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser?.close());

/** The console's page with a role's token among its headers, and what went wrong in it. */
async function opened(role) {
  const page = await browser.newPage();
  const faults = [];
  page.on("console", (said) => said.type() === "error" && faults.push(`${said.text()} (${said.location().url})`));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("requestfailed", (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.route(CDN, fromPackages);
  await page.goto(url);
  await page
    .locator(".graphiql-container")
    .waitFor({ timeout: 20_000 })
    .catch((late) => assert.fail([...faults, late.message].join("\n")));
  await write(page, ".graphiql-editor-tool", JSON.stringify(bearer(role)));
  await page.getByRole("button", { name: "Re-fetch GraphQL schema" }).click();
  return { page, faults };
}

/** Replaces what stands in an editor. */
async function write(page, editor, text) {
  const place = page.locator(`${editor} .CodeMirror:visible`).first();
  await place.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

test("a query is asked and answered with a token", async () => {
  const { page, faults } = await opened("client");
  await write(page, ".graphiql-query-editor", "{ cases { nodes { title } } }");
  await page.getByRole("button", { name: "Execute query" }).click();
  await page.locator(".result-window", { hasText: "Your injury claim" }).waitFor({ timeout: 15_000 });
  assert.deepEqual(faults, []);
  await page.close();
});

for (const role of ["client", "attorney"]) {
  test(`the docs show the schema of the ${role}`, async () => {
    const { page, faults } = await opened(role);
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    const docs = page.locator(".graphiql-doc-explorer");
    await docs.getByText("CaseConnection", { exact: true }).first().waitFor();
    const types = await docs.innerText();
    await docs.getByText("Query", { exact: true }).first().click();
    await docs.getByText("cases", { exact: true }).first().waitFor();
    const fields = await docs.innerText();
    // What is the firm's own is nowhere in a client's docs, and in the attorney's it is.
    const isOfFirm = role === "attorney";
    assert.equal(/^(Task|TaskConnection|Strategy\w*)$/m.test(types), isOfFirm, types);
    assert.equal(/\btasks\b/.test(fields), isOfFirm, fields);
    assert.deepEqual(faults, []);
    await page.close();
  });
}
