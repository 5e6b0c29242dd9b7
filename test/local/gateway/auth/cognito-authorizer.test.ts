import { expect } from "chai";
import { createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from "node:crypto";
import type { ApiRequest, Caller } from "../../../../local/server/api-request";
import type { GatewayResponse } from "../../../../local/gateway/request/exchange";
import { authorizationOf } from "../../../../local/gateway/rest/rest-authorization";
import { identitiesOf } from "../../../../local/iam/identities";
import { aRequest } from "./a-request";
import { aDocument, anOperation, poolArn, userPool } from "./a-document";
import { aGraph, aResource } from "./a-graph";

const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example01";
const seconds = Math.floor(Date.now() / 1000);
const [own, foreign, next] = Array.from({ length: 3 }, () => generateKeyPairSync("rsa", { modulusLength: 2048 }));

function jwk(key: KeyObject, kid: string): JsonWebKey {
  return { ...key.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

function signed(claims: object, key = own!.privateKey, header: object = {}, hash = "sha256"): string {
  const input = `${encoded({ alg: "RS256", kid: "k1", ...header })}.${encoded(claims)}`;
  return `${input}.${sign(hash, Buffer.from(input), key).toString("base64url")}`;
}

const access = {
  sub: "client-1",
  client_id: "client-1",
  token_use: "access",
  scope: "api/other api/predict",
  iss: issuer,
  iat: seconds - 10,
  exp: seconds + 3600,
  version: 2,
  jti: "j",
};
const id = {
  sub: "user-1",
  aud: "client-1",
  token_use: "id",
  iss: issuer,
  iat: seconds - 10,
  exp: seconds + 3600,
  email_verified: true,
  "cognito:groups": ["a", "b"],
};

/** Asks a method with these scopes, with what the pool's keys are at the time. */
function gate(
  scopes: string[],
  keys: () => JsonWebKey[] = () => [jwk(own!.publicKey, "k1")],
): (call: ApiRequest) => Promise<string> {
  const ask = asking(scopes, keys);
  return async (call) => {
    const outcome = await ask(call);
    if (!("type" in outcome)) return "let through";
    expect(outcome.type).to.equal("UNAUTHORIZED");
    return String(outcome.message);
  };
}

function asking(
  scopes: string[],
  keys: () => JsonWebKey[] = () => [jwk(own!.publicKey, "k1")],
): (call: ApiRequest) => Promise<Caller | GatewayResponse> {
  const graph = aGraph(aResource("aws:cognito/userPool:UserPool", "pool", {}, { arn: poolArn }));
  const pools = { keys: (poolId: string) => (poolId === "eu-central-1_Example01" ? keys() : []) };
  const identities = identitiesOf(graph, Buffer.alloc(32, 1), pools);
  const functions = { invoke: () => Promise.reject(new Error("nothing is to be invoked")) };
  const context = { graph, functions, identities, clock: Date.now };
  const protection = authorizationOf(context, anOperation({ pool: scopes }), aDocument({ pool: userPool() }));
  return (call) => protection.authorize(call);
}

/** The same signature, spelt with `+` and `/` and a needless pad. */
function otherAlphabet(token: string): string {
  const [header, claims, signature = ""] = token.split(".");
  return `${header}.${claims}.${Buffer.from(signature, "base64url").toString("base64")}`;
}

const bearing = (token: string): ApiRequest => aRequest({ headers: [["authorization", token]] });

describe("a user pool authorizer", () => {
  it("lets an access token with one of the method's scopes through, with or without Bearer", async () => {
    const ask = gate(["api/admin", "api/predict"]);
    expect(await ask(bearing(signed(access)))).to.equal("let through");
    expect(await ask(bearing(`Bearer ${signed(access)}`))).to.equal("let through");
  });

  it("lets an ID token through where the method names no scopes, and tells the function its claims as strings", async () => {
    const claims = { ...id, iat: 1795248000, exp: 4102444800 };
    expect(await asking([])(bearing(signed({ ...claims, iat: 1600000000 })))).to.deep.equal({
      authorizer: {
        claims: {
          sub: "user-1",
          aud: "client-1",
          token_use: "id",
          iss: issuer,
          iat: "Sun Sep 13 12:26:40 UTC 2020",
          exp: "Fri Jan 01 00:00:00 UTC 2100",
          email_verified: "true",
          "cognito:groups": "a,b",
        },
      },
    });
  });

  const hmac = (): string => {
    const input = `${encoded({ alg: "HS256", kid: "k1" })}.${encoded(access)}`;
    const pem = own!.publicKey.export({ format: "pem", type: "spki" });
    return `${input}.${createHmac("sha256", pem).update(input).digest("base64url")}`;
  };
  const altered = (claims: object): string => {
    const [header, , signature] = signed(access).split(".");
    return `${header}.${encoded(claims)}.${signature}`;
  };
  const ten = "a".repeat(11_000);
  const refused: Record<string, [call: ApiRequest, scopes?: string[], message?: string]> = {
    "no token": [aRequest()],
    "an empty token": [bearing("")],
    "Bearer alone": [bearing("Bearer ")],
    "two tokens": [
      aRequest({
        headers: [
          ["authorization", signed(access)],
          ["Authorization", "x"],
        ],
      }),
    ],
    "no JWT": [bearing("abc")],
    "a Basic credential": [bearing(`Basic ${signed(access)}`)],
    "padding behind the signature": [bearing(`${signed(access)}==`)],
    "a signature in the other alphabet of base64": [bearing(otherAlphabet(signed(access)))],
    "the algorithm none": [bearing(`${encoded({ alg: "none", kid: "k1" })}.${encoded(access)}.`)],
    "the algorithm none, signed": [bearing(signed(access, own!.privateKey, { alg: "none" }))],
    "HS256 with the public key": [bearing(hmac())],
    "RS512 with the pool's key": [bearing(signed(access, own!.privateKey, { alg: "RS512" }, "sha512"))],
    "a foreign key under the pool's kid": [bearing(signed(access, foreign!.privateKey))],
    "an unknown kid": [bearing(signed(access, foreign!.privateKey, { kid: "k2" }))],
    "a key in its own header": [bearing(signed(access, foreign!.privateKey, { jwk: jwk(foreign!.publicKey, "k1") }))],
    "altered claims": [bearing(altered({ ...access, sub: "admin" }))],
    "a signature taken away": [bearing(signed(access).replace(/[^.]+$/, ""))],
    "another pool's issuer": [bearing(signed({ ...access, iss: issuer.replace("01", "02") }))],
    "the issuer with a slash": [bearing(signed({ ...access, iss: `${issuer}/` }))],
    "no issuer": [bearing(signed({ ...access, iss: undefined }))],
    "no end": [bearing(signed({ ...access, exp: undefined }))],
    "an end that is not a number": [bearing(signed({ ...access, exp: "4102444800" }))],
    "an end in the past": [
      bearing(signed({ ...access, exp: seconds - 10 })),
      undefined,
      "The incoming token has expired",
    ],
    "an end in the past and a foreign signature": [
      bearing(signed({ ...access, exp: seconds - 10 }, foreign!.privateKey)),
    ],
    "a beginning in the future": [bearing(signed({ ...access, nbf: seconds + 600 }))],
    "an ID token where scopes are asked for": [bearing(signed({ ...id, scope: "api/predict" }))],
    "an access token where none are": [bearing(signed(access)), []],
    "no token_use": [bearing(signed({ ...access, token_use: undefined }))],
    "no scope": [bearing(signed({ ...access, scope: undefined }))],
    "other scopes": [bearing(signed({ ...access, scope: "api/other" }))],
    "a scope that only begins like it": [bearing(signed({ ...access, scope: "api/predict2 xapi/predict" }))],
    "scopes as a list": [bearing(signed({ ...access, scope: ["api/predict"] }))],
    "a token longer than all headers may be": [bearing(signed({ ...access, padding: ten }))],
  };
  for (const [name, [call, scopes, message]] of Object.entries(refused))
    it(`answers 401: ${name}`, async () => {
      expect(await gate(scopes ?? ["api/predict"])(call)).to.equal(message ?? "Unauthorized");
    });

  it("follows the pool's rotation: a new key verifies at once, a retired one no longer", async () => {
    let keys = [jwk(own!.publicKey, "k1")];
    const ask = gate(["api/predict"], () => keys);
    const [old, fresh] = [bearing(signed(access)), bearing(signed(access, next!.privateKey, { kid: "k2" }))];
    expect([await ask(old), await ask(fresh)]).to.deep.equal(["let through", "Unauthorized"]);
    keys = [...keys, jwk(next!.publicKey, "k2")];
    expect([await ask(old), await ask(fresh)]).to.deep.equal(["let through", "let through"]);
    keys = keys.slice(1);
    expect([await ask(old), await ask(fresh)]).to.deep.equal(["Unauthorized", "let through"]);
    keys = [];
    expect([await ask(old), await ask(fresh)]).to.deep.equal(["Unauthorized", "Unauthorized"]);
  });

  it("takes RS256 alone, even from a key that names no algorithm", async () => {
    const { kty, n, e } = own!.publicKey.export({ format: "jwk" });
    const anyAlgorithm = { kty, n, e, kid: "k1", use: "sig" };
    const ask = gate(["api/predict"], () => [anyAlgorithm]);
    expect(await ask(bearing(signed(access)))).to.equal("let through");
    expect(await ask(bearing(signed(access, own!.privateKey, { alg: "RS512" }, "sha512")))).to.equal("Unauthorized");
  });

  it("replaces a key under the same kid", async () => {
    let keys = [jwk(own!.publicKey, "k1")];
    const ask = gate(["api/predict"], () => keys);
    expect(await ask(bearing(signed(access)))).to.equal("let through");
    keys = [jwk(next!.publicKey, "k1")];
    expect(await ask(bearing(signed(access)))).to.equal("Unauthorized");
    expect(await ask(bearing(signed(access, next!.privateKey)))).to.equal("let through");
  });
});
