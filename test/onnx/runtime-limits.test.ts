import { expect } from "chai";
import { InferenceSession } from "onnxruntime-node";
import { newestIr, newestOpsets } from "../../onnx/runtime-limits";
import { onnxFile } from "../fixtures/onnx-file";

/** Whether the runtime of the lock file loads it. */
const loads = (bytes: Buffer): Promise<boolean> =>
  InferenceSession.create(bytes, { logSeverityLevel: 4 }).then(
    (session) => session.release().then(() => true),
    () => false,
  );

describe("The limits of the deployed runtime", () => {
  it("are its own for the IR version", async () => {
    expect(await loads(onnxFile({ ir: newestIr }))).to.equal(true);
    expect(await loads(onnxFile({ ir: newestIr + 1 }))).to.equal(false);
  });

  for (const [domain, newest] of newestOpsets) {
    it(`are its own for the opset of ${domain || "ai.onnx"}`, async () => {
      const opsets = (version: number) =>
        domain === "" ? [["", version] as const] : [["", 17] as const, [domain, version] as const];
      expect(await loads(onnxFile({ opsets: opsets(newest) }))).to.equal(true);
      expect(await loads(onnxFile({ opsets: opsets(newest + 1) }))).to.equal(false);
    });
  }

  it("leave out a domain without operators of its own", async () => {
    expect(
      await loads(
        onnxFile({
          opsets: [
            ["", 17],
            ["com.example", 9],
          ],
        }),
      ),
    ).to.equal(true);
    expect(
      await loads(
        onnxFile({
          opsets: [
            ["", 17],
            ["com.example", 1],
          ],
          operator: "Neg",
          domain: "com.example",
        }),
      ),
    ).to.equal(false);
  });
});
