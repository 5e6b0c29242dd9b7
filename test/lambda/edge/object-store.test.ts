import { mkdtempSync, rmSync } from "node:fs";
import { createServer, globalAgent, type Server } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ObjectStore } from "../../../lambda/edge/object-store";
import { openAuthority } from "../../../local/certificates/authority";

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("Functions: the object store", () => {
  let server: Server;
  let folder: string;
  const kept: Record<string, string | undefined> = {};
  const sent: Sent[] = [];
  /** What the server answers next; `silent`: nothing. */
  let next: { status: number; headers?: Record<string, string>; body?: string } | "silent" | "cut";
  const store = () => new ObjectStore("eu-west-1", { small: 300, large: 300 });

  const environment = () => ({
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_ENDPOINT_URL_S3: `https://localhost:${(server.address() as AddressInfo).port}`,
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "store-"));
    const authority = await openAuthority(join(folder, "authority"));
    const pair = await authority.server(["localhost"]);
    server = createServer({ cert: pair.cert, key: pair.key }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        sent.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") });
        if (next === "silent") return;
        if (next === "cut") {
          response.writeHead(200, { etag: '"e"', "content-length": "10" });
          response.write("half");
          setTimeout(() => response.destroy(), 20);
          return;
        }
        response.writeHead(next.status, next.headers).end(next.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    globalAgent.options.ca = authority.certificate;
    for (const [name, value] of Object.entries(environment())) {
      kept[name] = process.env[name];
      process.env[name] = value;
    }
    sent.length = 0;
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    Reflect.deleteProperty(globalAgent.options, "ca");
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const read = (options = { limit: 100 }) => store().get("bucket", "models/m/live.json", options);
  const fault = (work: Promise<unknown>) =>
    work.then(
      () => "nothing",
      (error: Error) => error.message,
    );

  it("reads an object by a signed request", async () => {
    next = { status: 200, headers: { etag: '"e"' }, body: "content" };
    const found = await read();
    expect(found).to.deep.equal({ body: Buffer.from("content"), etag: '"e"' });
    expect(sent[0]).to.include({ method: "GET", url: "/bucket/models/m/live.json" });
    expect(sent[0]!.headers.authorization).to.match(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/s3\/aws4_request, SignedHeaders=\S*host\S*, Signature=[0-9a-f]{64}$/,
    );
    expect(sent[0]!.headers).to.include({ "x-amz-security-token": "token" });
    expect(JSON.stringify(sent[0])).not.to.contain("secret");
  });

  it("tells an object that did not change, and one that is not there", async () => {
    next = { status: 304 };
    expect(await store().get("bucket", "key", { limit: 100, etag: '"e"' })).to.equal("unchanged");
    expect(sent[0]!.headers["if-none-match"]).to.equal('"e"');
    next = { status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" };
    expect(await read()).to.equal(undefined);
  });

  it("writes only over the state that was read, or where there is nothing yet", async () => {
    next = { status: 200, headers: { etag: '"f"' } };
    expect(await store().put("bucket", "key", Buffer.from("new"), '"e"')).to.equal(true);
    expect(await store().put("bucket", "key", Buffer.from("new"), undefined)).to.equal(true);
    expect(sent.map(({ headers }) => [headers["if-match"], headers["if-none-match"]])).to.deep.equal([
      ['"e"', undefined],
      [undefined, "*"],
    ]);
    expect(sent[0]).to.include({ method: "PUT", body: "new" });
    for (const { headers } of sent) expect(headers.authorization).to.match(/SignedHeaders=\S*if-(none-)?match/);
    for (const status of [412, 409]) {
      next = { status };
      expect(await store().put("bucket", "key", Buffer.from("new"), '"e"'), String(status)).to.equal(false);
    }
  });

  it("says of a refusal its status and code, and nothing that the answer quotes", async () => {
    next = { status: 403, body: "<Error><Code>AccessDenied</Code><Message>quoted</Message></Error>" };
    expect(await fault(read())).to.equal("S3 refused GetObject: 403 AccessDenied");
    expect(await fault(store().put("bucket", "key", Buffer.from("x"), undefined))).to.equal(
      "S3 refused PutObject: 403 AccessDenied",
    );
    next = { status: 307, headers: { location: "https://elsewhere.example.com/" } };
    expect(await fault(read())).to.equal("S3 refused GetObject: 307 no code");
    next = { status: 200, body: "content" };
    expect(await fault(read())).to.match(/without an ETag/);
  });

  it("gives up on an answer that is too large, too slow or cut off", async () => {
    next = { status: 200, headers: { etag: '"e"' }, body: "x".repeat(101) };
    expect(await fault(read())).to.equal("s3 answered more than 100 bytes");
    next = "silent";
    expect(await fault(read())).to.equal("s3 did not answer within 300 ms");
    next = "cut";
    expect(await fault(read())).to.equal("aborted");
  });

  it("trusts no server whose certificate is not verified", async () => {
    Reflect.deleteProperty(globalAgent.options, "ca");
    next = { status: 200, headers: { etag: '"e"' } };
    expect(await fault(read())).to.match(/certificate|self-signed|unable to verify/i);
    expect(sent).to.deep.equal([]);
  });

  it("sends nothing without credentials", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
      const { [name]: kept } = process.env;
      // Another identity's, so that what was read before does not do.
      process.env["AWS_ACCESS_KEY_ID"] = "another";
      Reflect.deleteProperty(process.env, name);
      expect(await fault(read())).to.match(/no credentials/);
      process.env[name] = kept;
    }
    expect(sent).to.deep.equal([]);
  });
});
