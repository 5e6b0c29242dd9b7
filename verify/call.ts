// Builds the call that a cell of the matrix stands for: its address and credential, in an otherwise valid request.

import type { Cell } from "../access-matrix/matrix";
import { calledPath } from "../access-matrix/permissions";
import { foreignAuthority } from "../local/certificates/authority";
import { addressOf } from "./addresses";
import type { Call } from "./client";
import { signed } from "./signatures";
import { type CertificatePair, type Found, NotTried, type Owner, type Source } from "./source";

/** A request that the model accepts. */
export interface Example {
  readonly version: string;
  /** The model to call on a route with `{model}`; absent: the one that the cell is about. */
  readonly model?: string;
  /** Body of an inference request of V2, JSON. */
  readonly body: string | Buffer;
  /** The same in TensorFlow Serving's columns. */
  readonly columns: string | Buffer;
  /** Headers of the body, in lower case; absent: those of JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a transform decides what the model's routes outside `/v2` take. */
  readonly transformed: boolean;
}

export interface PreparedCall {
  readonly call: Call;
  /** Where each part of the credential comes from. */
  readonly from: string;
}

/** Origin of CORS preflights, which are answered whatever it is. */
const origin = "https://app.example.com";

/** The model that the cell calls, on a route with `{model}`. */
export function modelOf({ api, credential: { model, client } }: Pick<Cell, "api" | "credential">): string {
  return model ?? api.clients?.find(({ name }) => name === client)?.models?.[0] ?? api.defaultModel;
}

/** @throws NotTried if only the model's transform knows a valid request, or the address or a part of the credential cannot be had */
export async function callOf(cell: Cell, source: Source, example: Example): Promise<PreparedCall> {
  const { api, endpoint, location, method, path, route, credential } = cell;
  // Who is refused is refused before the body is read.
  if (example.transformed && cell.status === 200 && method === "POST" && !path.startsWith("/v2/"))
    throw new NotTried("the model's transform decides what it takes");
  const address = await addressOf(api, endpoint, source);
  const filled = calledPath(cell, example.model ?? modelOf(cell), example.version);
  const full = `${location === "another stage" ? "/another" : endpoint.basePath}${filled}`;
  const body = method !== "POST" ? "" : path.startsWith("/v1/") ? example.columns : example.body;
  const ofBody = { "content-type": "application/json", ...example.headers };
  const owner: Owner = { api, client: credential.client };
  const from: string[] = [];
  const used = <T>(found: Found<T>): T => {
    if (found.from !== "" && !from.includes(found.from)) from.push(found.from);
    return found.value;
  };
  const headers: Record<string, string> = {
    host: location === "another Host" ? "another.example.com" : address.origin.host,
    ...(body.length === 0 ? {} : { ...ofBody, "content-length": String(Buffer.byteLength(body)) }),
  };
  if (location === "preflight") Object.assign(headers, { origin, "access-control-request-method": "POST" });
  const { key, token, signature, certificate } = credential;
  if (key !== undefined && key !== "no key") headers["x-api-key"] = used(await apiKey(key, owner, source));
  // A call that matches no route carries the credentials that the API's first real route requires.
  const { authorization } = (route ?? api.routes.find(({ mock }) => !mock)!).requirements;
  if (authorization.kind !== "anyone" && authorization.kind !== "signature") {
    if (token === "malformed token") headers.authorization = `Bearer ${used(made("not.a.token"))}`;
    else if (token !== undefined && token !== "no token")
      headers.authorization = `Bearer ${used(await source.token(token, authorization, owner))}`;
  }
  const unsigned = { method, path: full, headers, body };
  const pair = await certificateOf(certificate, cell, source);
  return {
    call: {
      ...address,
      ...unsigned,
      headers: signature === undefined ? headers : used(await signed(unsigned, signature, owner, source)),
      ...(pair && { certificate: used(pair) }),
      ...(credential.from && { localAddress: used(await source.otherAddress()) }),
    },
    from: from.join("; "),
  };
}

const made = <T>(value: T): Found<T> => ({ value, from: "made here" });

async function apiKey(kind: "wrong key" | "key over quota" | "right key", owner: Owner, source: Source) {
  // As long as a key of API Gateway is at least.
  if (kind === "wrong key") return made("a-key-that-does-not-exist-here");
  return kind === "right key" ? source.apiKey(owner) : source.spentApiKey(owner);
}

let foreign: Promise<CertificatePair> | undefined;

async function certificateOf(
  kind: Cell["credential"]["certificate"],
  { api }: Cell,
  source: Source,
): Promise<Found<CertificatePair> | undefined> {
  if (kind === undefined || kind === "no certificate") return undefined;
  if (kind !== "foreign certificate") return source.certificate(kind, api);
  foreign ??= foreignAuthority().then((authority) => authority.client("local client"));
  return made(await foreign);
}
