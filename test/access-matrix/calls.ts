// Builds the call that a cell of the matrix stands for: its address and credential, in an otherwise valid request.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../../access-matrix/endpoints";
import type { Cell } from "../../access-matrix/matrix";
import { projectRoot } from "../../graph/evaluate";
import { foreignAuthority, type Pair } from "../../local/certificates/authority";
import type { LocalRun } from "../../local/run/run";
import type { RunningApi } from "../../local/run/running-api";
import type { Sent } from "./client";
import { Signatures } from "./signatures";
import { Tokens } from "./tokens";

const model = readFileSync(join(projectRoot, "models/mymodel/model.onnx"));
const parameters: Readonly<Record<string, string>> = {
  model: "mymodel",
  version: createHash("sha256").update(model).digest("hex").slice(0, 12),
};

const inference = JSON.stringify({
  inputs: [{ name: "features", shape: [1, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2] }],
});

/** Source addresses of calls: `other` for a call from another network. */
export const addresses = { own: "127.0.0.1", other: "127.0.0.2" } as const;

/** Origin of preflights. */
const origin = "https://app.example.com";

/** By the oldest TLS version that an address accepts: the version before it. */
const older = { "1.0": "TLSv1", "1.2": "TLSv1.1", "1.3": "TLSv1.2" } as const;

export class Calls {
  private readonly tokens: Tokens;
  private readonly signatures: Signatures;
  private foreign: Promise<Pair> | undefined;

  constructor(private readonly run: LocalRun) {
    this.tokens = new Tokens(run.ca);
    this.signatures = new Signatures(run.graph);
  }

  async of({ api, endpoint, location, method, path, route, credential }: Cell): Promise<Sent> {
    const running = this.run.apis.find(({ name }) => name === api.name)!;
    const port = portOf(running, endpoint);
    const serverName = endpoint.domain ?? "localhost";
    const model = credential.model ?? parameters.model!;
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => (name === "model" ? model : parameters[name]!));
    const full = `${location === "another stage" ? "/another" : endpoint.basePath}${filled}`;
    const body = method === "POST" ? inference : "";
    const { signature, token, key, client } = credential;
    const own = { ...running.credentials, ...(client === undefined ? {} : running.credentials.clients![client]) };
    // A call that matches no route carries the credentials that the API's first real route requires.
    const authorization = (route ?? api.routes.find(({ mock }) => !mock)!).requirements.authorization;
    const headers: Record<string, string> = {
      host: location === "another Host" ? "another.example.com" : `${serverName}:${port}`,
      ...(body === "" ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
    };
    if (location === "preflight") Object.assign(headers, { origin, "access-control-request-method": "POST" });
    const apiKey = key === "wrong key" ? "a-key-that-does-not-exist-here" : own.apiKey;
    if (key !== undefined && key !== "no key") headers["x-api-key"] = given(apiKey, "API key");
    if (token !== undefined && authorization.kind !== "anyone" && authorization.kind !== "signature") {
      const header = await this.tokens.header(own, authorization, token);
      if (header !== undefined) headers["authorization"] = header;
    }
    const region = api.arn.split(":")[3]!;
    return {
      port,
      serverName,
      method,
      path: full,
      headers:
        signature === undefined
          ? headers
          : await this.signatures.headers(
              { method, path: full, headers, body },
              signature,
              region,
              client === undefined ? undefined : own,
            ),
      body,
      certificate: await this.certificate(running, credential.certificate),
      ...(credential.from === undefined ? {} : { from: addresses.other }),
      ...(location === "older TLS" ? { newestTls: older[endpoint.tls] } : {}),
    };
  }

  private async certificate(
    { credentials }: RunningApi,
    kind: Cell["credential"]["certificate"],
  ): Promise<Pair | undefined> {
    if (kind === undefined || kind === "no certificate") return undefined;
    if (kind === "foreign certificate") {
      this.foreign ??= foreignAuthority().then((authority) => authority.client("local client"));
      return this.foreign;
    }
    const { clientCert, clientKey } = credentials;
    const [cert, key] = [given(clientCert, "client certificate"), given(clientKey, "key of a client certificate")];
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  }
}

/** @throws Error if the run provides no such credential, although the matrix says that it lets callers in */
function given(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`the run gives no ${what}, and the matrix says that one lets callers in`);
  return value;
}

function portOf({ url, disabledUrl, domains }: RunningApi, { domain, disabled }: Endpoint): number {
  const own = domains.find(({ name }) => name === domain)?.url;
  return Number(new URL(domain === undefined ? (disabled ? disabledUrl! : url) : own!).port);
}
