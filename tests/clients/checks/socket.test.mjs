// Sockets: what the client of graphql-ws is told, and how its socket ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { Docket, FOLLOW_PAPERS, FOLLOW_TITLE } from "../docket.mjs";
import { bearer, collected, endpoint } from "../demo.mjs";

function client(connectionParams, on = {}) {
  const url = endpoint.replace("http:", "ws:");
  return createClient({ url, webSocketImpl: WebSocket, connectionParams, on, retryAttempts: 0, lazyCloseTimeout: 5_000 });
}

/** The code with which a client's socket is closed, told by the close itself. */
function closing() {
  const on = {};
  const closed = new Promise((resolve) => (on.closed = resolve));
  return { on, closed };
}

test("a query is answered over a socket, and the socket ends with 1000", async () => {
  const { on, closed } = closing();
  const one = client(bearer("client"), on);
  const answers = await collected(one.iterate({ query: "{ viewer { role } }" }));
  assert.deepEqual(answers, [{ data: { viewer: { role: "CLIENT" } } }]);
  await one.dispose();
  assert.equal((await closed).code, 1000);
});

for (const [who, params] of [
  ["a wrong token", { Authorization: "Bearer pts_0000000000000000000000000000000000000000000" }],
  ["no token", {}],
  ["another person's role", { ...bearer("client"), "Portico-Role": "attorney" }],
]) {
  test(`${who} closes the socket with 4403`, async () => {
    const { on, closed } = closing();
    const one = client(params, on);
    await assert.rejects(collected(one.iterate({ query: "{ viewer { role } }" })), { code: 4403 });
    assert.equal((await closed).code, 4403);
  });
}

test("an error is the operation's, with its code, and the socket goes on", async () => {
  const one = client(bearer("client"));
  const failed = await collected(one.iterate({ query: "{ tasks { nodes { id } } }" })).catch((errors) => errors);
  assert.equal(failed[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
  const answers = await collected(one.iterate({ query: "{ viewer { role } }" }));
  assert.equal(answers[0].data.viewer.role, "CLIENT");
  await one.dispose();
});

test("caseChanged tells of a paper that was imported, and nothing where nothing of the selection changed", async () => {
  const docket = new Docket("1:26-cv-90001");
  await docket.file("COMPLAINT");
  const variables = { case: await docket.id() };
  const { on, closed } = closing();
  const one = client(bearer("attorney"), on);
  const papers = one.iterate({ query: FOLLOW_PAPERS, variables });
  const titles = one.iterate({ query: FOLLOW_TITLE, variables });
  const [told, untold] = [papers.next(), titles.next()];
  // A subscription holds the socket until it has begun, so what is answered behind it is answered later.
  await collected(one.iterate({ query: "{ viewer { role } }" }));

  await docket.file("ANSWER");
  const { value } = await told;
  assert.equal(value.errors, undefined);
  assert.equal(value.data.caseChanged.case.documents.nodes.length, 2);
  const quiet = new Promise((resolve) => setTimeout(resolve, 500, "quiet"));
  assert.equal(await Promise.race([untold, quiet]), "quiet");

  await papers.return();
  await titles.return();
  const answers = await collected(one.iterate({ query: "{ viewer { role } }" }));
  assert.equal(answers[0].data.viewer.role, "ATTORNEY");
  await one.dispose();
  assert.equal((await closed).code, 1000);
});
