// The local issuer: an OIDC issuer over HTTPS on loopback, in place of an Auth0 tenant and of Cognito user pools.
// Except for keys and host name, its tokens are those that the real service would issue to the same client.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Tenant } from "./auth0";
import type { UserPool } from "./cognito";
import { readForm } from "./token-endpoint";
import { type KeyRing, type PoolKeys, sign } from "./signing-keys";
import { Realms, type TokenTarget } from "./realms";
import { respond } from "./issuer-routes";
import { madeToFail, type FailingKind } from "./tokens-made-to-fail";

export interface IssuerOptions {
  /** Certificate and private key of the server, PEM, valid for `hostname`. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Host name in the issuer's URL; it must resolve to 127.0.0.1, where the server listens. */
  readonly hostname?: string;
  /** 0 (the default): any free port. */
  readonly port?: number;
  /** Called for each request with its method and target. */
  readonly onRequest?: (line: string) => void;
}

export type TokenKind = "genuine" | FailingKind;

export interface LocalIssuer {
  /** The `iss` of the tenant's tokens and the issuer's base URL: `https://localhost:<port>/`. */
  readonly url: string;
  /** URL of the endpoint in Auth0's form. */
  readonly tokenEndpoint: string;
  /** URL of the endpoint in Cognito's form. */
  readonly poolTokenEndpoint: string;
  /** The tenant's signing keys, to rotate and retire. */
  readonly keys: KeyRing;
  /** The pools' public keys. */
  readonly pools: PoolKeys;
  /** Sets the clients that get tokens, in place of the previous ones. */
  configure(tenant: Tenant, pools?: readonly UserPool[]): Promise<void>;
  /** Makes a token of each kind: a genuine one, or one made to fail. */
  readonly tokens: Readonly<Record<TokenKind, (target?: TokenTarget) => Promise<string>>>;
  close(): Promise<void>;
}

/** Starts the issuer; no client is registered until `configure`. @throws Error if the port is in use */
export async function startIssuer({ certificate, hostname = "localhost", port = 0, onRequest }: IssuerOptions) {
  let realms: Realms | undefined;
  const server = createServer({ ...certificate, minVersion: "TLSv1.2" }, (request, response) => {
    onRequest?.(`${request.method ?? ""} ${request.url ?? ""}`);
    void writeResponse(realms, request, response);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const url = `https://${hostname}:${String((server.address() as AddressInfo).port)}/`;
  const registered = (realms = await Realms.create(url));
  const tokens = Object.fromEntries(
    Object.entries({ genuine: sign, ...madeToFail }).map(([kind, make]) => [
      kind,
      (target?: TokenTarget) => make(registered.genuine(target)),
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

async function writeResponse(
  realms: Realms | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, body } = await attempt(realms, request);
  const text = JSON.stringify(body);
  // RFC 6749 section 5.1: responses that contain tokens must not be stored.
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
    return await respond(realms, {
      method,
      url: new URL(url, realms.issuer),
      authorization: headers.authorization,
      form,
    });
  } catch {
    return { status: 500, body: { error: "server_error" } };
  }
}
