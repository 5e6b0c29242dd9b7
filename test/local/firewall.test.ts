import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { checkCoverage } from "../../local/gateway/coverage/coverage";
import { type Served, serveStack } from "./served";

const alone = { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };
const forbidden = { error: "Forbidden", message: "Forbidden" };

describe("the firewall of a local run", () => {
  let served: Served;
  afterEach(() => served.run.close());
  const key = () => ({ "x-api-key": served.run.credentials.apiKey! });

  it("lets the image of a tensor model through prod's rules, and stops a body that no function could take", async () => {
    const models = { modelsFolder: "test/fixtures/models", defaultModel: "image" };
    served = await serveStack({ ...alone, ...models, apiGatewayAuth: "apiKey" }, "prod");
    const tensor = Buffer.alloc(3 * 224 * 224 * 4);
    const input = {
      name: "image",
      shape: [1, 3, 224, 224],
      datatype: "FP32",
      parameters: { binary_data_size: tensor.length },
    };
    const metadata = JSON.parse((await served.call("GET", "/v2/models/image", { headers: key() })).text) as {
      inputs: { name: string; shape: number[]; datatype: string }[];
    };
    const json = Buffer.from(JSON.stringify({ inputs: [{ ...input, name: metadata.inputs[0]!.name }] }));
    const headers = { ...key(), "inference-header-content-length": String(json.length) };
    const body = Buffer.concat([json, tensor]);
    const answer = await served.call("POST", "/v2/models/image/infer", { headers, body });
    expect(answer.status, answer.text.slice(0, 200)).to.equal(200);

    const large = await served.call("POST", "/v2/models/image/infer", {
      headers: key(),
      body: Buffer.alloc(4_720_000),
    });
    expect([large.status, JSON.parse(large.text)]).to.deep.equal([403, forbidden]);
    const unknown = served.run.notEnforced.map(({ resource }) => /(?:rule |::)([\w-]+)$/.exec(resource)?.[1]);
    expect(unknown).to.have.members(["aws-common", "aws-known-bad-inputs", "model-function"]);
    const network = "its network does not exist locally: it reaches what this machine reaches";
    expect(served.run.notEnforced.map(({ why }) => why)).to.include(network);
    const published = checkCoverage(await evaluate({ stack: "prod" })).map(({ why }) => why);
    expect(published).to.include(network);
  });

  it("stops who calls too often, with or without a key, before the API is called", async () => {
    served = await serveStack({ ...alone, firewall: true, firewallAddressRate: 10 });
    const statuses: number[] = [];
    for (let call = 0; call < 12; call++) {
      const headers = call % 2 === 0 ? key() : {};
      statuses.push((await served.call("GET", call < 10 ? "/v2/health/live" : "/nowhere", { headers })).status);
    }
    expect(statuses.slice(0, 10)).to.deep.equal([200, 403, 200, 403, 200, 403, 200, 403, 200, 403]);
    const { status, text } = await served.call("GET", "/v2/health/live", { headers: key() });
    expect([status, JSON.parse(text)]).to.deep.equal([403, forbidden]);
    expect(served.lines.join("\n")).to.include("the firewall's rule rate-of-an-address");
  });

  it("shuts out a network, whatever it presents", async () => {
    served = await serveStack({ ...alone, firewall: true, blockedNetworks: ["127.0.0.0/8"] });
    expect((await served.call("GET", "/v2/health/live", { headers: key() })).status).to.equal(403);
  });

  it("says what it cannot judge: the start stops where countries decide", async () => {
    const fault = await serveStack({ ...alone, firewall: true, allowedCountries: ["CH"] }).then(
      (run) => (served = run) && "",
      (error: Error) => error.message,
    );
    expect(fault).to.match(/rule other-countries: decides by country.*--set 'allowedCountries=\[\]'/);
    served = await serveStack({ ...alone, firewall: true, allowedCountries: [] });
  });
});
