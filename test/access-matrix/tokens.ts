// Tokens for each row of the rule table, from the run's own issuer: valid ones by client credentials, others deliberately
// invalid.

import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { Authorization } from "../../access-matrix/routes";
import type { Token } from "../../access-matrix/rules";
import type { Credentials } from "../../local/credentials/credentials";

type TokenAuthorization = Exclude<Authorization, { kind: "anyone" | "signature" }>;

/** The local issuer's name (`kind`) of each deliberately invalid token. */
const kinds: Readonly<Partial<Record<Token, string>>> = {
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

export class Tokens {
  private readonly made = new Map<string, Promise<string>>();
  private readonly ca: string;

  /** @param ca path of the CA certificate of the issuer */
  constructor(ca: string) {
    this.ca = readFileSync(ca, "utf8");
  }

  /**
   * Value of the Authorization header; `undefined`: no header is sent.
   * @param client credentials of a client of the API
   */
  async header(client: Credentials, authorization: TokenAuthorization, token: Token): Promise<string | undefined> {
    if (token === "no token") return undefined;
    if (token === "malformed token") return "Bearer not.a.token";
    const key = JSON.stringify([authorization, token, client.clientId]);
    const made = this.made.get(key) ?? this.make(client, authorization, token);
    this.made.set(key, made);
    return `Bearer ${await made}`;
  }

  private make(client: Credentials, authorization: TokenAuthorization, token: Token): Promise<string> {
    const audience = authorization.kind === "pool" ? undefined : authorization.tokensOf.audience[0];
    if (token !== "right scope") {
      const query = new URLSearchParams({ kind: kinds[token]! });
      if (authorization.kind === "pool") query.set("pool", authorization.pool);
      else query.set("audience", audience!);
      return this.post(new URL(`/_local/token?${query.toString()}`, client.tokenEndpoint), {});
    }
    // The way a client gets it: the client credentials grant.
    const { tokenEndpoint, clientId, clientSecret } = client;
    const form = { grant_type: "client_credentials", client_id: clientId!, client_secret: clientSecret! };
    return this.post(new URL(tokenEndpoint!), { ...form, ...(audience === undefined ? {} : { audience }) });
  }

  private post(url: URL, form: Readonly<Record<string, string>>): Promise<string> {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return new Promise((resolve, reject) => {
      request(url, { ca: this.ca, method: "POST", headers }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          const { access_token: token } = JSON.parse(text) as { access_token?: string };
          if (token === undefined) reject(new Error(`${url.pathname}: ${text}`));
          else resolve(token);
        });
      })
        .on("error", reject)
        .end(new URLSearchParams(form).toString());
    });
  }
}
