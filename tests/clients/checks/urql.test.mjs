// urql: its Accept lists text/event-stream with every request, and it is answered in JSON all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, fetchExchange, gql } from "@urql/core";
import { bearer, endpoint } from "../demo.mjs";

/** A client, and the heads of its requests and answers. */
function client(role) {
  const heads = [];
  const watching = async (address, options) => {
    const response = await fetch(address, options);
    const type = response.headers.get("content-type");
    heads.push({ method: options.method, accept: new Headers(options.headers).get("accept"), type });
    return response;
  };
  const fetchOptions = { headers: bearer(role) };
  const one = new Client({ url: endpoint, exchanges: [fetchExchange], fetch: watching, fetchOptions, preferGetMethod: false });
  return { heads, one };
}

test("a query is answered in JSON, though events are accepted", async () => {
  const { one, heads } = client("client");
  const { data, error } = await one.query(gql("query ($first: Int) { cases(first: $first) { nodes { title } } }"), { first: 1 });
  assert.equal(error, undefined);
  assert.equal(data.cases.nodes[0].title, "Your injury claim");
  assert.match(heads[0].accept, /text\/event-stream/);
  assert.match(heads[0].type, /^application\/graphql-response\+json/);
});

test("a query by GET is answered in JSON, too", async () => {
  const { one, heads } = client("client");
  const { data, error } = await one.query(gql("{ viewer { role } }"), {}, { preferGetMethod: "force" });
  assert.equal(error, undefined);
  assert.equal(data.viewer.role, "CLIENT");
  assert.equal(heads[0].method, "GET");
  assert.match(heads[0].type, /^application\/graphql-response\+json/);
});

test("an error has its code", async () => {
  const { one } = client("client");
  const { data, error } = await one.query(gql("{ tasks { nodes { id } } }"), {});
  assert.equal(data, undefined);
  assert.equal(error.graphQLErrors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
});
