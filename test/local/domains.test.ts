// The local run of the program itself, with its HTTP API behind mutual TLS and the local issuer in Auth0's place.

import { existsSync, readFileSync, statSync } from "node:fs";
import { request } from "node:https";
import { expect } from "chai";
import { foreignAuthority } from "../../local/certificates/authority";
import { readyLine, readyText } from "../../local/commands/ready-text";
import type { RunningApi } from "../../local/run/running-api";
import { flower, type Served, serveStack } from "./served";

interface Sent {
  readonly status: number;
  readonly text: string;
}

/** Calls an address as printed; a `domain` is resolved to this machine, as curl's --resolve does. */
function call(served: Served, address: string, options: Record<string, unknown> = {}, body = flower): Promise<Sent> {
  const { hostname, port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    request(
      {
        host: hostname === "localhost" ? "localhost" : "127.0.0.1",
        servername: hostname,
        port,
        path: pathname,
        method: "POST",
        ca: readFileSync(served.run.ca),
        agent: false,
        ...options,
        headers: { host: `${hostname}:${port}`, ...(options.headers as object | undefined) },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode!, text }));
      },
    )
      .on("error", reject)
      .end(body);
  });
}

const outcome = async (answer: Promise<Sent>): Promise<number | string> => {
  try {
    return (await answer).status;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code ?? (problem as Error).message;
  }
};

describe("a local run with own domains", () => {
  let served: Served;
  let httpApi: RunningApi;
  let auth0: RunningApi;

  before(async () => {
    served = await serveStack({ apiGateway: false, auth0Authorizer: true, httpApi: true, mutualTls: true });
    [auth0, httpApi] = ["auth0Authorizer", "httpApi"].map((wanted) =>
      served.run.apis.find(({ name }) => name === wanted)!,
    ) as [RunningApi, RunningApi];
  });
  after(() => served.run.close());

  const bearer = ({ credentials }: RunningApi) => ({ authorization: `Bearer ${credentials.token}` });
  const certificate = ({ credentials }: RunningApi) => ({
    cert: readFileSync(credentials.clientCert!),
    key: readFileSync(credentials.clientKey!),
  });

  it("predicts at the printed addresses with the printed credentials, through both APIs", async () => {
    const one = await call(served, `${auth0.url}/predict`, { headers: bearer(auth0) });
    expect(one.status).to.equal(200);
    const two = await call(served, `${httpApi.url}/models`, { headers: bearer(httpApi), ...certificate(httpApi) });
    expect(two).to.deep.equal({ status: 200, text: one.text });
  });

  it("answers the own domain by name, on the port of the API", async () => {
    const [domain] = httpApi.domains;
    expect(domain).to.include({ name: "models.example.com", mutualTls: true, minVersion: "TLSv1.2" });
    const options = { headers: bearer(httpApi), ...certificate(httpApi) };
    expect((await call(served, `${domain!.url}/models`, options)).status).to.equal(200);
    expect(new URL(domain!.url).port).to.equal(new URL(httpApi.disabledUrl!).port);
  });

  it("resets who shows no client certificate and rejects a foreign one, before any token is looked at", async () => {
    const foreign = await (await foreignAuthority()).client("local-client");
    for (const base of [httpApi.url, httpApi.domains[0]!.url]) {
      const headers = bearer(httpApi);
      expect(await outcome(call(served, `${base}/models`, { headers }))).to.be.oneOf(["ECONNRESET", "EPIPE"]);
      const refused = await call(served, `${base}/models`, { headers, ...foreign });
      expect(refused).to.deep.equal({ status: 403, text: '{"message":"Forbidden"}' });
      expect(await outcome(call(served, `${base}/models`, certificate(httpApi)))).to.equal(401);
    }
  });

  it("rejects a body over the limit in the words of an HTTP API", async () => {
    const headers = { ...bearer(httpApi), "content-length": 11 * 1024 * 1024 };
    const answer = await call(served, `${httpApi.domains[0]!.url}/models`, { headers, ...certificate(httpApi) }, "");
    expect(answer).to.deep.equal({ status: 413, text: '{"message":"Request Entity Too Large"}' });
  });

  it("answers the disabled default endpoint as one, whatever is presented", async () => {
    const options = { headers: bearer(httpApi), ...certificate(httpApi) };
    for (const address of [
      `${httpApi.disabledUrl}/models`,
      `https://localhost:${new URL(httpApi.disabledUrl!).port}/models`,
    ])
      expect(await call(served, address, options)).to.deep.equal({ status: 404, text: '{"message":"Not Found"}' });
  });

  it("plays Auth0 for the example tenant: the token endpoint gives tokens that both APIs take", async () => {
    const { tokenEndpoint, clientId, clientSecret, audience, issuer } = auth0.credentials;
    expect(issuer).to.match(/^https:\/\/localhost:\d+\/$/);
    expect(served.run.graph.examples).to.not.include("auth0Domain");
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId!,
      client_secret: clientSecret!,
      audience: audience!,
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = JSON.parse((await call(served, tokenEndpoint!, { headers }, form.toString())).text) as {
      access_token: string;
    };
    const authorization = { headers: { authorization: `Bearer ${answer.access_token}` } };
    expect(await outcome(call(served, `${auth0.url}/predict`, authorization))).to.equal(200);
    expect(
      await outcome(call(served, `${httpApi.url}/models`, { ...authorization, ...certificate(httpApi) })),
    ).to.equal(200);
    const wrong = new URLSearchParams({ ...Object.fromEntries(form), client_secret: "guess" });
    expect(await outcome(call(served, tokenEndpoint!, { headers }, wrong.toString()))).to.equal(401);
  });

  it("gives the client of the program's own Auth0 resources", () => {
    const { graph } = served.run;
    const client = graph.resources.find(({ type }) => type === "auth0:index/client:Client")!;
    expect(auth0.credentials.clientId).to.equal(client.outputs.clientId);
  });

  it("lists for scripts what a client needs", () => {
    const ready = JSON.parse(readyLine(served.run)) as {
      apis: Record<string, unknown>[];
      credentials: Record<string, string>;
    };
    expect(ready.credentials).to.include.keys(
      ...["token", "issuer", "tokenEndpoint", "clientId", "clientSecret", "audience", "clientCert", "clientKey"],
    );
    expect(ready.apis.find(({ name }) => name === "httpApi")).to.include.keys("url", "domains", "disabledUrl");
    expect(ready.apis.find(({ name }) => name === "auth0Authorizer")).not.to.have.property("disabledUrl");
    expect(auth0.credentials).not.to.have.property("clientCert");
    expect(statSync(ready.credentials.clientKey!).mode & 0o077).to.equal(0);
  });

  it("prints lines to paste for the domain, and says who stands in for the truststore", () => {
    const text = readyText(
      served.run,
      { functionArn: "", names: ["mymodel"], standard: "mymodel", transformed: false },
      { json: flower },
      { logFile: "log", console: undefined },
    );
    const [domain] = httpApi.domains;
    expect(text).to.include(`--resolve ${domain!.resolve}`).and.to.include(`${domain!.url}/models`);
    expect(text).to.include("--cert ").and.to.include("Client certificates must come from the local authority");
    expect(text).to.include(`The default endpoint is disabled; to see its answer, call ${httpApi.disabledUrl}`);
  });

  it("takes the client's key away with it when it ends", async () => {
    const other = await serveStack({ apiGateway: false, auth0Authorizer: true, httpApi: true, mutualTls: true });
    const { clientKey } = other.run.credentials;
    expect(existsSync(clientKey!)).to.equal(true);
    await other.run.close();
    expect(existsSync(clientKey!)).to.equal(false);
    expect(existsSync(served.run.credentials.clientKey!)).to.equal(true);
  });
});

describe("a local run of REST APIs with own domains", () => {
  let served: Served;
  after(() => served.run.close());

  it("speaks each endpoint's own TLS, and closes the default endpoint", async () => {
    served = await serveStack({
      apiGatewayDomain: "mymodel.example.com",
      hostedZoneId: "Z0123456789EXAMPLE",
    });
    const [api] = served.run.apis;
    const headers = { "x-api-key": api!.credentials.apiKey! };
    const [domain] = api!.domains;
    expect(domain!.minVersion).to.equal("TLSv1.3");
    for (const base of [api!.url, domain!.url]) {
      expect(await outcome(call(served, `${base}/mymodel`, { headers }))).to.equal(200);
      expect(await outcome(call(served, `${base}/mymodel`))).to.equal(403);
      expect(await outcome(call(served, `${base}/mymodel`, { headers, maxVersion: "TLSv1.2" }))).to.equal("EPROTO");
    }
    expect(await call(served, `${api!.disabledUrl}/mymodel`, { headers })).to.deep.equal({
      status: 403,
      text: '{"message":"Forbidden"}',
    });
    // STRICT: a handshake for one name reaches no other's host.
    const fronting = { headers: { ...headers, host: "localhost" } };
    expect(await outcome(call(served, `${domain!.url}/mymodel`, fronting))).to.equal(403);
  });
});
