// A page of a client's portal, written against the types that codegen makes of the client's schema.
import type { ResultOf } from "@graphql-typed-document-node/core";
import { useFragment, type FragmentType } from "../made/client/preset/fragment-masking";
import { Portal_CaseFragmentDoc, PortalQueryDocument } from "../made/client/preset/graphql";
import type { Case, CaseStatus, Query } from "../made/client/types";

type Home = ResultOf<typeof PortalQueryDocument>;

/** What was released is there, so no case is without a title. */
function heading(one: FragmentType<typeof Portal_CaseFragmentDoc>): string {
  const shown = useFragment(Portal_CaseFragmentDoc, one);
  const status: CaseStatus = shown.status;
  return `${shown.title} (${status})`;
}

export function page(home: Home): string[] {
  return home.cases.nodes.map(heading);
}

/** What another role has is nowhere in a client's types. */
export function hidden(query: Query, one: Case): void {
  // @ts-expect-error tasks are the firm's own
  void query.tasks;
  // @ts-expect-error and so is its strategy
  void one.strategy;
}
