// The demo that the checks ask: where it is, who is in it, and the plain way of asking it.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

const about = JSON.parse(readFileSync(process.env.PORTICO_DEMO, "utf8"));

export const { url, folder } = about;
export const endpoint = `${url}/graphql`;

/** The roles of who does not belong to the firm; `anonymous` has no token. */
export const OUTSIDE = ["anonymous", "client", "co_client", "authorized_contact", "bill_payer", "expert", "co_counsel"];

/** The token of the first of the cast who acts in the role. */
export function token(role) {
  const member = about.cast.find((one) => one.role === role);
  if (!member) throw new Error(`the demo's cast has no ${role}`);
  return member.token;
}

/** The headers of a role's requests. */
export function bearer(role) {
  return role === "anonymous" ? {} : { Authorization: `Bearer ${token(role)}` };
}

/** What a role is answered; errors too. */
export async function ask(role, query, variables = {}) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { ...bearer(role), "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** A role's schema as the demo serves it. */
export async function schema(role) {
  const response = await fetch(`${url}/schema.graphql`, { headers: bearer(role) });
  if (!response.ok) throw new Error(`${role}'s schema: ${response.status}`);
  return response.text();
}

/** Runs a command of the program on the demo's database, as an operator would beside a running service. */
export async function operate(...words) {
  return promisify(execFile)(about.program, [...words, "--database", about.database]);
}

/** All that an operation tells, once it has ended. */
export async function collected(told) {
  const all = [];
  for await (const one of told) all.push(one);
  return all;
}
