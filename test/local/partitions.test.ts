import { expect } from "chai";
import { flower, type Served, serveStack } from "./served";
import { signedPost } from "../../local/aws/run-file";

const alone = { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };

describe("a local run in a region of another partition", () => {
  let served: Served | undefined;
  afterEach(async () => {
    await served?.run.close();
    served = undefined;
  });

  const predict = async (headers: Record<string, string>) =>
    (await served!.call("POST", "/mymodel", { headers, body: flower })).status;

  for (const region of ["us-gov-west-1", "cn-north-1"])
    it(`answers in ${region} with a key that it rotated, and not without`, async () => {
      served = await serveStack({ ...alone, secrets: true, awsRegion: region, secretsRegion: region });
      expect([await predict({ "x-api-key": served.run.credentials.apiKey! }), await predict({})]).to.deep.equal([
        200, 403,
      ]);
    });

  it("answers under iam to a listed role of that partition, and at the HTTP API to the caller", async () => {
    const region = "us-gov-west-1";
    const principal = "arn:aws-us-gov:iam::123456789012:role/team";
    served = await serveStack({
      ...alone,
      awsRegion: region,
      apiGatewayAuth: "iam",
      clients: [{ name: "team", principal }],
      httpApi: true,
      httpApiAuth: "iam",
    });
    const { ca, apis } = served.run;
    const [rest, http] = apis;
    const status = async (url: string, path: string, who: { accessKeyId?: string; secretAccessKey?: string }) => {
      const keys = { accessKeyId: who.accessKeyId!, secretAccessKey: who.secretAccessKey! };
      const call = { service: "execute-api", region, path: new URL(url + path).pathname, body: flower };
      return (await signedPost({ endpoint: url, ca, ...keys }, call)).status;
    };
    expect(await status(rest!.url, "/mymodel", rest!.credentials.clients!["team"]!)).to.equal(200);
    expect(await status(http!.url, "/models", http!.credentials)).to.equal(200);
    // Not listed by the REST API.
    expect(await status(rest!.url, "/mymodel", http!.credentials)).to.equal(403);
  });

  for (const apiGatewayAuth of ["cognito", "lambda"])
    it(`takes the token of its issuer under ${apiGatewayAuth}`, async () => {
      served = await serveStack({ ...alone, awsRegion: "cn-north-1", apiGatewayAuth });
      expect([
        await predict({ authorization: `Bearer ${served.run.credentials.token!}` }),
        await predict({}),
      ]).to.deep.equal([200, 401]);
      if (apiGatewayAuth === "cognito")
        expect(served.run.credentials.issuer).to.match(/^https:\/\/cognito-idp\.cn-north-1\.amazonaws\.com\.cn\//);
    });
});
