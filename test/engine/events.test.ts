import { expect } from "chai";
import { readEvents } from "./events";

const event = (content: object) => JSON.stringify({ sequence: 0, ...content });
const step = (op: string, urn: string, detailedDiff: object | null = null, planning = false) =>
  event({
    resourcePreEvent: { metadata: { op, urn, type: "a:b:C", detailedDiff, new: { inputs: { x: 1 } } }, planning },
  });

describe("Events of the engine", () => {
  it("become steps, without the resources that stay", () => {
    const report = readEvents(
      [
        step("same", "urn:pulumi:dev::p::a:b:C::kept"),
        step("update", "urn:pulumi:dev::p::a:b:C::changed", { z: {}, "a.b": {} }),
        event({ summaryEvent: { resourceChanges: { same: 1, update: 1 } } }),
      ].join("\n"),
    );
    expect(report).to.deep.equal({
      steps: [
        {
          op: "update",
          urn: "urn:pulumi:dev::p::a:b:C::changed",
          type: "a:b:C",
          name: "changed",
          changes: ["a.b", "z"],
          inputs: { x: 1 },
        },
      ],
      unchanged: 1,
      problems: [],
    });
  });

  it("of a run that previews and then acts become the steps that it took, and of a preview those that it plans", () => {
    const planned = [step("delete", "urn::one", null, true), step("delete", "urn::two", null, true)];
    expect(readEvents(planned.join("\n")).steps.map(({ name }) => name)).to.deep.equal(["one", "two"]);
    const acted = [...planned, step("delete", "urn::one")];
    expect(readEvents(acted.join("\n")).steps.map(({ name }) => name)).to.deep.equal(["one"]);
  });

  it("keep warnings and errors, skip what is no event, and leave out the note about the simulated providers", () => {
    const message = (severity: string, text: string) => event({ diagnosticEvent: { severity, message: `${text}\n` } });
    const report = readEvents(
      [
        "{",
        "plain text",
        message("debug", "noise"),
        message("warning", "using pulumi-resource-aws from $PATH at /x"),
        message("warning", "first"),
        message("error", "second"),
      ].join("\n"),
    );
    expect(report.problems).to.deep.equal(["first", "second"]);
  });
});
