import { request } from "node:https";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from "jose";
import { expect } from "chai";
import { type Authority, foreignAuthority } from "../../../local/certificates/authority";
import { type LocalIssuer, startIssuer } from "../../../local/issuer/issuer";

const audience = "https://models.example.com/";
const other = "https://other.example.com/";
const pool = { id: "us-west-2_aB3dE6gH9", region: "us-west-2" };

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Record<string, unknown>;
}

describe("the local issuer", () => {
  let authority: Authority;
  let issuer: LocalIssuer;

  before(async () => {
    authority = await foreignAuthority();
    issuer = await startIssuer({ certificate: await authority.server(["localhost"]) });
    await issuer.configure(
      {
        apis: [
          { audience, lifetime: 600 },
          { audience: other, lifetime: 60 },
        ],
        applications: [
          { id: "machine", secret: "machine's secret", grants: { [audience]: ["predict", "read"] } },
          { id: "powerless", secret: "powerless's secret", grants: { [audience]: [] } },
        ],
      },
      [{ ...pool, clients: [{ id: "poolclient", secret: "pool's secret", scopes: ["model/predict"], lifetime: 900 }] }],
    );
  });
  after(() => issuer.close());

  function call(method: string, path: string, body = "", headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(issuer.url);
      request({ hostname, port, path, method, headers, ca: authority.certificate }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: JSON.parse(text) as Record<string, unknown>,
          }),
        );
      })
        .on("error", reject)
        .end(body);
    });
  }
  const json = (path: string, fields: object) =>
    call("POST", path, JSON.stringify(fields), { "content-type": "application/json" });
  const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    call("POST", path, new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    });
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
  });
  const machine = { client_id: "machine", client_secret: "machine's secret" };
  const auth0 = { grant_type: "client_credentials", audience, ...machine };

  async function published(path: string): Promise<JSONWebKeySet> {
    return (await call("GET", path)).body as unknown as JSONWebKeySet;
  }

  it("describes itself under an issuer that ends in a slash, as Auth0's does", async () => {
    const { status, body } = await call("GET", "/.well-known/openid-configuration");
    expect(status).to.equal(200);
    expect(body).to.include({
      issuer: issuer.url,
      jwks_uri: `${issuer.url}.well-known/jwks.json`,
      token_endpoint: issuer.tokenEndpoint,
    });
    expect(issuer.url).to.match(/^https:\/\/localhost:\d+\/$/);
  });

  it("publishes public keys and nothing of the private ones", async () => {
    for (const path of ["/.well-known/jwks.json", `/${pool.id}/.well-known/jwks.json`]) {
      const { keys } = await published(path);
      expect(keys).to.have.length(1);
      expect(Object.keys(keys[0]!).sort()).to.deep.equal(["alg", "e", "kid", "kty", "n", "use"]);
    }
  });

  describe("at Auth0's token endpoint", () => {
    for (const [how, ask] of Object.entries({
      JSON: () => json("/oauth/token", auth0),
      "a form": () => form("/oauth/token", auth0),
      "Basic credentials": () =>
        form("/oauth/token", { grant_type: "client_credentials", audience }, basic("machine", "machine's secret")),
    })) {
      it(`gives a token for ${how}`, async () => {
        const { status, headers, body } = await ask();
        expect(status).to.equal(200);
        expect(headers["cache-control"]).to.equal("no-store");
        expect(Object.keys(body)).to.deep.equal(["access_token", "scope", "expires_in", "token_type"]);
        expect(body).to.include({ scope: "predict read", expires_in: 600, token_type: "Bearer" });
        const keys = createLocalJWKSet(await published("/.well-known/jwks.json"));
        const { payload, protectedHeader } = await jwtVerify(body.access_token as string, keys);
        const { iat, exp, ...claims } = payload;
        expect(protectedHeader).to.deep.equal({ alg: "RS256", typ: "JWT", kid: issuer.keys.current.keyId });
        expect(claims).to.deep.equal({
          iss: issuer.url,
          sub: "machine@clients",
          aud: audience,
          scope: "predict read",
          gty: "client-credentials",
          azp: "machine",
        });
        expect(exp! - iat!).to.equal(600);
      });
    }

    it("narrows the scopes to those asked for", async () => {
      expect((await json("/oauth/token", { ...auth0, scope: "predict" })).body.scope).to.equal("predict");
    });

    it("leaves the scope out where none is granted", async () => {
      const { body } = await json("/oauth/token", {
        ...auth0,
        client_id: "powerless",
        client_secret: "powerless's secret",
      });
      expect(body).to.not.have.property("scope");
      expect(decodeJwt(body.access_token as string)).to.not.have.property("scope");
    });

    for (const [what, fields, status, error] of [
      ["another secret", { client_secret: "another" }, 401, "access_denied"],
      ["a secret that begins alike", { client_secret: "machine's secret " }, 401, "access_denied"],
      ["another client's secret", { client_id: "powerless" }, 401, "access_denied"],
      ["an unknown client", { client_id: "nobody" }, 401, "access_denied"],
      ["a client called __proto__", { client_id: "__proto__", client_secret: "" }, 401, "access_denied"],
      ["no secret", { client_secret: undefined }, 401, "access_denied"],
      ["a secret that is not a text", { client_secret: { length: 0 } }, 401, "access_denied"],
      ["an unknown audience", { audience: "https://unknown.example.com/" }, 403, "access_denied"],
      ["no audience", { audience: undefined }, 403, "access_denied"],
      ["an audience without a grant", { audience: other }, 403, "access_denied"],
      ["a scope without a grant", { scope: "predict admin" }, 403, "access_denied"],
      ["another grant type", { grant_type: "password" }, 403, "unsupported_grant_type"],
      ["no grant type", { grant_type: undefined }, 400, "invalid_request"],
    ] as const) {
      it(`rejects ${what} with ${String(status)}`, async () => {
        const answer = await json("/oauth/token", { ...auth0, ...fields });
        expect([answer.status, answer.body.error]).to.deep.equal([status, error]);
        expect(answer.body).to.not.have.property("access_token");
      });
    }

    it("rejects credentials that differ between header and body", async () => {
      const answer = await form("/oauth/token", { ...auth0, client_secret: "x" }, basic("machine", "machine's secret"));
      expect(answer.status).to.equal(401);
    });

    for (const [what, body] of Object.entries({
      "no JSON": "{",
      "a list": "[]",
      null: "null",
      "too much": JSON.stringify({ ...auth0, padding: "x".repeat(20_000) }),
    })) {
      it(`rejects a body that is ${what}`, async () => {
        const answer = await call("POST", "/oauth/token", body, { "content-type": "application/json" });
        expect(answer.status).to.equal(400);
      });
    }
  });

  describe("at Cognito's token endpoint", () => {
    const grant = { grant_type: "client_credentials" };

    it("gives a token with the claims that Cognito gives, and no audience", async () => {
      const { status, body } = await form("/oauth2/token", grant, basic("poolclient", "pool's secret"));
      expect(status).to.equal(200);
      expect(Object.keys(body)).to.deep.equal(["access_token", "expires_in", "token_type"]);
      const token = body.access_token as string;
      await jwtVerify(token, createLocalJWKSet({ keys: [...issuer.pools.keys(pool.id)] as JSONWebKeySet["keys"] }));
      expect(decodeProtectedHeader(token)).to.have.all.keys("alg", "kid");
      const { iat, exp, auth_time, jti, ...claims } = decodeJwt(token);
      expect(claims).to.deep.equal({
        iss: `https://cognito-idp.us-west-2.amazonaws.com/${pool.id}`,
        sub: "poolclient",
        token_use: "access",
        scope: "model/predict",
        version: 2,
        client_id: "poolclient",
      });
      expect([exp! - iat!, auth_time]).to.deep.equal([900, iat]);
      expect(jti).to.match(/^[\da-f-]{36}$/);
    });

    for (const [what, fields, credentials, error] of [
      ["another secret", grant, basic("poolclient", "another"), "invalid_client"],
      ["an application of the tenant", grant, basic("machine", "machine's secret"), "invalid_client"],
      ["no credentials", grant, {}, "invalid_client"],
      ["another scope", { ...grant, scope: "model/admin" }, basic("poolclient", "pool's secret"), "invalid_scope"],
      [
        "another grant type",
        { grant_type: "implicit" },
        basic("poolclient", "pool's secret"),
        "unsupported_grant_type",
      ],
      ["no grant type", {}, basic("poolclient", "pool's secret"), "invalid_request"],
    ] as [string, Record<string, string>, Record<string, string>, string][]) {
      it(`rejects ${what}`, async () => {
        const { status, body } = await form("/oauth2/token", fields, credentials);
        expect([status, body]).to.deep.equal([400, { error }]);
      });
    }

    it("has no keys for a pool that it does not know", async () => {
      expect(issuer.pools.keys("us-west-2_unknown00")).to.deep.equal([]);
      expect((await call("GET", "/us-west-2_unknown00/.well-known/jwks.json")).status).to.equal(404);
    });
  });

  describe("rotates its keys", () => {
    it("signing with a new one while the old one is published, until that is retired", async () => {
      const old = await issuer.tokens.genuine();
      const retiring = await issuer.keys.rotate();
      const young = await issuer.tokens.genuine();
      expect(decodeProtectedHeader(young).kid).to.not.equal(retiring);
      const both = createLocalJWKSet(await published("/.well-known/jwks.json"));
      await jwtVerify(old, both);
      await jwtVerify(young, both);
      issuer.keys.retire(retiring);
      const { keys } = await published("/.well-known/jwks.json");
      expect(keys.map(({ kid }) => kid)).to.deep.equal([issuer.keys.current.keyId]);
    });

    it("but never retires the one that signs", () => {
      expect(() => issuer.keys.retire(issuer.keys.current.keyId)).to.throw(RangeError);
    });
  });

  for (const target of ["//", "//[", "/nothing", "https://[::1", "/oauth/token/", "/%00"]) {
    it(`knows nothing at ${target}`, async () => {
      const { status, body } = await call("GET", target);
      expect([status, body.error]).to.deep.equal([404, "not_found"]);
    });
  }

  describe("gives tokens made to fail", () => {
    it("to anyone who asks, by kind, audience and client", async () => {
      const { status, body } = await call("POST", "/_local/token?kind=expired&client=powerless");
      expect(status).to.equal(200);
      const { sub, exp } = decodeJwt(body.access_token as string);
      expect(sub).to.equal("powerless@clients");
      expect(exp).to.be.below(Date.now() / 1000);
    });

    for (const kind of ["genuine", "", "toString", "__proto__"]) {
      it(`but no token of kind ${JSON.stringify(kind)}`, async () => {
        const { status, body } = await call("POST", `/_local/token?kind=${kind}`);
        expect([status, body.error]).to.deep.equal([400, "invalid_request"]);
      });
    }

    it("but none for an unknown client, nor for an audience that the client may not have", async () => {
      for (const target of ["client=nobody", `client=machine&audience=${other}`, "audience=unknown", "pool=unknown"]) {
        const { status, body } = await call("POST", `/_local/token?kind=expired&${target}`);
        expect([target, status, body.error]).to.deep.equal([target, 400, "invalid_request"]);
      }
    });

    /** Why a verifier that checks everything refuses each: by jose, which shares no code with the authorizer. */
    async function verdict(token: string): Promise<string> {
      const keys = createLocalJWKSet(await published("/.well-known/jwks.json"));
      try {
        const checks = { issuer: issuer.url, audience, algorithms: ["RS256"] };
        const { payload } = await jwtVerify(token, keys, checks);
        return `accepted with the scope ${String(payload.scope)}`;
      } catch (error) {
        const { code, claim } = error as { code: string; claim?: string };
        return claim === undefined ? code : `${code} ${claim}`;
      }
    }

    for (const [kind, why] of Object.entries({
      genuine: "accepted with the scope predict read",
      noScope: "accepted with the scope undefined",
      idToken: "accepted with the scope undefined",
      expired: "ERR_JWT_EXPIRED exp",
      notYetValid: "ERR_JWT_CLAIM_VALIDATION_FAILED nbf",
      wrongAudience: "ERR_JWT_CLAIM_VALIDATION_FAILED aud",
      wrongIssuer: "ERR_JWT_CLAIM_VALIDATION_FAILED iss",
      foreignKey: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
      unknownKey: "ERR_JWKS_NO_MATCHING_KEY",
      algNone: "ERR_JOSE_ALG_NOT_ALLOWED",
      algHs256: "ERR_JOSE_ALG_NOT_ALLOWED",
    } satisfies Record<keyof LocalIssuer["tokens"], string>)) {
      it(`each for one reason: ${kind}`, async () => {
        expect(await verdict(await issuer.tokens[kind as keyof LocalIssuer["tokens"]]())).to.equal(why);
      });
    }

    it("not yet valid for as long as it has not expired, however far two clocks differ", async () => {
      const { nbf, exp } = decodeJwt(await issuer.tokens.notYetValid());
      expect(nbf! - exp!).to.equal(3_600);
    });

    it("of a user pool as well", async () => {
      expect(decodeJwt(await issuer.tokens.noScope({ pool: pool.id }))).to.include({ client_id: "poolclient" });
    });
  });

  it("answers 404 elsewhere, and to another method", async () => {
    for (const [method, path] of [
      ["GET", "/"],
      ["GET", "/oauth/token"],
      ["POST", "/.well-known/jwks.json"],
      ["GET", "//example.com/oauth/token"],
      ["GET", "/toString"],
    ] as const)
      expect((await call(method, path)).status, path).to.equal(404);
  });

  it("listens on the loopback interface alone", async () => {
    const { networkInterfaces } = await import("node:os");
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4");
    if (!outside) return;
    const url = new URL(issuer.url);
    url.hostname = outside.address;
    const refused = await new Promise<string>((resolve) => {
      request(url, { rejectUnauthorized: false }, () => resolve("answered"))
        .on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""))
        .end();
    });
    expect(refused).to.equal("ECONNREFUSED");
  });
});
