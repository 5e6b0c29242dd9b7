import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect } from "chai";
import type { Resource } from "../../graph/resource";
import { resourceTypes } from "../../graph/resource-types";
import { checkRule, type Finding } from "../../policy/check";
import { pack, subjects } from "../../policy/pack";
import { unknown } from "../../policy/queries/unknown";
import { View } from "../../policy/queries/view";
import { type Cases, graphOf } from "./a-graph";
import { buckets } from "./cases/buckets";
import { code } from "./cases/code";
import { endpoints } from "./cases/endpoints";
import { destinations, stageLogs } from "./cases/logs";
import { policies } from "./cases/policies";
import { secrets } from "./cases/secrets";
import { callers } from "./cases/callers";
import { firewall } from "./cases/firewall";
import { functions } from "./cases/functions";
import { hostedEndpoints } from "./cases/hosted-endpoints";
import { hosting } from "./cases/hosting";
import { identities } from "./cases/identities";
import { keys } from "./cases/keys";
import { monitoring } from "./cases/monitoring";
import { network } from "./cases/network";
import { roles } from "./cases/roles";
import { stack } from "./cases/stack";
import { training } from "./cases/training";
import { transport } from "./cases/transport";

const casesBySubject: Readonly<Record<string, Cases>> = {
  buckets,
  callers,
  firewall,
  functions: { ...functions, ...code },
  identities,
  keys: { ...keys, ...secrets },
  monitoring: { ...monitoring, ...destinations },
  network: { ...network, ...endpoints },
  roles: { ...roles, ...policies },
  stack,
  training: { ...training, ...hosting, ...hostedEndpoints },
  transport: { ...transport, ...stageLogs },
};
const cases: Cases = Object.assign({}, ...Object.values(casesBySubject)) as Cases;
const today = new Date("2026-11-20");

/** Findings of one rule, without exceptions, and to how many resources it applied. */
function run(name: string, resources: readonly Resource[], stack?: string): { findings: Finding[]; applied: number } {
  const rule = pack.find((each) => each.name === name)!;
  let applied = 0;
  const view = new View(graphOf(resources, stack), today);
  const findings = checkRule(rule, view, { today, exceptions: [], applied: () => applied++ });
  return { findings, applied };
}

const folder = join(__dirname, "../../policy/rules");

describe("Policy rules", () => {
  it("are all in the pack, one a file, under the file's name, in the folder of their subject, and have cases there", () => {
    expect(Object.keys(subjects).sort()).to.deep.equal(Object.keys(casesBySubject).sort());
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.includes("/"));
    expect([...new Set(files.map((file) => dirname(file)))].sort()).to.deep.equal(Object.keys(subjects).sort());
    for (const [subject, rules] of Object.entries(subjects)) {
      const own = files
        .filter((file) => dirname(file) === subject && / Rule = /.test(readFileSync(join(folder, file), "utf8")))
        .map((file) => basename(file, ".ts"));
      const names = rules.map(({ name }) => name).sort();
      expect(names, subject).to.deep.equal(own.sort());
      expect(Object.keys(casesBySubject[subject]!).sort(), subject).to.deep.equal(names);
    }
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
    describe(`${name},`, () => {
      for (const [what, resources] of Object.entries(good)) {
        it(`passes: ${what}`, () => {
          const { findings, applied } = run(name, resources, stack);
          expect(findings).to.deep.equal([]);
          expect(applied, "it applied to nothing").to.be.greaterThan(0);
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
