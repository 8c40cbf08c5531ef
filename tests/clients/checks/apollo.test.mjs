// Apollo Client: answers, errors with their codes, its cache, and its two ways of sending a hash in place of a text.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { bearer, endpoint, folder, operate } from "../demo.mjs";

const CASES = gql`
  query Cases {
    cases(first: 5) {
      nodes {
        id
        title
      }
    }
  }
`;
const CASE = gql`
  query Case($id: ID!) {
    case(id: $id) {
      id
      title
    }
  }
`;

/** A client, and the bodies that it sent. A case that is known by its id is not asked for again. */
function client(role, ...links) {
  const sent = [];
  const counting = (address, options) => {
    sent.push(JSON.parse(options.body));
    return fetch(address, options);
  };
  const read = (known, { args, toReference }) => known ?? toReference({ __typename: "Case", id: args.id });
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { case: { read } } } } });
  const http = new HttpLink({ uri: endpoint, headers: bearer(role), fetch: counting });
  return { sent, apollo: new ApolloClient({ cache, link: ApolloLink.from([...links, http]) }) };
}

test("a query is answered", async () => {
  const { apollo } = client("client");
  const { data } = await apollo.query({ query: CASES });
  assert.equal(data.cases.__typename, "CaseConnection");
  assert.equal(data.cases.nodes[0].title, "Your injury claim");
});

test("an error has its code", async () => {
  const { apollo } = client("client");
  const error = await apollo.query({ query: gql("{ tasks { nodes { id } } }") }).catch((thrown) => thrown);
  assert.ok(CombinedGraphQLErrors.is(error), String(error));
  assert.equal(error.errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
});

test("an object is kept by its id, and not asked for again", async () => {
  const { apollo, sent } = client("client");
  const { data } = await apollo.query({ query: CASES });
  const [first] = data.cases.nodes;
  const again = await apollo.query({ query: CASE, variables: { id: first.id } });
  assert.deepEqual(again.data.case, first);
  assert.equal(sent.length, 1);
});

test("persisted queries: the hash is unknown, so the text follows, and stays unknown", async () => {
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const { apollo, sent } = client("client", new PersistedQueryLink({ sha256 }));
  for (const _ of ["once", "twice"]) {
    const { data } = await apollo.query({ query: CASES, fetchPolicy: "network-only" });
    assert.equal(data.cases.nodes[0].title, "Your injury claim");
  }
  assert.deepEqual(sent.map((body) => "query" in body), [false, true, false, true]);
});

test("trusted documents: the manifest of Apollo's tool is taken in, and its ids are answered", async () => {
  const text = "query Trusted { cases(first: 5) { nodes { id title reference } } }";
  const project = await mkdtemp(join(folder, "apollo-"));
  await mkdir(join(project, "src"));
  await writeFile(join(project, "src", "trusted.graphql"), text);
  const tool = fileURLToPath(import.meta.resolve("@apollo/generate-persisted-query-manifest/cli.js"));
  await promisify(execFile)(process.execPath, [tool], { cwd: project });
  const manifest = join(project, "persisted-query-manifest.json");
  await operate("trusted", "add", manifest, "--role", "client");

  const loadManifest = async () => JSON.parse(await readFile(manifest, "utf8"));
  const byId = () => new PersistedQueryLink(generatePersistedQueryIdsFromManifest({ loadManifest }));
  const { apollo, sent } = client("client", byId());
  const { data } = await apollo.query({ query: gql(text) });
  assert.equal(data.cases.nodes[0].title, "Your injury claim");
  assert.deepEqual(sent.map((body) => "query" in body), [false]);

  // To another role it is a hash that nobody knows, so the text follows.
  const other = client("attorney", byId());
  await other.apollo.query({ query: gql(text) });
  assert.deepEqual(other.sent.map((body) => "query" in body), [false, true]);
});
