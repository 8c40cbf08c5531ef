// GraphQL over HTTP: the audits of graphql-http, and nothing but what accepted.mjs gives a reason for may fail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serverAudits } from "graphql-http";
import { accepted } from "../accepted.mjs";
import { bearer, endpoint } from "../demo.mjs";

for (const role of ["anonymous", "client", "attorney"]) {
  /** Each request with the role's token; all else is the audit's. */
  const asRole = (address, options = {}) =>
    fetch(address, { ...options, headers: { ...bearer(role), ...options.headers } });

  test(`graphql-http audits as ${role}`, async (context) => {
    const audits = serverAudits({ url: endpoint, fetchFn: asRole });
    assert.ok(audits.length > 60, `only ${audits.length} audits`);
    for (const audit of audits) {
      if (audit.name.startsWith("MAY")) continue;
      await context.test(`${audit.id} ${audit.name}`, async () => {
        const result = await audit.fn();
        const reason = accepted[audit.id];
        if (reason && result.status !== "ok") return;
        assert.equal(reason, undefined, "it passes: take it out of accepted.mjs");
        assert.equal(result.status, "ok", result.reason);
      });
    }
  });
}
