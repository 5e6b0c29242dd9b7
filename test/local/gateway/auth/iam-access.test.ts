import { expect } from "chai";
import type { Graph, Resource } from "../../../../graph/resource";
import { identitiesOf, type Principal } from "../../../../local/iam/identities";
import type { ApiRequest, Caller } from "../../../../local/server/api-request";
import type { GatewayResponse } from "../../../../local/gateway/request/exchange";
import { authorizeByIam } from "../../../../local/gateway/auth/iam-access";
import { Unenforceable } from "../../../../local/base/unenforceable";
import { aRequest, api, now } from "./a-request";
import { aGraph, aResource } from "./a-graph";
import { signedRequest } from "./a-signer";

const seed = Buffer.alloc(32, 7);
const pools = { keys: () => [] };
const routes = `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/dev`;

function policy(name: string, ...statements: object[]): Resource {
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return aResource(
    "aws:iam/policy:Policy",
    name,
    { policy: document },
    { arn: `arn:aws:iam::${api.account}:policy/${name}` },
  );
}

const invoke = policy("invoke", { Effect: "Allow", Action: "execute-api:Invoke", Resource: `${routes}/POST/*` });

async function ask(graph: Graph, who: "caller" | "stranger", call: ApiRequest): Promise<Caller | GatewayResponse> {
  const identities = identitiesOf(graph, seed, pools);
  return authorizeByIam(await signedRequest(call, { ...identities[who], at: now }), identities, () => now);
}

describe("IAM authorization", () => {
  it("lets the stack's caller through and says who it is", async () => {
    const { caller } = identitiesOf(aGraph(invoke), seed, pools);
    expect(await ask(aGraph(invoke), "caller", aRequest())).to.deep.equal({
      identity: {
        accessKey: caller.accessKeyId,
        accountId: api.account,
        caller: caller.userId,
        user: caller.userId,
        userArn: `arn:aws:iam::${api.account}:user/caller`,
      },
    });
  });

  const denied: Record<string, [Graph, "caller" | "stranger", ApiRequest, string]> = {
    "a principal without a policy": [aGraph(invoke), "stranger", aRequest(), "POST/mymodel"],
    "a method that the policy does not name": [aGraph(invoke), "caller", aRequest({ method: "GET" }), "GET/mymodel"],
    "a caller where no policy speaks of calling": [
      aGraph(policy("logs", { Effect: "Allow", Action: "logs:*", Resource: "*" })),
      "caller",
      aRequest(),
      "POST/mymodel",
    ],
    "a policy that expired": [
      aGraph(
        policy("invoke", {
          Effect: "Allow",
          Action: "execute-api:Invoke",
          Resource: "*",
          Condition: { DateLessThan: { "aws:CurrentTime": "2026-11-21T07:59:59Z" } },
        }),
      ),
      "caller",
      aRequest(),
      "POST/mymodel",
    ],
  };
  for (const [name, [graph, who, call, path]] of Object.entries(denied))
    it(`denies ${name}`, async () => {
      const outcome = (await ask(graph, who, call)) as GatewayResponse;
      expect(outcome.type).to.equal("ACCESS_DENIED");
      expect(outcome.message).to.equal(
        `User: arn:aws:iam::${api.account}:user/${who} is not authorized to perform: execute-api:Invoke on resource: ` +
          `arn:aws:execute-api:${api.region}:********9012:${api.id}/dev/${path}`,
      );
    });

  describe("says so of an explicit deny, in whichever spelling of the path:", () => {
    const graph = aGraph(
      invoke,
      policy("deny", { Effect: "Deny", Action: "execute-api:*", Resource: `${routes}/POST/secret` }),
    );
    for (const path of ["/secret", "/secre%74", "/secret/", "/%73ecret/"])
      it(path, async () => {
        const outcome = (await ask(graph, "caller", aRequest({ path }))) as GatewayResponse;
        expect(outcome.message).to.match(/ with an explicit deny$/);
        expect(((await ask(graph, "caller", aRequest({ path: "/other" }))) as Caller).identity).to.be.an("object");
      });
  });
});

describe("local identities", () => {
  const of = (graph = aGraph(invoke), from = seed) => identitiesOf(graph, from, pools);
  const shown = ({ accessKeyId, secretAccessKey, userId, arn }: Principal): object => ({
    accessKeyId,
    secretAccessKey,
    userId,
    arn,
  });

  it("keep their keys over restarts, and change them all with the seed", () => {
    expect(shown(of().caller)).to.deep.equal(shown(of().caller));
    const other = of(aGraph(invoke), Buffer.alloc(32, 8)).caller;
    expect(other.accessKeyId).not.to.equal(of().caller.accessKeyId);
    expect(other.secretAccessKey).not.to.equal(of().caller.secretAccessKey);
  });

  it("have keys of AWS's form, each their own", () => {
    const { caller, stranger } = of();
    for (const one of [caller, stranger]) {
      expect(one.accessKeyId).to.match(/^AKIA[A-Z2-7]{16}$/);
      expect(one.secretAccessKey).to.match(/^[A-Za-z0-9+/]{40}$/);
      expect(one.userId).to.match(/^AIDA[A-Z2-7]{17}$/);
    }
    expect(caller.secretAccessKey).not.to.equal(stranger.secretAccessKey);
    expect(of().byAccessKeyId(caller.accessKeyId)?.arn).to.equal(caller.arn);
    expect(of().byAccessKeyId("AKIAAAAAAAAAAAAAAAAA")).to.equal(undefined);
    expect(of().byAccessKeyId("")).to.equal(undefined);
  });

  it("reject a seed that could be guessed", () => {
    expect(() => of(aGraph(), Buffer.alloc(16))).to.throw(RangeError);
  });

  it("stop the start for a policy about calling that cannot be evaluated, and pass over any other", () => {
    const unknown = { Condition: { StringEquals: { "aws:PrincipalTag/team": "x" } }, Effect: "Deny", Resource: "*" };
    expect(() => of(aGraph(policy("odd", { ...unknown, Action: "execute-api:Invoke" })))).to.throw(
      Unenforceable,
      /policy:Policy::odd: its policy cannot be evaluated: Condition key/,
    );
    expect(of(aGraph(policy("odd", { ...unknown, Action: "s3:GetObject" }))).caller.policies).to.deep.equal([]);
  });
});
