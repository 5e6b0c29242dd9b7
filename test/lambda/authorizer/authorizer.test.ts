import { createHmac, createSign, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { expect } from "chai";
import { authorizer, type Authorizer, type Decision } from "../../../lambda/authorizer";
import { Issuer } from "../../../lambda/edge/issuer";
import type { madeToFail } from "../../../local/issuer/tokens-made-to-fail";
import { audience, client, scene, type Scene } from "./local-issuer";

const methodArn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/POST/predict";
const now = () => Math.floor(Date.now() / 1000);

describe("Functions: the authorizer", () => {
  let local: Scene;
  let decisions: Decision[];
  let authorize: Authorizer;

  before(async () => {
    local = await scene();
  });
  after(() => local.close());
  beforeEach(() => {
    decisions = [];
    const issuer = new Issuer(local.issuer.url, { ca: local.authority.certificate });
    authorize = authorizer({ issuer: local.issuer.url, audience }, issuer, (decision) => decisions.push(decision));
  });

  const call = (authorizationToken: string) => authorize({ authorizationToken, methodArn }, { awsRequestId: "r-1" });

  /** The message that API Gateway would map: "Unauthorized" is a 401, any other a 500. */
  async function refusal(authorization: string | undefined): Promise<string> {
    try {
      await authorize({ authorizationToken: authorization as string, methodArn });
    } catch (error) {
      return (error as Error).message;
    }
    return "was let through";
  }

  /** A token with these parts, signed with the issuer's own key, whatever they say. */
  function signed(header: unknown, claims: unknown): string {
    const encode = (part: unknown) =>
      Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
    const content = `${encode(header)}.${encode(claims)}`;
    const key = local.issuer.keys.current.privateKey;
    return `Bearer ${content}.${createSign("RSA-SHA256").update(content).sign(key).toString("base64url")}`;
  }
  const header = (more: object = {}) => ({ alg: "RS256", kid: local.issuer.keys.current.keyId, typ: "JWT", ...more });
  const claims = (more: object = {}) => ({
    iss: local.issuer.url,
    sub: "machine@clients",
    aud: audience,
    iat: now(),
    exp: now() + 600,
    scope: "predict",
    azp: "machine",
    ...more,
  });

  it("gives a good token a policy for the whole stage that ends with the token", async () => {
    const exp = now() + 600;
    const policy = await call(signed(header(), claims({ exp })));
    expect(policy).to.deep.equal({
      principalId: "machine@clients",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Action: "execute-api:Invoke",
            Effect: "Allow",
            Resource: "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*",
            Condition: {
              DateLessThan: { "aws:CurrentTime": new Date(exp * 1000).toISOString().replace(".000Z", "Z") },
            },
          },
        ],
      },
      context: { subject: "machine@clients", client: "machine", scopes: "predict" },
    });
    expect(decisions).to.deep.equal([
      {
        outcome: "allow",
        subject: "machine@clients",
        client: "machine",
        keyId: local.issuer.keys.current.keyId,
        requestId: "r-1",
      },
    ]);
  });

  it("denies a good token without the scope, for the whole stage and without an end", async () => {
    const policy = await call(`Bearer ${await local.issuer.tokens.noScope()}`);
    expect(policy.policyDocument.Statement).to.deep.equal([
      {
        Action: "execute-api:Invoke",
        Effect: "Deny",
        Resource: "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*",
      },
    ]);
    expect(decisions[0]).to.include({ outcome: "deny", reason: "scope" });
  });

  it("takes the token that the issuer's token endpoint gives", async () => {
    expect((await call(`Bearer ${await local.issuer.tokens.genuine()}`)).principalId).to.equal(`${client.id}@clients`);
  });

  for (const [form, more] of Object.entries({
    "an audience among several": { aud: ["https://issuer.example.com/userinfo", audience] },
    "the scope among several": { scope: "read predict write" },
    "the scope in a list scp": { scope: undefined, scp: ["predict"] },
    "the scope in words scp": { scope: undefined, scp: "read predict" },
    "dates within the skew": { iat: now() + 30, nbf: now() + 30 },
    "the client as RFC 9068 names it": { azp: undefined, client_id: "machine" },
  })) {
    it(`takes a token with ${form}`, async () => {
      const policy = await call(signed(header(), claims(more)));
      expect(policy.policyDocument.Statement[0]).to.include({ Effect: "Allow" });
    });
  }

  for (const typ of ["at+jwt", "AT+JWT", "application/at+jwt", undefined]) {
    it(`takes an access token of type ${String(typ)}`, async () => {
      expect((await call(signed(header({ typ }), claims()))).principalId).to.equal("machine@clients");
    });
  }

  for (const [form, more] of Object.entries({
    "a longer word": { scope: "predictions" },
    "another case": { scope: "Predict" },
    "a prefix": { scope: "x:predict" },
    "permissions alone": { scope: undefined, permissions: ["predict"] },
    "scp beside another scope": { scope: "read", scp: ["predict"] },
    "a comma for a space": { scope: "read,predict" },
  })) {
    it(`denies the scope as ${form}`, async () => {
      const policy = await call(signed(header(), claims(more)));
      expect(policy.policyDocument.Statement[0]).to.include({ Effect: "Deny" });
    });
  }

  describe("refuses with the same 401", () => {
    /** Refused, with this reason for the log alone. */
    async function expectRefused(authorization: string | undefined, reason: string) {
      expect(await refusal(authorization)).to.equal("Unauthorized");
      expect(decisions.map((decision) => [decision.outcome, decision.reason])).to.deep.equal([
        ["unauthorized", reason],
      ]);
      expect(decisions[0]).to.not.have.any.keys("subject", "client");
    }

    for (const [kind, reason] of Object.entries({
      expired: "expired",
      notYetValid: "not-yet-valid",
      wrongAudience: "audience",
      wrongIssuer: "issuer",
      idToken: "kind",
      foreignKey: "signature",
      unknownKey: "unknown-key",
      algNone: "malformed", // its signature is empty; "none" over a signature is below
      algHs256: "algorithm",
    } satisfies Partial<Record<keyof typeof madeToFail, string>>)) {
      it(`the issuer's token made to fail: ${kind}`, async () => {
        const token = await local.issuer.tokens[kind as keyof typeof madeToFail]();
        await expectRefused(`Bearer ${token}`, reason);
      });
    }

    for (const [what, authorization] of Object.entries({
      "no header": undefined,
      "an empty header": "",
      "another scheme": "Basic bWFjaGluZTpzZWNyZXQ=",
      "no scheme": "e30.e30.e30",
    })) {
      it(what, () => expectRefused(authorization, "missing"));
    }

    for (const [what, token] of Object.entries({
      "no token": "Bearer ",
      "two parts": "Bearer e30.e30",
      "five parts, an encrypted token": "Bearer e30.e30.e30.e30.e30",
      "two tokens": "Bearer e30.e30.e30, Bearer e30.e30.e30",
      "a line break": "Bearer e30.e30.e30\n",
      padding: "Bearer e30=.e30=.e30=",
      "the other base64 alphabet": "Bearer e30.e30.++//",
    })) {
      it(what, () => expectRefused(token, "malformed"));
    }

    it("a token over 8 KB, before it is parsed", async () => {
      await expectRefused(signed(header(), claims({ padding: "x".repeat(8192) })), "oversized");
    });

    it("JSON nested deeply, within the size", async () => {
      await expectRefused(signed(header(), `{"iss":${"[".repeat(2000)}${"]".repeat(2000)}}`), "malformed");
    });

    for (const [what, text] of Object.entries({
      "a list": "[]",
      null: "null",
      "a text": '"predict"',
      "no JSON": "{",
      nothing: " ",
    })) {
      it(`claims that are ${what}`, () => expectRefused(signed(header(), text), "malformed"));
      it(`a header that is ${what}`, () => expectRefused(signed(text, claims()), "malformed"));
    }

    it("claims written twice", async () => {
      const text = JSON.stringify(claims({ aud: "https://another.example.com/" })).replace(
        /}$/,
        `,"aud":${JSON.stringify(audience)}}`,
      );
      expect(JSON.parse(text)).to.include({ aud: audience }); // the last would win
      await expectRefused(signed(header(), text), "malformed");
    });

    it("a header member written twice, once escaped", async () => {
      await expectRefused(signed(JSON.stringify(header()).replace("{", '{"\\u0061lg":"none",'), claims()), "malformed");
    });

    it("claims that are not UTF-8", async () => {
      const [scheme, token] = signed(header(), claims()).split(" ") as [string, string];
      const [first] = token.split(".");
      const bytes = Buffer.from(JSON.stringify(claims({ sub: "XX" })).replace("XX", "\xff\xff"), "latin1");
      const content = `${first!}.${bytes.toString("base64url")}`;
      const signature = createSign("RSA-SHA256").update(content).sign(local.issuer.keys.current.privateKey);
      await expectRefused(`${scheme} ${content}.${signature.toString("base64url")}`, "malformed");
    });

    for (const alg of [
      "none",
      "None",
      "nOnE",
      "NONE",
      "",
      "HS256",
      "RS384",
      "RS512",
      "PS256",
      "ES256",
      "EdDSA",
      "rs256",
    ]) {
      it(`alg ${alg === "" ? "empty" : alg}, even signed by the issuer`, () =>
        expectRefused(signed(header({ alg }), claims()), "algorithm"));
    }

    it("PS256 with the issuer's own key under the name RS256", async () => {
      const content = signed(header(), claims()).slice("Bearer ".length).split(".").slice(0, 2).join(".");
      const key = { key: local.issuer.keys.current.privateKey, padding: 6, saltLength: 32 };
      await expectRefused(
        `Bearer ${content}.${signBytes("sha256", Buffer.from(content), key).toString("base64url")}`,
        "signature",
      );
    });

    it("ES256 under the name RS256", async () => {
      const content = signed(header(), claims()).slice("Bearer ".length).split(".").slice(0, 2).join(".");
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const signature = signBytes("sha256", Buffer.from(content), { key: privateKey, dsaEncoding: "ieee-p1363" });
      await expectRefused(`Bearer ${content}.${signature.toString("base64url")}`, "signature");
    });

    it("HMAC with the public modulus under the name RS256", async () => {
      const content = signed(header(), claims()).slice("Bearer ".length).split(".").slice(0, 2).join(".");
      const { n } = local.issuer.keys.current.publicKey.export({ format: "jwk" });
      const signature = createHmac("sha256", Buffer.from(n!, "base64url")).update(content).digest("base64url");
      await expectRefused(`Bearer ${content}.${signature}`, "signature");
    });

    for (const typ of ["id_token", "JWE", "logout+jwt", "secevent+jwt", "dpop+jwt", "at+jwt ", "", 1, null]) {
      it(`type ${JSON.stringify(typ)}`, () => expectRefused(signed(header({ typ }), claims()), "type"));
    }

    for (const more of [{ crit: ["exp"] }, { crit: [] }, { crit: ["b64"], b64: false }, { b64: false }]) {
      it(`header ${JSON.stringify(more)}`, () => expectRefused(signed(header(more), claims()), "critical"));
    }

    for (const kid of [undefined, "", 7, null, ["a"], { a: 1 }, "x".repeat(257)]) {
      it(`kid ${JSON.stringify(kid)?.slice(0, 20)}`, () => expectRefused(signed(header({ kid }), claims()), "key-id"));
    }

    it("a signature of another token", async () => {
      const [first, second] = [signed(header(), claims()), signed(header(), claims({ sub: "other@clients" }))];
      const swapped = [...first.split(".").slice(0, 2), second.split(".")[2]].join(".");
      await expectRefused(swapped, "signature");
    });

    for (const [what, change] of Object.entries({
      cut: (signature: Buffer) => signature.subarray(0, 255),
      "longer by a zero at its end": (signature: Buffer) => Buffer.concat([signature, Buffer.alloc(1)]),
      "longer by a zero at its start": (signature: Buffer) => Buffer.concat([Buffer.alloc(1), signature]),
      zero: (signature: Buffer) => Buffer.alloc(signature.length),
      "one bit off": (signature: Buffer) => Buffer.from(signature.map((byte, at) => (at === 128 ? byte ^ 1 : byte))),
    })) {
      it(`a signature that is ${what}`, async () => {
        const [first, second, signature] = signed(header(), claims()).split(".") as [string, string, string];
        const changed = change(Buffer.from(signature, "base64url")).toString("base64url");
        await expectRefused(`${first}.${second}.${changed}`, "signature");
      });
    }

    it("a signature that is left out", async () => {
      await expectRefused(signed(header(), claims()).replace(/[^.]+$/, ""), "malformed");
    });

    it("another spelling of the same signature", async () => {
      const token = signed(header(), claims());
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const last = alphabet.indexOf(token.at(-1)!); // 256 bytes leave the last character four spare bits
      const respelled = token.slice(0, -1) + alphabet[last + 1]!;
      expect(Buffer.from(respelled, "base64url")).to.deep.equal(Buffer.from(token, "base64url"));
      await expectRefused(respelled, "malformed");
    });

    for (const [what, more, reason] of [
      ["no issuer", { iss: undefined }, "issuer"],
      ["the issuer without its slash", "iss", "issuer"],
      ["an issuer list", { iss: [] }, "issuer"],
      ["no audience", { aud: undefined }, "audience"],
      ["an audience that begins as ours", { aud: `${audience}x` }, "audience"],
      ["an audience list with a number", { aud: [audience, 1] }, "audience"],
      ["an audience object", { aud: { [audience]: true } }, "audience"],
      ["no expiry", { exp: undefined }, "expired"],
      ["an expiry just reached", { exp: now() }, "expired"],
      ["an expiry as text", { exp: String(now() + 600) }, "expired"],
      ["an expiry of null", { exp: null }, "expired"],
      ["an expiry beyond all dates", { exp: 1e300 }, "expired"],
      ["a start ahead of the skew", { nbf: now() + 3_600 }, "not-yet-valid"],
      ["a start as text", { nbf: "0" }, "not-yet-valid"],
      ["an issue date ahead of the skew", { iat: now() + 3_600 }, "issued-ahead"],
      ["an issue date as text", { iat: "0" }, "issued-ahead"],
      ["a nonce, as ID tokens have", { nonce: "n" }, "kind"],
      ["an at_hash, as ID tokens have", { at_hash: "h" }, "kind"],
      ["events, as logout tokens have", { events: {} }, "kind"],
      ["Cognito's ID token use", { token_use: "id" }, "kind"],
      ["Keycloak's refresh token type", { typ: "Refresh" }, "kind"],
      ["a bound key", { cnf: { jkt: "thumbprint" } }, "sender-constrained"],
      ["no subject", { sub: undefined }, "subject"],
      ["an empty subject", { sub: "" }, "subject"],
      ["a subject that is not a text", { sub: 7 }, "subject"],
      ["a long subject", { sub: "s".repeat(256) }, "subject"],
      ["a client that is not a text", { azp: {} }, "subject"],
      ["a scope that is a list", { scope: ["predict"] }, "scope-form"],
      ["a scope list with a number", { scope: undefined, scp: ["predict", 1] }, "scope-form"],
    ] as const) {
      it(`claims with ${what}, well signed`, async () => {
        const changed = more === "iss" ? { iss: local.issuer.url.replace(/\/$/, "") } : more;
        await expectRefused(signed(header(), claims(changed)), reason);
      });
    }
  });

  describe("fetches nothing because of what a token says", () => {
    const hostile = () => [
      ...["jku", "x5u"].map((name) => signed(header({ [name]: `${local.issuer.url}attacker` }), claims())),
      signed(header({ jwk: local.issuer.keys.current.publicKey.export({ format: "jwk" }) }), claims()),
      signed(header({ x5c: ["MIIB"] }), claims()),
      ...[
        "../../etc/passwd",
        "/dev/null",
        "x' OR '1'='1",
        "a; DROP TABLE keys",
        `${local.issuer.url}k`,
        "a b",
        "a\nb",
      ].map((kid) => signed(header({ kid }), claims())),
      signed(header(), claims({ iss: `${local.issuer.url}attacker/` })),
      signed(header({ crit: ["exp"] }), claims()),
      "Bearer e30.e30.e30",
    ];

    it("before any key is known, but for the keys themselves where only they can tell", async () => {
      local.requests.length = 0;
      for (const token of hostile()) expect(await refusal(token)).to.equal("Unauthorized");
      expect(local.requests).to.deep.equal(["GET /.well-known/openid-configuration", "GET /.well-known/jwks.json"]);
    });

    it("once the keys are known, not even a refetch", async () => {
      await call(`Bearer ${await local.issuer.tokens.genuine()}`);
      local.requests.length = 0;
      for (const token of hostile()) expect(await refusal(token)).to.equal("Unauthorized");
      expect(local.requests).to.deep.equal([]);
    });

    it("and refuses embedded keys by name", async () => {
      for (const token of hostile().slice(0, 4)) await refusal(token);
      expect(decisions.map(({ reason }) => reason)).to.deep.equal(new Array(4).fill("embedded-key"));
    });

    it("for a flood of made-up key ids, more than once", async () => {
      await call(`Bearer ${await local.issuer.tokens.genuine()}`);
      local.requests.length = 0;
      for (let index = 0; index < 50; index++)
        await refusal(signed(header({ kid: `made-up-${String(index)}` }), claims()));
      expect(local.requests.filter((line) => line.endsWith("jwks.json"))).to.have.length(1);
    });
  });

  it("answers 500, not 401, and lets nobody through while the issuer cannot be reached", async () => {
    const away = "https://localhost:1/";
    authorize = authorizer({ issuer: away, audience }, new Issuer(away), (decision) => decisions.push(decision));
    expect(await refusal(signed(header(), claims({ iss: away })))).to.equal("the token cannot be judged");
    expect(decisions[0]).to.include({ outcome: "error", reason: "failure" });
    expect(decisions[0]?.cause).to.match(/cannot be fetched: .*ECONNREFUSED/);
  });

  it("answers 401 to a token that fails by itself, whether the issuer can be reached or not", async () => {
    const away = "https://localhost:1/";
    authorize = authorizer({ issuer: away, audience }, new Issuer(away), (decision) => decisions.push(decision));
    expect(await refusal(signed(header(), claims({ iss: away, exp: 1 })))).to.equal("Unauthorized");
  });

  it("gives no policy for an ARN that is not a REST API's", async () => {
    const token = signed(header(), claims());
    for (const arn of [
      "",
      "*",
      "arn:aws:execute-api:eu-central-1:123456789012:*/*/*",
      "arn:aws:lambda:x:1:function/a/GET/",
    ]) {
      let message = "was let through";
      await authorize({ authorizationToken: token, methodArn: arn }).catch((error: Error) => (message = error.message));
      expect(message).to.equal("the token cannot be judged");
    }
  });
});
