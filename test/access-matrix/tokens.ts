// Tokens for each row of the rule table, from the run's own issuer: good ones for a client's secret, the others made to fail.

import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { Who } from "../../access-matrix/asks";
import type { Token } from "../../access-matrix/rules";
import { ofType } from "../../graph/resource";
import type { LocalRun } from "../../local/run";

type TokenWho = Exclude<Who, { kind: "anyone" | "signature" }>;

/** The issuer's name for each token made to fail. */
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

  constructor(private readonly run: LocalRun) {
    this.ca = readFileSync(run.ca, "utf8");
  }

  /** Value of the Authorization header; `undefined`: none is sent. */
  async header(who: TokenWho, token: Token): Promise<string | undefined> {
    if (token === "no token") return undefined;
    if (token === "malformed token") return "Bearer not.a.token";
    const key = JSON.stringify([who, token]);
    const made =
      this.made.get(key) ?? (token === "right scope" ? this.genuine(who) : this.madeToFail(who, kinds[token]!));
    this.made.set(key, made);
    return `Bearer ${await made}`;
  }

  private async madeToFail(who: TokenWho, kind: string): Promise<string> {
    const query = new URLSearchParams({ kind });
    if (who.kind === "pool") query.set("pool", who.pool);
    else query.set("audience", who.tokensOf.audience[0]!);
    return this.post(`/_local/token?${query.toString()}`, {});
  }

  /** As a client gets it: with an id and a secret, from the token endpoint. */
  private async genuine(who: TokenWho): Promise<string> {
    const grant = { grant_type: "client_credentials" };
    const { graph, credentials } = this.run;
    if (who.kind === "pool") {
      const client = ofType(graph, "aws:cognito/userPoolClient:UserPoolClient").find(
        ({ inputs }) => inputs.userPoolId === who.pool,
      )!;
      return this.post("/oauth2/token", {
        ...grant,
        client_id: client.id,
        client_secret: String(client.outputs.clientSecret),
      });
    }
    const machine = ofType(graph, "auth0:index/client:Client")[0];
    const secret = ofType(graph, "auth0:index/clientCredentials:ClientCredentials")[0]?.outputs.clientSecret;
    const known = [
      { client_id: credentials.clientId, client_secret: credentials.clientSecret },
      { client_id: String(machine?.outputs.clientId), client_secret: String(secret ?? machine?.outputs.clientSecret) },
    ];
    const failures: unknown[] = [];
    for (const { client_id = "", client_secret = "" } of known) {
      const form = { ...grant, client_id, client_secret, audience: who.tokensOf.audience[0]! };
      const token = await this.post("/oauth/token", form).catch((error: unknown) => void failures.push(error));
      if (token !== undefined) return token;
    }
    throw new AggregateError(failures, "no client gets a token");
  }

  private post(path: string, form: Readonly<Record<string, string>>): Promise<string> {
    const issuer = new URL(this.run.credentials.tokenEndpoint!);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return new Promise((resolve, reject) => {
      request(
        {
          host: "127.0.0.1",
          port: issuer.port,
          servername: issuer.hostname,
          ca: this.ca,
          path,
          method: "POST",
          headers,
        },
        (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => (text += chunk.toString()));
          response.on("end", () => {
            const { access_token: token } = JSON.parse(text) as { access_token?: string };
            if (token === undefined) reject(new Error(`${path.split("?")[0]!}: ${text}`));
            else resolve(token);
          });
        },
      )
        .on("error", reject)
        .end(new URLSearchParams(form).toString());
    });
  }
}
