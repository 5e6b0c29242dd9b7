import { createHmac, createSign, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { SignJWT } from "jose";
import { type Authority, foreignAuthority } from "../../../../local/certificates/authority";
import { type LocalIssuer, startIssuer, type TokenKind } from "../../../../local/issuer/issuer";
import { type TestResponse, type Declared, resource } from "../fixture";
import { type Fixture, httpFixture, nobody, route } from "./fixture";

const audience = "https://predict.example.com";
const jwtScheme = (issuer: string, fields: object = {}): object => ({
  type: "oauth2",
  flows: {},
  "x-amazon-apigateway-authorizer": {
    type: "jwt",
    identitySource: "$request.header.Authorization",
    jwtConfiguration: { issuer, audience: [audience] },
    ...fields,
  },
});

describe("The JWT authorizer of an HTTP API", () => {
  let authority: Authority;
  let issuer: LocalIssuer;
  const asked: string[] = [];
  let clock = 1_000_000;

  before(async () => {
    authority = await foreignAuthority();
    issuer = await startIssuer({
      certificate: await authority.server(["localhost"]),
      onRequest: (line) => asked.push(line),
    });
    await issuer.configure({
      apis: [{ audience, lifetime: 600 }],
      applications: [{ id: "machine", secret: "s", grants: { [audience]: ["predict", "read"] } }],
    });
  });
  after(() => issuer.close());
  beforeEach(() => asked.splice(0));

  const declared = (scheme = jwtScheme(issuer.url), scopes = ["predict"], more: object = {}): Declared => ({
    paths: {
      "/models": { post: route({ security: [{ jwt: scopes }] }) },
      "/plain": { post: route({ security: [{ jwt: [] }] }) },
      ...more,
    },
    document: { components: { securitySchemes: { jwt: scheme } } },
  });
  /** With the time limit of API Gateway for issuers, which is short for a busy machine. */
  const hasty = (scheme: object): Fixture =>
    httpFixture(declared(scheme), { authority: authority.certificate, clock: () => clock });
  const fixture = (scheme?: object, scopes?: string[]): Fixture =>
    httpFixture(declared(scheme, scopes), {
      authority: authority.certificate,
      clock: () => clock,
      issuerTimeLimit: 300_000,
    });
  const withToken = (f: Fixture, token: string | undefined, path = "/dev/models"): Promise<TestResponse> =>
    f.send("POST", path, {
      headers: [
        ["Host", "localhost"],
        ...(token === undefined ? [] : ([["Authorization", token]] as [string, string][])),
      ],
    });

  it("takes the tokens of a user pool of the program, by client_id and the pool's own scopes, and of no other pool", async () => {
    const [own, other] = ["us-east-1_AbCdEfGhI", "us-east-1_XyZxYzXyZ"];
    const client = { id: "app", secret: "s", scopes: ["model/predict"], lifetime: 600 };
    const pools = [own, other].map((id) => ({ id, region: "us-east-1", clients: [client] }));
    const playing = await startIssuer({ certificate: await authority.server(["localhost"]) });
    try {
      await playing.configure({ apis: [], applications: [] }, pools);
      const scheme = jwtScheme(`https://cognito-idp.us-east-1.amazonaws.com/${own}`, {
        jwtConfiguration: { issuer: `https://cognito-idp.us-east-1.amazonaws.com/${own}`, audience: ["app"] },
      });
      const identities = { ...nobody, poolKeys: (id: string) => playing.pools.keys(id) };
      const ask = async (scope: string, pool: string) => {
        const more = [resource("aws:cognito/userPool:UserPool", "pool", {}, { id: own })];
        const f = httpFixture({ ...declared(scheme, [scope]), more }, { identities });
        return (await withToken(f, await playing.tokens.genuine({ pool }))).status;
      };
      // Cognito's scopes begin with their resource server: a route's plain scope is none of them.
      expect(await ask("model/predict", own)).to.equal(200);
      expect(await ask("predict", own)).to.equal(403);
      expect(await ask("model/predict", other)).to.equal(401);
    } finally {
      await playing.close();
    }
  });

  it("lets a genuine token in, and tells the function its claims as text", async () => {
    const f = fixture();
    const token = await issuer.tokens.genuine();
    for (const sent of [`Bearer ${token}`, `bearer ${token}`, token])
      expect((await withToken(f, sent)).status).to.equal(200);
    const { authorizer } = f.events[0]!.requestContext as {
      authorizer: { jwt: { claims: Record<string, unknown>; scopes: unknown } };
    };
    const { iat, exp, ...claims } = authorizer.jwt.claims;
    expect(Number(exp) - Number(iat)).to.equal(600);
    expect(iat).to.be.a("string");
    expect(claims).to.deep.equal({
      iss: issuer.url,
      aud: audience,
      sub: "machine@clients",
      azp: "machine",
      gty: "client-credentials",
      scope: "predict read",
    });
    expect(authorizer.jwt.scopes).to.deep.equal(["predict", "read"]);
    // Without scopes asked for, none are told.
    await withToken(f, token, "/plain".replace("/", "/dev/"));
    expect(f.events.at(-1)!.requestContext["authorizer"]).to.have.nested.property("jwt.scopes", null);
  });

  it("asks the issuer once for many calls, by discovery", async () => {
    const f = fixture();
    const token = await issuer.tokens.genuine();
    await Promise.all(Array.from({ length: 10 }, () => withToken(f, token)));
    expect(asked).to.deep.equal(["GET /.well-known/openid-configuration", "GET /.well-known/jwks.json"]);
  });

  const failing: [kind: Exclude<TokenKind, "genuine">, status: number, description?: string][] = [
    ["expired", 401, "the token has expired"],
    ["notYetValid", 401, "the token is not valid yet"],
    ["wrongAudience", 401, "the token does not have a valid audience"],
    ["wrongIssuer", 401, "the token has an invalid issuer"],
    ["foreignKey", 401, "the token's signature could not be verified"],
    ["unknownKey", 401, "the token's signature could not be verified"],
    ["algNone", 401],
    ["algHs256", 401, "signing method HS256 is invalid"],
    ["noScope", 403],
  ];
  for (const [kind, status, description] of failing)
    it(`rejects a token made to fail: ${kind}`, async () => {
      const f = fixture();
      const { body, headers, status: got } = await withToken(f, `Bearer ${await issuer.tokens[kind]()}`);
      expect(got).to.equal(status);
      expect(body).to.equal(status === 401 ? '{"message":"Unauthorized"}' : '{"message":"Forbidden"}');
      if (description !== undefined)
        expect(headers["www-authenticate"]).to.equal(
          `Bearer scope="" error="invalid_token" error_description="${description}"`,
        );
      if (status === 401) expect(headers).not.to.have.property("content-type");
      expect(headers["apigw-requestid"]).to.match(/=$/);
      expect(f.events).to.have.length(0);
    });

  it("takes one text of a token only: not another with the same bytes", async () => {
    const f = fixture();
    const token = await issuer.tokens.genuine();
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const end of [1, 2, 3].map((bits) => letters[letters.indexOf(token.at(-1)!) ^ bits]!)) {
      const other = token.slice(0, -1) + end;
      const same = (text: string) => Buffer.from(text.split(".")[2]!, "base64url");
      expect(same(other).equals(same(token)), "the test's own assumption").to.equal(true);
      expect((await withToken(f, `Bearer ${other}`)).status).to.equal(401);
    }
    expect((await withToken(f, `Bearer ${token}`)).status).to.equal(200);
  });

  it("needs one of the route's scopes, from scope or scp, and never from permissions", async () => {
    const f = fixture(undefined, ["predict", "admin"]);
    const { keyId, privateKey } = issuer.keys.current;
    const token = (claims: object): Promise<string> =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "RS256", kid: keyId })
        .setIssuer(issuer.url)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
    const cases: [claims: object, status: number][] = [
      [{ scope: "predict" }, 200],
      [{ scope: "read admin" }, 200],
      [{ scp: "predict" }, 200],
      [{ scp: ["read", "predict"] }, 200],
      [{ scope: "predictable" }, 403],
      [{ scope: "PREDICT" }, 403],
      [{ scope: ["predict"] }, 401],
      [{ scope: { predict: true } }, 401],
      [{ permissions: ["predict"] }, 403],
      [{}, 403],
    ];
    for (const [claims, status] of cases)
      expect((await withToken(f, await token(claims))).status, JSON.stringify(claims)).to.equal(status);
  });

  it("takes client_id for an audience only where there is no aud", async () => {
    const f = fixture();
    const { keyId, privateKey } = issuer.keys.current;
    const token = (claims: object): Promise<string> =>
      new SignJWT({ iss: issuer.url, scope: "predict", ...claims })
        .setProtectedHeader({ alg: "RS256", kid: keyId })
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
    expect((await withToken(f, await token({ client_id: audience }))).status).to.equal(200);
    expect((await withToken(f, await token({ client_id: audience, aud: "other" }))).status).to.equal(401);
    expect((await withToken(f, await token({ aud: ["other", audience] }))).status).to.equal(200);
    expect((await withToken(f, await token({ aud: [[audience]] }))).status).to.equal(401);
    expect((await withToken(f, await token({}))).status).to.equal(401);
  });

  describe("with hostile tokens", () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = (): object => {
      const iat = Math.floor(Date.now() / 1000);
      return { iss: issuer.url, aud: audience, sub: "x", scope: "predict", iat, exp: iat + 300 };
    };
    const signed = (header: object, payload: unknown = claims()): string => {
      const content = `${encode(header)}.${encode(payload)}`;
      const signature = createSign("RSA-SHA256").update(content).sign(issuer.keys.current.privateKey, "base64url");
      return `${content}.${signature}`;
    };
    const kid = (): string => issuer.keys.current.keyId;

    it("is put to the test by a token that would pass", async () => {
      expect((await withToken(fixture(), signed({ alg: "RS256", kid: kid() }))).status).to.equal(200);
    });

    const cases: [what: string, token: () => string][] = [
      ["no key id", () => signed({ alg: "RS256" })],
      ["a key id that is a number", () => signed({ alg: "RS256", kid: 1 })],
      ["none as the algorithm", () => `${encode({ alg: "none", kid: kid() })}.${encode(claims())}.`],
      ["nOnE as the algorithm", () => signed({ alg: "nOnE", kid: kid() })],
      ["a signature that is cut off", () => signed({ alg: "RS256", kid: kid() }).replace(/\.[^.]*$/, ".")],
      ["two parts", () => signed({ alg: "RS256", kid: kid() }).replace(/\.[^.]*$/, "")],
      ["four parts", () => `${signed({ alg: "RS256", kid: kid() })}.x`],
      ["a padded signature", () => `${signed({ alg: "RS256", kid: kid() })}==`],
      ["another payload under the signature", () => signed({ alg: "RS256", kid: kid() }).replace(/\.[^.]*\./, `.${encode({ ...claims(), sub: "y" })}.`)], // oxfmt-ignore
      ["the algorithm lied about", () => signed({ alg: "RS512", kid: kid() })],
      ["a critical extension", () => signed({ alg: "RS256", kid: kid(), crit: ["x"], x: 1 })],
      ["no expiry", () => signed({ alg: "RS256", kid: kid() }, { ...claims(), exp: undefined })],
      ["an expiry in words", () => signed({ alg: "RS256", kid: kid() }, { ...claims(), exp: "tomorrow" })],
      ["an issue date in the future", () => signed({ alg: "RS256", kid: kid() }, { ...claims(), iat: 9_999_999_999 })],
      ["an issuer without its slash", () => signed({ alg: "RS256", kid: kid() }, { ...claims(), iss: issuer.url.slice(0, -1) })], // oxfmt-ignore
      ["claims that are a list", () => signed({ alg: "RS256", kid: kid() }, [1])],
      ["claims that are null", () => signed({ alg: "RS256", kid: kid() }, null)],
      ["a header that is not JSON", () => `eHh4.${encode(claims())}.eHh4`],
      ["nesting without end", () => `${encode({ alg: "RS256", kid: kid() })}.${Buffer.from("[".repeat(5_000)).toString("base64url")}.x`], // oxfmt-ignore
      ["nothing", () => "Bearer "],
      ["words", () => "Bearer let me in"],
      [
        "an elliptic signature",
        () => {
          const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
          const content = `${encode({ alg: "ES256", kid: kid() })}.${encode(claims())}`;
          return `${content}.${signBytes("SHA256", Buffer.from(content), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
        },
      ],
      [
        "the public key as an HMAC secret",
        () => {
          const content = `${encode({ alg: "HS256", kid: kid() })}.${encode(claims())}`;
          const secret = issuer.keys.current.publicKey.export({ type: "spki", format: "pem" });
          return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
        },
      ],
      [
        "its own key in the header",
        () => {
          const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
          const jwk = publicKey.export({ format: "jwk" });
          const content = `${encode({ alg: "RS256", kid: kid(), jwk })}.${encode(claims())}`;
          return `${content}.${createSign("RSA-SHA256").update(content).sign(privateKey, "base64url")}`;
        },
      ],
    ];
    for (const [what, token] of cases)
      it(`rejects ${what}`, async () => {
        const f = fixture();
        const { status, headers, body } = await withToken(f, token());
        expect(status).to.equal(401);
        expect(body).to.equal('{"message":"Unauthorized"}');
        expect(headers["www-authenticate"]).to.match(
          /^Bearer( scope="" error="invalid_token" error_description="[^"\\]+")?$/,
        );
        expect(f.events).to.have.length(0);
      });

    it("asks no host that a token names, and its issuer only for one that could pass", async () => {
      const f = fixture();
      const elsewhere: string[] = [];
      const trap = createServer(await authority.server(["localhost"]), (incoming, response) => {
        elsewhere.push(incoming.url ?? "");
        response.end("{}");
      }).unref();
      await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
      const address = `https://localhost:${(trap.address() as AddressInfo).port}/`;
      const header = { alg: "RS256", kid: kid() };
      await withToken(f, signed({ ...header, alg: "HS256", jku: address }));
      await withToken(f, signed(header, { ...claims(), iss: address }));
      await withToken(f, signed(header, { ...claims(), exp: 1 }));
      await withToken(f, signed(header, { ...claims(), nbf: 9_999_999_999 }));
      await withToken(f, signed({ alg: "RS256" }));
      await withToken(f, signed({ ...header, kid: "" }));
      expect(asked).to.deep.equal([]);
      expect((await withToken(f, signed({ ...header, jku: address, x5u: address }))).status).to.equal(200);
      expect(elsewhere).to.deep.equal([]);
    });

    it("asks for unknown keys only once in a while, whatever the tokens say", async () => {
      const f = fixture();
      for (let i = 0; i < 20; i++) await withToken(f, signed({ alg: "RS256", kid: `../../etc/passwd' OR ${i}--` }));
      expect(asked).to.have.length(2);
      clock += 10_000;
      await withToken(f, signed({ alg: "RS256", kid: "another" }));
      expect(asked).to.have.length(4);
    });
  });

  it("takes a token from one place only", async () => {
    const token = await issuer.tokens.genuine();
    const f = fixture();
    const query = await f.send("POST", `/dev/models?access_token=${token}`, { headers: [["Host", "localhost"]] });
    expect(query.status).to.equal(401);
    expect(query.headers["www-authenticate"]).to.equal("Bearer");
    const source = fixture(jwtScheme(issuer.url, { identitySource: "$request.querystring.token" }));
    expect((await source.send("POST", `/dev/models?token=${token}`)).status).to.equal(200);
    expect((await source.send("POST", `/dev/models?token=${token}&token=x`)).status).to.equal(401);
    expect((await withToken(source, token)).status).to.equal(401);
  });

  it("follows the issuer's keys: a new one at once, an old one until the set is two hours old", async () => {
    const f = fixture();
    const before = await issuer.tokens.genuine();
    expect((await withToken(f, before)).status).to.equal(200);
    const retiring = await issuer.keys.rotate();
    issuer.keys.retire(retiring);
    expect((await withToken(f, before)).status).to.equal(200);
    clock += 2 * 60 * 60_000;
    expect((await withToken(f, before)).status).to.equal(401);
    const current = await issuer.tokens.genuine();
    expect((await withToken(f, current)).status).to.equal(200);
    clock += 2 * 60 * 60_000;
    expect((await withToken(f, current)).status).to.equal(200);
    await issuer.keys.rotate();
    clock += 10_000;
    expect((await withToken(f, await issuer.tokens.genuine())).status).to.equal(200);
  });

  describe("denies where the issuer", () => {
    let server: Server;
    let answer: (path: string, address: string) => { status?: number; body: string } | "silence" = () => "silence";
    let address: string;
    before(async () => {
      server = createServer(await authority.server(["localhost"]), (incoming, response) => {
        const said = answer(incoming.url ?? "", address);
        if (said === "silence") return;
        response.writeHead(said.status ?? 200, { location: issuer.url }).end(said.body);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      address = `https://localhost:${(server.address() as AddressInfo).port}/`;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    const discovery = (fields: object = {}) => ({
      body: JSON.stringify({ issuer: address, jwks_uri: `${address}keys`, ...fields }),
    });
    const keys = (fields: object = {}) => ({ body: JSON.stringify({ keys: issuer.keys.published(), ...fields }) });
    const good: typeof answer = (path) => (path === "/keys" ? keys() : discovery());
    const faults: [what: string, respond: typeof answer][] = [
      ["is silent", () => "silence"],
      ["is silent about its keys", (path) => (path === "/keys" ? "silence" : discovery())],
      ["answers with an error", (path) => (path === "/keys" ? { status: 500, ...keys() } : discovery())],
      ["redirects", (path) => (path === "/keys" ? { status: 302, ...keys() } : discovery())],
      ["says what is not JSON", () => ({ body: "<html>" })],
      ["names another issuer", (path) => (path === "/keys" ? keys() : discovery({ issuer: "https://other.example.com/" }))], // oxfmt-ignore
      ["has its keys where they are not safe", () => discovery({ jwks_uri: "http://localhost/keys" })],
      ["has no keys", (path) => (path === "/keys" ? { body: "{}" } : discovery())],
      ["has keys without end", (path) => (path === "/keys" ? keys({ x: "a".repeat(150_000) }) : discovery())], // oxfmt-ignore
      ["has an empty set", (path) => (path === "/keys" ? { body: '{"keys":[]}' } : discovery())],
    ];
    const tokenOf = (): Promise<string> => {
      const { keyId, privateKey } = issuer.keys.current;
      return new SignJWT({ scope: "predict" })
        .setProtectedHeader({ alg: "RS256", kid: keyId })
        .setIssuer(address)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
    };
    for (const [what, respond] of faults)
      it(what, async () => {
        answer = respond;
        const f = (what.startsWith("is silent") ? hasty : fixture)(jwtScheme(address));
        const token = await tokenOf();
        expect((await withToken(f, token)).status).to.equal(401);
        expect(f.events).to.have.length(0);
      });

    it("is gone for longer than its keys are kept", async () => {
      answer = good;
      const f = fixture(jwtScheme(address));
      const token = await tokenOf();
      expect((await withToken(f, token)).status).to.equal(200);
      answer = () => ({ status: 500, body: "" });
      clock += 2 * 60 * 60_000 - 1;
      expect((await withToken(f, token)).status).to.equal(200);
      clock += 1;
      expect((await withToken(f, token)).status).to.equal(401);
    });

    it("cannot prove who it is", async () => {
      const f = httpFixture(declared(), { clock: () => clock });
      expect((await withToken(f, await issuer.tokens.genuine())).status).to.equal(401);
    });
  });

  const stops: [what: string, scheme: () => object, why: string][] = [
    ["another type of authorizer", () => jwtScheme(issuer.url, { type: "token" }), "type is neither jwt nor request"],
    ["no audience", () => jwtScheme(issuer.url, { jwtConfiguration: { issuer: issuer.url } }), "audience"],
    ["an empty list of audiences", () => jwtScheme(issuer.url, { jwtConfiguration: { issuer: issuer.url, audience: [] } }), "audience"], // oxfmt-ignore
    ["an issuer without https", () => jwtScheme("http://issuer.example.com/"), "issuer is not an https URL"],
    ["a cache that is not known", () => jwtScheme(issuer.url, { authorizerResultTtlInSeconds: 300 }), "authorizerResultTtlInSeconds"], // oxfmt-ignore
    ["a new setting of the configuration", () => jwtScheme(issuer.url, { jwtConfiguration: { issuer: issuer.url, audience: ["a"], leeway: 9 } }), "leeway"], // oxfmt-ignore
    ["no identity source", () => jwtScheme(issuer.url, { identitySource: undefined }), "identitySource"],
    ["a scheme without an authorizer", () => ({ type: "oauth2", flows: {} }), "neither a JWT authorizer"],
    ["a scheme of a user pool", () => ({ ...jwtScheme(issuer.url), "x-amazon-apigateway-authtype": "cognito_user_pools" }), "neither a JWT authorizer"], // oxfmt-ignore
    ["a scheme with a new extension", () => ({ ...jwtScheme(issuer.url), "x-amazon-apigateway-new": 1 }), "x-amazon-apigateway-new"], // oxfmt-ignore
  ];
  for (const [what, scheme, why] of stops)
    it(`stops the start with ${what}`, () => {
      expect(() => fixture(scheme())).to.throw(why);
    });

  it("stops the start with two authorizers, an unknown one, an empty entry, and scopes that are none", () => {
    const securities: [security: unknown, why: string][] = [
      [[{ jwt: ["a"] }, { iam: [] }], "one authorizer only"],
      [[{ jwt: ["a"], iam: [] }], "two schemes in one entry"],
      [[{ other: [] }], "is not declared"],
      [[{ jwt: [] }, {}], "empty entry"],
      [[{}], "empty entry"],
      [[{ jwt: [1] }], "scope"],
      [{ jwt: [] }, "is not a list"],
    ];
    for (const [security, why] of securities)
      expect(
        () => httpFixture(declared(undefined, undefined, { "/x": { get: route({ security }) } })),
        JSON.stringify(security),
      ).to.throw(why);
  });
});
