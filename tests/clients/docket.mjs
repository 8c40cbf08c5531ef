// A case of the demo's firm that changes while others look: a court's docket, imported again with one line more.
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ask, folder, operate } from "./demo.mjs";

export class Docket {
  #entries = [];

  constructor(number) {
    this.number = number;
  }

  /** Adds a paper of this title, and imports the docket. */
  async file(title) {
    const number = String(this.#entries.length + 1);
    this.#entries.push({
      date_filed: "2026-03-02",
      document_number: number,
      // What makes a paper of a line.
      pacer_doc_id: `${this.number.replace(/\D/g, "")}${number}`,
      description: `${title} filed by Fern Maple. (Entered: 03/02/2026)`,
    });
    const docket = {
      case_name: "Maple v. Willow & Sons",
      court_id: "nyed",
      date_filed: "2026-03-02",
      docket_number: this.number,
      docket_entries: this.#entries,
      parties: [],
    };
    const path = join(await mkdtemp(join(folder, "docket-")), "docket.json");
    await writeFile(path, JSON.stringify(docket));
    await operate("import", "dockets", path, "--firm", "castellan");
  }

  /** The id of its case. */
  async id() {
    const cases = "{ cases(first: 100) { nodes { id court { docketNumber } } } }";
    const { data } = await ask("attorney", cases);
    return data.cases.nodes.find((one) => one.court?.docketNumber === this.number).id;
  }
}

/** All that such a case shows of its papers. */
export const FOLLOW_PAPERS =
  "subscription ($case: ID!) { caseChanged(case: $case) { case { documents { nodes { legalTitle } } } } }";

/** What another paper changes nothing of. */
export const FOLLOW_TITLE = "subscription ($case: ID!) { caseChanged(case: $case) { case { title reference } } }";
