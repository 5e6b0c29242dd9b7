// What a verification needs besides the matrix: where the stack answers, what stands there, and working credentials. There
// are two sources, a deployed stack (deployed-source.ts) and a running `npm start` (local-source.ts); all else is shared.

import type { Api } from "../access-matrix/apis";
import type { Authorization } from "../access-matrix/routes";
import type { Token } from "../access-matrix/rules";

/** Something to call with, and where it comes from, in a few words without the value. */
export interface Found<T> {
  readonly value: T;
  readonly from: string;
}

/** Cannot be had or tried here. The message says what is missing, and how to give it; never a secret. */
export class NotTried extends Error {}

/** A route as it stands: `ANY` for every method, and a path template. */
export interface StandingRoute {
  readonly method: string;
  readonly path: string;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only for temporary credentials. */
  readonly sessionToken?: string;
}

/** PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** Whose credentials: an API's, or those of a client that it lists. */
export interface Owner {
  readonly api: Api;
  readonly client?: string;
}

/**
 * Who signs: a principal with the stack's policy for callers (or the client itself); one of the stack's account without a
 * policy; one of another account.
 */
export type Signer = "caller" | "stranger" | "other account";

export type TokenAuthorization = Exclude<Authorization, { kind: "anyone" | "signature" }>;

/** Kinds of tokens that are made or obtained; the other two are no token, and a text that is none. */
export type MadeToken = Exclude<Token, "no token" | "malformed token">;

/** Every method throws `NotTried` for what cannot be had. */
export interface Source {
  /** The stack's outputs, as `pulumi stack output --json` prints them. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** PEM of the only authority whose server certificates are accepted; absent: the public ones. */
  readonly ca?: string;
  /** The host to connect to for the API's own domain; absent: what DNS says. */
  hostOf(api: Api): string | undefined;
  /** URL of the default endpoint of an API whose own domain the outputs name. */
  defaultUrl(api: Api): Promise<string>;
  /** The routes that stand. */
  routes(api: Api): Promise<Found<readonly StandingRoute[]>>;
  apiKey(owner: Owner): Promise<Found<string>>;
  /** An API key whose quota is used up. */
  spentApiKey(owner: Owner): Promise<Found<string>>;
  accessKey(signer: Signer, owner: Owner): Promise<Found<AccessKey>>;
  token(kind: MadeToken, authorization: TokenAuthorization, owner: Owner): Promise<Found<string>>;
  certificate(kind: "right certificate" | "expired certificate", api: Api): Promise<Found<CertificatePair>>;
  /** A local address whose calls come from outside the networks that the API allows. */
  otherAddress(): Promise<Found<string>>;
}
