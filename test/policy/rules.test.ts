import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect } from "chai";
import type { Resource } from "../../graph/resource";
import { resourceTypes } from "../../graph/resource-types";
import { checkRule, type Finding } from "../../policy/check";
import { pack } from "../../policy/pack";
import { unknown } from "../../policy/queries/unknown";
import { View } from "../../policy/queries/view";
import { type Case, graphOf } from "./a-graph";
import { alarms } from "./cases/alarms";
import { buckets } from "./cases/buckets";
import { callers } from "./cases/callers";
import { firewall } from "./cases/firewall";
import { functions } from "./cases/functions";
import { identities } from "./cases/identities";
import { inventory } from "./cases/inventory";
import { keys } from "./cases/keys";
import { network } from "./cases/network";
import { roles } from "./cases/roles";
import { transport } from "./cases/transport";

const cases: Readonly<Record<string, Case>> = {
  ...alarms,
  ...buckets,
  ...callers,
  ...firewall,
  ...functions,
  ...identities,
  ...inventory,
  ...keys,
  ...network,
  ...roles,
  ...transport,
};
const today = new Date("2026-11-20");

/** Findings of one rule, without exceptions, and how many resources it judged. */
function run(name: string, resources: readonly Resource[], stack?: string): { findings: Finding[]; judged: number } {
  const { rule } = pack.find((entry) => entry.rule.name === name)!;
  let judged = 0;
  const view = new View(graphOf(resources, stack), today);
  const findings = checkRule(rule, view, { today, exceptions: [], judged: () => judged++ });
  return { findings, judged };
}

const folder = join(__dirname, "../../policy/rules");

describe("the rules of the policy pack", () => {
  it("are all in the pack, one a file, under the file's name, and have cases", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && /: Rule = /.test(readFileSync(join(folder, file), "utf8")))
      .map((file) => basename(file, ".ts"));
    const names = pack.map(({ rule }) => rule.name);
    expect([...names].sort()).to.deep.equal(files.sort());
    expect(Object.keys(cases).sort()).to.deep.equal([...names].sort());
  });

  it("read the types that the table of resource types says they do, and no others", () => {
    const sources = readdirSync(dirname(folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(dirname(folder), file), "utf8"))
      .join("\n");
    // The settings of a bucket are named by their kind alone.
    const isRead = (type: string) =>
      sources.includes(`"${type}"`) || (type.startsWith("aws:s3/") && sources.includes(`"${type.split(":")[2]}"`));
    const reviewed = Object.entries(resourceTypes).filter(([, row]) => row.reviewed !== undefined);
    const wrong = reviewed.filter(([type, row]) => (row.reviewed === "read by rules") !== isRead(type));
    expect(wrong.map(([type]) => type)).to.deep.equal([]);
  });

  for (const [name, { good, bad, stack }] of Object.entries(cases)) {
    describe(name, () => {
      for (const [what, resources] of Object.entries(good)) {
        it(`passes: ${what}`, () => {
          const { findings, judged } = run(name, resources, stack);
          expect(findings).to.deep.equal([]);
          expect(judged, "it judged nothing").to.be.greaterThan(0);
        });
      }
      for (const [what, resources] of Object.entries(bad)) {
        it(`finds: ${what}`, () => {
          const { findings } = run(name, resources, stack);
          expect(findings).not.to.be.empty;
          for (const finding of findings) expect(finding).to.include({ rule: name, status: "open" });
        });
      }

      it("passes nothing that it cannot know", () => {
        const known = Object.values(good)[0]!;
        for (const [index, resource] of known.entries()) {
          for (const key of Object.keys(resource.inputs)) {
            const put = (value: unknown) =>
              known.map((item, at) => (at === index ? { ...item, inputs: { ...item.inputs, [key]: value } } : item));
            // What the rule never reads may be anything; what it reads must be known.
            const matters = run(name, put({ other: "thing" }), stack).findings.length > 0;
            if (matters) expect(run(name, put(unknown), stack).findings, `${resource.type} ${key}`).not.to.be.empty;
          }
        }
      });
    });
  }
});
