// graphql-inspector: each role's operations fit its schema, and a schema that loses something is told to break.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CriticalityLevel, diff, validate } from "@graphql-inspector/core";
import { Source, buildSchema, parse, print, visit } from "graphql";
import { OUTSIDE, schema } from "../demo.mjs";

const committed = new URL("../../../policies/generated/", import.meta.url);
const operations = new URL("../operations/", import.meta.url);

/** A role's operations, as inspector takes them. */
async function source(role) {
  return new Source(await readFile(new URL(`${role}.graphql`, operations), "utf8"), `${role}.graphql`);
}

/** The SDL without one field of a type. */
function without(sdl, type, field) {
  const fields = (node) => node.fields.filter((one) => one.name.value !== field);
  const lose = (node) => (node.name.value === type ? { ...node, fields: fields(node) } : undefined);
  return print(visit(parse(sdl), { ObjectTypeDefinition: lose }));
}

for (const role of OUTSIDE) {
  test(`the operations of ${role} fit its schema`, async () => {
    const faults = validate(buildSchema(await schema(role)), [await source(role)]);
    assert.deepEqual(faults.flatMap((fault) => fault.errors.map(String)), []);
  });

  test(`the schema that ${role} is served is the one that was reviewed`, async () => {
    const reviewed = await readFile(new URL(`${role}.graphql`, committed), "utf8");
    const changes = await diff(buildSchema(reviewed), buildSchema(await schema(role)));
    assert.deepEqual(changes.map((change) => change.message), []);
  });
}

test("a schema that loses a field breaks its clients, and one that gains it does not", async () => {
  const sdl = await schema("client");
  const [whole, less] = [buildSchema(sdl), buildSchema(without(sdl, "Case", "title"))];
  const [lost] = await diff(whole, less);
  assert.deepEqual([lost.path, lost.criticality.level], ["Case.title", CriticalityLevel.Breaking]);
  const [gained] = await diff(less, whole);
  assert.equal(gained.criticality.level, CriticalityLevel.NonBreaking);
});

test("a client's operations do not fit the schema of who has less", async () => {
  const faults = validate(buildSchema(await schema("bill_payer")), [await source("client")]);
  const said = faults.flatMap((fault) => fault.errors.map(String)).join("\n");
  assert.match(said, /Cannot query field "currentMilestone" on type "Case"/);
});
