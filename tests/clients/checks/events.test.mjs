// Server-sent events: what the client of graphql-sse is told in distinct connections mode, and how its streams end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "graphql-sse";
import { Docket, FOLLOW_PAPERS, FOLLOW_TITLE } from "../docket.mjs";
import { bearer, collected, endpoint } from "../demo.mjs";

/** A client, and the heads of the answers that it gets. */
function client(headers) {
  const heads = [];
  const fetchFn = async (...request) => {
    const response = await fetch(...request);
    heads.push(response);
    return response;
  };
  return { heads, one: createClient({ url: endpoint, headers, fetchFn, singleConnection: false, retryAttempts: 0 }) };
}

test("a query is answered as events, which end by themselves", async () => {
  const { one, heads } = client(bearer("client"));
  const answers = await collected(one.iterate({ query: "{ viewer { role } }" }));
  assert.deepEqual(answers, [{ data: { viewer: { role: "CLIENT" } } }]);
  assert.equal(heads[0].headers.get("content-type"), "text/event-stream");
});

test("a wrong token is answered 401 before any event", async () => {
  const { one } = client({ Authorization: "Bearer pts_0000000000000000000000000000000000000000000" });
  const refused = await collected(one.iterate({ query: "{ viewer { role } }" })).catch((error) => error);
  assert.equal(refused.response.status, 401);
});

test("an error comes as an event, with its code", async () => {
  const { one } = client(bearer("client"));
  const answers = await collected(one.iterate({ query: "{ tasks { nodes { id } } }" }));
  assert.equal(answers.length, 1);
  assert.equal(answers[0].errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
});

test("caseChanged tells of a paper that was imported, and nothing where nothing of the selection changed", async () => {
  const docket = new Docket("1:26-cv-90002");
  await docket.file("COMPLAINT");
  const variables = { case: await docket.id() };
  const { one, heads } = client(bearer("attorney"));
  const papers = one.iterate({ query: FOLLOW_PAPERS, variables });
  const titles = one.iterate({ query: FOLLOW_TITLE, variables });
  const [told, untold] = [papers.next(), titles.next()];
  // An answer has its head once its subscription has begun.
  while (heads.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));

  await docket.file("ANSWER");
  const { value } = await told;
  assert.equal(value.errors, undefined);
  assert.equal(value.data.caseChanged.case.documents.nodes.length, 2);
  const quiet = new Promise((resolve) => setTimeout(resolve, 500, "quiet"));
  assert.equal(await Promise.race([untold, quiet]), "quiet");

  await papers.return();
  await titles.return();
  const again = await collected(one.iterate({ query: "{ viewer { role } }" }));
  assert.equal(again[0].data.viewer.role, "ATTORNEY");
  one.dispose();
});
