import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readAreas } from "../../../conformance/case";
import { differences } from "../../../conformance/compare";
import { projectRoot } from "../../../graph/evaluate";
import { openAuthority } from "../../../local/certificates/authority";
import { LocalFunctions } from "../../../local/functions/local-functions";
import { startIssuer } from "../../../local/issuer/issuer";
import { functionResources, graph } from "./program";
import { answerOf, created, namesOf, type Stand } from "./serve";

// CONFORMANCE=rest/iam: only the files whose name contains it.
const areas = readAreas().filter(({ file }) => file.includes(process.env["CONFORMANCE"] ?? ""));

describe("Conformance", () => {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  let stand: Stand;
  let functions: LocalFunctions;

  before(async () => {
    const authority = await openAuthority(join(folder, "authority"));
    const certificate = await authority.server(["localhost", "127.0.0.1"]);
    const issuer = await startIssuer({ certificate });
    const cases = areas.flatMap((area) => area.cases).filter(({ api }) => !api.startsWith("create-"));
    functions = await LocalFunctions.start(graph(functionResources(cases)), {
      workDirectory: folder,
      projectRoot,
      log: () => undefined,
      maxEnvironments: 2,
      initMs: 120_000,
    });
    stand = { functions, authority, certificate, issuer };
  });
  after(async () => {
    await stand.issuer.close();
    await functions.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { area, cases } of areas)
    describe(area, () => {
      for (const each of cases)
        it(each.name, async () => {
          let found: string[];
          if (each.api.startsWith("create-")) {
            const result = created(each, stand);
            found =
              result.created === each.expect.created
                ? []
                : [`made: AWS ${each.expect.created}, here ${result.created} ${result.why ?? ""}`];
          } else {
            try {
              const answer = await answerOf(each, stand);
              found = differences(each, answer, namesOf(each, answer));
            } catch (error) {
              found = [`not served: ${(error as Error).message}`];
            }
          }
          if (each.differs === undefined) expect(found, each.evidence.source).to.deep.equal([]);
          else expect(found, `it is as on AWS now: take its reason out (${each.differs})`).not.to.deep.equal([]);
        });
    });
});
