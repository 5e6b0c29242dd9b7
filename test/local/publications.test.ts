import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { watchPublications } from "../../local/run/served-models";

/** What a publication of the models does in a run. @param on whether the run has the module already */
async function told(models: string[], { on, set = {} }: { on: boolean; set?: object }): Promise<string[]> {
  const did: string[] = [];
  let isOn = on;
  let changed: ((models: readonly string[]) => Promise<void>) | undefined;
  watchPublications(
    {
      get isOn() {
        return isOn;
      },
      open: () => {
        did.push("open");
        isOn = true;
        return Promise.resolve();
      },
      watch: (call) => void (changed = call),
    },
    {
      sets: (setting) => setting in set,
      add: (settings) => did.push(JSON.stringify(settings)),
      evaluate: () => evaluate({ stack: "dev", set: {} }),
    },
    {
      replace: () => Promise.resolve(void did.push("replace")),
      invoke: () =>
        Promise.resolve({
          kind: "result",
          payload: { statusCode: 200, headers: {}, body: JSON.stringify({ versions: ["0123456789ab"] }) },
        }),
    },
    (line) => did.push(line),
  );
  await changed!(models);
  return did;
}

describe("A publication, in a run", () => {
  const served = "mymodel: version 0123456789ab is served.";

  it("is told of by the version that is served from then on", async () => {
    expect(await told(["mymodel"], { on: true })).to.deep.equal([served]);
  });

  it("switches the module on first, where the run has it off", async () => {
    const did = await told(["mymodel"], { on: false });
    expect(did).to.deep.equal(['{"sagemaker":true}', "open", "replace", served]);
  });

  it("does nothing where the run was told to have it off, or does not serve the model", async () => {
    expect(await told(["mymodel"], { on: false, set: { sagemaker: "false" } })).to.deep.equal([]);
    expect(await told(["another"], { on: true })).to.deep.equal([]);
  });
});
