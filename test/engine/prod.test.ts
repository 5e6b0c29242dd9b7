// The prod stack under the real engine: everything on, and what holds data is kept.

import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { exampleSettings } from "../../graph/project";
import { simulate } from "../../graph/simulate";
import { Engine, type Exported, type Stack } from "./engine";
import { touched } from "./events";

/** Marks an encrypted value in the state; its plain text stands beside, where it is asked for. */
const signature = "4dabf18193072939515e22adb298388d";

/** Every secret in a value, by its path. */
function secretsIn(value: unknown, path: string): [path: string, plaintext: string][] {
  if (value === null || typeof value !== "object") return [];
  const marked = value as { readonly plaintext?: string };
  if (signature in value && typeof marked.plaintext === "string") return [[path, marked.plaintext]];
  return Object.entries(value).flatMap(([key, item]) => secretsIn(item, `${path}.${key}`));
}

describe("The prod stack under the real engine", () => {
  let engine: Engine;
  let prod: Stack;

  before(async () => {
    engine = await Engine.start(projectRoot);
    prod = await engine.stack("prod");
    await prod.set(exampleSettings(projectRoot) as Record<string, string>);
  });
  after(() => engine?.stop());

  it("makes with up what the preview said, and changes nothing in a second up", async () => {
    const [preview, up] = [await prod.preview(), await prod.up()];
    expect(up.code, up.complaint).to.equal(0);
    expect(touched(up.steps)).to.deep.equal(touched(preview.steps));
    expect(up.steps.length).to.be.greaterThan(100);
    const again = await prod.up();
    expect(touched(again.steps)).to.deep.equal([]);
    expect(again.unchanged).to.equal(up.steps.length);
  });

  it("encrypts every secret in the state file: no value of one stands in it", async () => {
    const state = prod.state();
    const resources = await prod.exported();
    const secrets = resources.flatMap((each) => secretsIn(each, each.urn));
    expect(secrets.map(([path]) => path).join("\n")).to.contain("ClientCredentials");
    for (const [path, plaintext] of secrets) {
      const value = plaintext.replace(/^"|"$/g, "");
      if (value.length >= 8) expect(state.includes(value), path).to.equal(false);
    }
    // And whatever a provider gives as a secret is one in the state.
    const plain = resources.flatMap(plainSecrets);
    expect(plain).to.deep.equal([]);
  });

  it("refuses in the preview to switch off a module that holds data, changes nothing, and names the setting", async () => {
    const before = engine.standing();
    for (const module of ["httpApi", "secrets"]) {
      await prod.set({ [module]: false });
      const run = await prod.upAfterPreview();
      expect(run.code, module).not.to.equal(0);
      expect(run.printed, module).to.match(/cannot be deleted.*protect/s);
      expect(run.printed, module).to.contain("pulumi config set protectData false");
      expect(engine.standing(), module).to.deep.equal(before);
      await prod.set({ [module]: true });
    }
  });

  it("refuses in the preview to put clients in the place of the one key of all, changes nothing, and names the setting", async () => {
    const before = engine.standing();
    const client = (field: string, value: string) =>
      engine.pulumi(["config", "set", "--stack", "prod", "--path", `clients[0].${field}`, value]);
    await client("name", "acme");
    await client("principal", "arn:aws:iam::123456789012:role/acme");
    const run = await prod.upAfterPreview();
    expect(run.code).not.to.equal(0);
    expect(run.printed).to.match(/secrets-api-key-secret.*cannot be deleted.*protect/s);
    expect(run.printed).to.contain("pulumi config set protectData false");
    expect(engine.standing()).to.deep.equal(before);
    await engine.pulumi(["config", "rm", "--stack", "prod", "clients"]);
  });

  it("refuses in the preview of destroy to delete what holds data, so that nothing is deleted", async () => {
    const before = engine.standing();
    const run = await prod.destroy();
    expect(run.code).not.to.equal(0);
    expect(run.printed).to.match(/code-store-code-bucket.*protect/s);
    expect(engine.standing()).to.deep.equal(before);
  });

  it("removes a module in two steps: release what holds data, then switch the module off", async () => {
    await prod.set({ protectData: false });
    const released = await prod.up();
    expect(released.code, released.complaint).to.equal(0);
    expect(new Set(released.steps.map(({ op }) => op))).to.deep.equal(new Set(["update"]));
    await prod.set({ httpApi: false });
    const removed = await prod.upAfterPreview();
    expect(removed.code, removed.complaint).to.equal(0);
    expect(removed.steps.map(({ op, name }) => `${op} ${name}`)).to.include("delete httpApi-domain-truststore-bucket");
    expect(
      removed.steps.filter(({ op, name }) => !/^delete httpApi|^\w+ operations/.test(`${op} ${name}`)),
    ).to.deep.equal([]);
  });

  it("is destroyed to nothing but the account's log role and the key ring, which Google Cloud never deletes", async () => {
    const run = await prod.destroy();
    expect(run.code, run.complaint).to.equal(0);
    const types = engine.standing().map(({ type }) => type);
    expect(types.filter((type) => !type.startsWith("gcp:"))).to.deep.equal([
      "aws:apigateway/account:Account",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ]);
  });
});

/** Paths of the outputs that the provider marks secret and that stand in plain in the state. */
function plainSecrets({ type, urn, inputs = {}, outputs = {} }: Exported): string[] {
  if (!/^(aws|gcp|auth0):/.test(type)) return [];
  const { secrets } = simulate({ type, urn, name: urn.split("::").at(-1)!, inputs });
  return secrets
    .filter((property) => outputs[property] !== undefined && outputs[property] !== "")
    .filter((property) => !JSON.stringify(outputs[property]).includes(signature))
    .map((property) => `${urn}: ${property}`);
}
