// The local issuer: an OIDC issuer over HTTPS on the loopback interface, in the place of Auth0's tenant and of Cognito's user
// pools. It guarantees that a token it gives is one that the real service would give to the same client, keys and name apart.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Tenant } from "./auth0";
import type { UserPool } from "./cognito";
import { readForm } from "./credentials";
import type { KeyRing, KeySource } from "./keys";
import { sign } from "./mint";
import { Realms, type Target } from "./realms";
import { answer } from "./routes";
import { madeToFail, type FailingKind } from "./tokens-made-to-fail";

export interface IssuerOptions {
  /** The server's certificate and key, PEM, for the host name. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Name in the issuer's address; it must resolve to 127.0.0.1, where the server listens. */
  readonly hostname?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** Hears of every request: method and path. */
  readonly onRequest?: (line: string) => void;
}

export type TokenKind = "genuine" | FailingKind;

export interface LocalIssuer {
  /** `iss` of the tenant's tokens, which is its address: `https://localhost:<port>/`. */
  readonly url: string;
  /** Address of Auth0's token endpoint. */
  readonly tokenEndpoint: string;
  /** Address of Cognito's token endpoint. */
  readonly poolTokenEndpoint: string;
  /** The tenant's keys: `rotate`, `retire`. */
  readonly keys: KeyRing;
  /** The pools' public keys. */
  readonly pools: KeySource;
  /** Says whom tokens are issued to, in place of what was said before. */
  configure(tenant: Tenant, pools?: readonly UserPool[]): Promise<void>;
  /** A token by kind: a genuine one, or one made to fail. */
  readonly tokens: Readonly<Record<TokenKind, (target?: Target) => Promise<string>>>;
  close(): Promise<void>;
}

/** Starts the issuer; nobody is registered until `configure`. @throws Error where the port is taken */
export async function startIssuer({ certificate, hostname = "localhost", port = 0, onRequest }: IssuerOptions) {
  let realms: Realms | undefined;
  const server = createServer({ ...certificate, minVersion: "TLSv1.2" }, (request, response) => {
    onRequest?.(`${request.method ?? ""} ${request.url ?? ""}`);
    void respond(realms, request, response);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const url = `https://${hostname}:${String((server.address() as AddressInfo).port)}/`;
  const registered = (realms = await Realms.create(url));
  const tokens = Object.fromEntries(
    Object.entries({ genuine: sign, ...madeToFail }).map(([kind, make]) => [
      kind,
      (target?: Target) => make(registered.genuine(target)),
    ]),
  ) as LocalIssuer["tokens"];
  const issuer: LocalIssuer = {
    url,
    tokenEndpoint: `${url}oauth/token`,
    poolTokenEndpoint: `${url}oauth2/token`,
    keys: registered.tenantKeys,
    pools: registered,
    configure: (tenant, pools = []) => registered.configure(tenant, pools),
    tokens,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}

async function respond(realms: Realms | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await attempt(realms, request);
  const text = JSON.stringify(body);
  // RFC 6749 section 5.1: answers that hold tokens are not stored.
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

async function attempt(realms: Realms | undefined, request: IncomingMessage) {
  try {
    if (!realms) return { status: 503, body: { error: "temporarily_unavailable" } };
    const { method = "", url = "", headers } = request;
    if (!URL.canParse(url, realms.issuer)) return { status: 404, body: { error: "not_found" } };
    const form = await readForm(request);
    return await answer(realms, {
      method,
      url: new URL(url, realms.issuer),
      authorization: headers.authorization,
      form,
    });
  } catch {
    return { status: 500, body: { error: "server_error" } };
  }
}
