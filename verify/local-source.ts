// The source of a running `npm start`: it has every credential but one whose quota is used up, and its issuer makes tokens
// that must be refused.

import { readFileSync } from "node:fs";
import type { Credentials } from "../local/credentials/credentials";
import type { ServedStack } from "../local/run/served-stack";
import { post } from "./http-form";
import { type AccessKey, type MadeToken, NotTried, type Found, type Owner, type Source } from "./source";
import type { TokenAuthorization } from "./source";

/** The local issuer's name of each token that is made to be refused. */
const kinds: Readonly<Record<Exclude<MadeToken, "right scope">, string>> = {
  "expired token": "expired",
  "not yet valid": "notYetValid",
  "wrong audience": "wrongAudience",
  "wrong issuer": "wrongIssuer",
  "foreign key, same kid": "foreignKey",
  "unknown key": "unknownKey",
  "alg none": "algNone",
  "HS256, public key": "algHs256",
  "ID token": "idToken",
  "no scope": "noScope",
};

export function localSource(served: ServedStack): Source {
  const ca = readFileSync(served.ca, "utf8");
  const tokens = new Map<string, Promise<string>>();
  const apiOf = ({ name }: Owner["api"]) => {
    const found = served.apis.find((api) => api.name === name);
    if (found === undefined) throw new NotTried(`npm start does not serve ${name}`);
    return found;
  };
  const credentialsOf = ({ api, client }: Owner): Credentials => {
    const { credentials } = apiOf(api);
    return client === undefined ? credentials : { ...credentials, ...credentials.clients?.[client] };
  };
  const ofClient = (owner: Owner): AccessKey => {
    const { accessKeyId, secretAccessKey } = credentialsOf(owner);
    return { accessKeyId: given(accessKeyId, "access key"), secretAccessKey: given(secretAccessKey, "access key") };
  };
  return {
    outputs: served.outputs,
    ca,
    hostOf: () => "127.0.0.1",
    defaultUrl: async (api) => apiOf(api).defaultUrl,
    routes: async (api) => from(apiOf(api).routes),
    apiKey: async (owner) => from(given(credentialsOf(owner).apiKey, "API key")),
    spentApiKey: async () => {
      throw new NotTried("it would use up the quota of the run's key");
    },
    accessKey: async (signer, owner) => {
      const { caller, stranger, foreigner } = served.signers;
      if (signer === "caller") return from(owner.client === undefined ? caller : ofClient(owner));
      return from(signer === "stranger" ? stranger : foreigner);
    },
    token: async (kind, authorization, owner) => {
      const credentials = credentialsOf(owner);
      const key = JSON.stringify([kind, authorization, credentials.clientId]);
      const made = tokens.get(key) ?? tokenOf(kind, authorization, credentials, ca);
      tokens.set(key, made);
      return from(await made);
    },
    certificate: async (kind, api) => {
      const { clientCert, clientKey } =
        kind === "right certificate" ? apiOf(api).credentials : (served.expiredCertificate ?? {});
      const read = (path: string | undefined) => readFileSync(given(path, kind), "utf8");
      return from({ cert: read(clientCert), key: read(clientKey) });
    },
    otherAddress: async () => from("127.0.0.2"),
  };
}

function from<T>(value: T): Found<T> {
  return { value, from: "npm start" };
}

function given(value: string | undefined, what: string): string {
  if (value === undefined) throw new NotTried(`npm start gives no ${what}`);
  return value;
}

function tokenOf(
  kind: MadeToken,
  authorization: TokenAuthorization,
  { tokenEndpoint, issuer, clientId, clientSecret }: Credentials,
  ca: string,
): Promise<string> {
  const endpoint = new URL(given(tokenEndpoint, "token"));
  const audience = authorization.kind === "pool" ? undefined : authorization.tokensOf.audience[0];
  if (kind === "right scope") {
    // The way a client gets it: the client credentials grant.
    const form = { grant_type: "client_credentials", client_id: clientId!, client_secret: clientSecret! };
    return accessToken(endpoint, { ...form, ...(audience === undefined ? {} : { audience }) }, ca);
  }
  // A pool's id ends its issuer's URL.
  const query = new URLSearchParams({ kind: kinds[kind] });
  if (audience === undefined) query.set("pool", issuer!.split("/").at(-1)!);
  else query.set("audience", audience);
  return accessToken(new URL(`/_local/token?${query.toString()}`, endpoint), {}, ca);
}

async function accessToken(url: URL, form: Readonly<Record<string, string>>, ca: string): Promise<string> {
  const { access_token: token } = (await post(url, form, ca)) as { access_token?: string };
  return given(token, `token from ${url.pathname}`);
}
