import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Issuer, IssuerUnreachable } from "../../../lambda/edge/issuer";
import { type Authority, foreignAuthority } from "../../../local/certificates/authority";

const minute = 60_000;

function jwk(key: KeyObject, kid: string, more: object = {}): object {
  const { kty, n, e } = key.export({ format: "jwk" });
  return { kty, n, e, kid, use: "sig", alg: "RS256", ...more };
}

describe("Functions: the issuer's keys", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let authority: Authority;
  let server: Server;
  let url: string;
  /** Paths asked for, and what each is answered. */
  let requests: string[];
  let answers: Record<string, (response: ServerResponse) => void>;
  let time: number;

  const json = (body: unknown) => (response: ServerResponse) => response.end(JSON.stringify(body));
  const publish = (...keys: object[]) => (answers["/.well-known/jwks.json"] = json({ keys }));
  const issuer = (at = url) => new Issuer(at, { ca: authority.certificate }, () => time);
  const fetches = () => requests.filter((path) => path.endsWith("jwks.json")).length;

  async function failure(action: Promise<unknown>): Promise<string> {
    try {
      await action;
    } catch (error) {
      expect(error).to.be.instanceOf(IssuerUnreachable);
      return String(((error as Error).cause as Error).message);
    }
    return "was answered";
  }

  before(async () => {
    authority = await foreignAuthority();
    server = createServer(await authority.server(["localhost"]), (request, response) => {
      requests.push(request.url!);
      const answer = answers[request.url!];
      if (answer) answer(response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://localhost:${String((server.address() as AddressInfo).port)}/`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    time = 1_800_000_000_000;
    requests = [];
    answers = {
      "/.well-known/openid-configuration": json({ issuer: url, jwks_uri: `${url}.well-known/jwks.json` }),
    };
    publish(jwk(publicKey, "one"));
  });

  it("are fetched once for many callers, by two requests over one connection", async () => {
    const connections: unknown[] = [];
    const count = (socket: unknown) => connections.push(socket);
    server.on("secureConnection", count);
    const keys = issuer();
    const found = await Promise.all(new Array(50).fill("one").map((kid: string) => keys.key(kid)));
    expect(found.every((key) => key !== undefined)).to.equal(true);
    expect(requests).to.deep.equal(["/.well-known/openid-configuration", "/.well-known/jwks.json"]);
    expect(connections).to.have.length(1);
    server.off("secureConnection", count);
  });

  it("are fetched again for a new key id, at once", async () => {
    const keys = issuer();
    await keys.key("one");
    publish(jwk(publicKey, "one"), jwk(publicKey, "two"));
    expect(await keys.key("two")).to.not.equal(undefined);
    expect(fetches()).to.equal(2);
  });

  it("are fetched for an unknown key id once in ten seconds, whatever the ids", async () => {
    const keys = issuer();
    await keys.key("one");
    for (let index = 0; index < 20; index++) expect(await keys.key(`made-up-${String(index)}`)).to.equal(undefined);
    expect(fetches()).to.equal(2);
    time += 9_999;
    await keys.key("made-up");
    expect(fetches()).to.equal(2);
    time += 1;
    await keys.key("made-up");
    expect(fetches()).to.equal(3);
  });

  it("still serve known ids while unknown ones are paused", async () => {
    const keys = issuer();
    await keys.key("made-up");
    expect(await keys.key("one")).to.not.equal(undefined);
  });

  it("are not fetched twice by the first call, if its key id is unknown", async () => {
    expect(await issuer().key("made-up")).to.equal(undefined);
    expect(fetches()).to.equal(1);
  });

  it("are dropped within ten minutes of the issuer dropping them", async () => {
    const keys = issuer();
    await keys.key("one");
    publish(jwk(publicKey, "two"));
    time += 10 * minute - 1;
    expect(await keys.key("one")).to.not.equal(undefined);
    time += 1;
    expect(await keys.key("one")).to.equal(undefined);
  });

  it("are replaced under the same id", async () => {
    const keys = issuer();
    const before = await keys.key("one");
    publish(jwk(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey, "one"));
    time += 10 * minute;
    const after = await keys.key("one");
    expect(after!.equals(before!)).to.equal(false);
  });

  it("serve on while the issuer is down, for an hour, and then nobody", async () => {
    const keys = issuer();
    await keys.key("one");
    answers = {};
    time += 59 * minute;
    expect(await keys.key("one")).to.not.equal(undefined);
    time += minute;
    expect(await failure(keys.key("one"))).to.equal("answered 404, expected 200");
  });

  it("cannot tell an unknown id from a new one while the issuer is down", async () => {
    const keys = issuer();
    await keys.key("one");
    answers = {};
    expect(await failure(keys.key("two"))).to.equal("answered 404, expected 200");
  });

  it("are asked for again a second after a failure, not sooner", async () => {
    const keys = issuer();
    const documents = answers;
    answers = {};
    await failure(keys.key("one"));
    answers = documents;
    time += 999;
    await failure(keys.key("one"));
    expect(requests).to.have.length(1);
    time += 1;
    expect(await keys.key("one")).to.not.equal(undefined);
  });

  for (const [what, path, answer, message] of [
    [
      "a redirect",
      "jwks.json",
      (response: ServerResponse) => response.writeHead(302, { location: "/elsewhere" }).end(),
      /answered 302/,
    ],
    ["an error", "jwks.json", (response: ServerResponse) => response.writeHead(500).end("{}"), /answered 500/],
    ["no JSON", "jwks.json", (response: ServerResponse) => response.end("<html>"), /JSON/],
    ["another document", "jwks.json", json({ jwks: [] }), /no array `keys`/],
    ["null", "jwks.json", json(null), /no array `keys`/],
    [
      "more than 150 KB",
      "jwks.json",
      json({ keys: [jwk(publicKey, "one", { x5c: ["A".repeat(150 * 1024)] })] }),
      /longer than 153600 bytes/,
    ],
    [
      "an endless stream",
      "jwks.json",
      (response: ServerResponse) => {
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(16_384)));
        };
        response.on("drain", more);
        more();
      },
      /longer than 153600 bytes/,
    ],
    [
      "a cut connection",
      "jwks.json",
      (response: ServerResponse) => {
        response.writeHead(200, { "content-length": 1000 }).write("{");
        setTimeout(() => response.destroy(), 10);
      },
      /aborted|hang up/,
    ],
    [
      "another issuer's name",
      "openid-configuration",
      json({ issuer: "https://x/", jwks_uri: "https://x/" }),
      /another issuer/,
    ],
    ["null for metadata", "openid-configuration", json(null), /another issuer/],
  ] as const) {
    it(`are not taken from ${what}`, async () => {
      answers[`/.well-known/${path}`] = answer;
      expect(await failure(issuer().key("one"))).to.match(message);
    });
  }

  for (const [address, message] of [
    ["http://localhost:1/keys", /Protocol "http:" not supported/],
    ["file:///etc/passwd", /Protocol "file:" not supported/],
    ["nonsense", /Invalid URL/],
    [7, /no jwks_uri/],
  ] as const) {
    it(`are not fetched from ${String(address)}`, async () => {
      answers["/.well-known/openid-configuration"] = json({ issuer: url, jwks_uri: address });
      expect(await failure(issuer().key("one"))).to.match(message);
    });
  }

  it("are given up after a second and a half, from a silent server as from one that trickles", async () => {
    answers["/.well-known/openid-configuration"] = (response) => {
      const trickle = setInterval(() => response.write(" "), 100);
      response.on("close", () => clearInterval(trickle));
    };
    const silent = issuer();
    const [first] = await Promise.all([failure(silent.key("one")), failure(silent.key("one"))]);
    expect(first).to.equal("no answer within 1500 ms");
  });

  it("are not taken from a server whose certificate is not verified", async () => {
    const untrusting = new Issuer(url, {}, () => time);
    expect(await failure(untrusting.key("one"))).to.match(/certificate/);
  });

  it("are none where the set has no key that can be used", async () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    const small = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey;
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
    publish(
      jwk(weak, "weak"),
      jwk(small, "small-exponent"),
      { ...jwk(publicKey, "trivial-exponent"), e: "AQ" },
      jwk(publicKey, "encrypts", { use: "enc" }),
      jwk(publicKey, "wraps", { key_ops: ["wrapKey"] }),
      jwk(publicKey, "other-alg", { alg: "PS256" }),
      jwk(publicKey, "leaked", { d: "AQAB" }),
      { ...jwk(publicKey, "broken"), n: "" },
      { ...jwk(publicKey, "numbers"), n: 7 },
      { ...ec, kid: "ec", alg: "RS256" },
      { kty: "oct", k: "c2VjcmV0", kid: "oct", alg: "RS256" },
      { ...jwk(publicKey, ""), kid: undefined },
    );
    const keys = issuer();
    for (const kid of "weak small-exponent trivial-exponent encrypts wraps other-alg leaked broken numbers ec oct".split(
      " ",
    ))
      expect(await keys.key(kid), kid).to.equal(undefined);
  });

  it("keep the first of two with one id, and leave out what is no key at all", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
    answers["/.well-known/jwks.json"] = json({
      keys: [
        null,
        "text",
        [],
        jwk(publicKey, "one"),
        jwk(other, "one"),
        jwk(publicKey, "bare", { use: undefined, alg: undefined }),
      ],
    });
    const keys = issuer();
    expect((await keys.key("one"))!.equals(publicKey)).to.equal(true);
    expect(await keys.key("bare")).to.not.equal(undefined);
  });

  for (const wrong of [
    "http://localhost/",
    "https://localhost/?a",
    "https://localhost/#a",
    "https://u@localhost/",
    "localhost",
  ]) {
    it(`have no issuer at ${wrong}`, () => {
      expect(() => new Issuer(wrong)).to.throw();
    });
  }

  it("are found below an issuer with a path, with and without a slash at its end", async () => {
    const keysAt = `${url}.well-known/jwks.json`;
    answers["/realms/a/.well-known/openid-configuration"] = json({ issuer: `${url}realms/a`, jwks_uri: keysAt });
    expect(await issuer(`${url}realms/a`).key("one")).to.not.equal(undefined);
  });
});
