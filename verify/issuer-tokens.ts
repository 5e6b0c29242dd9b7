// Tokens for a deployed stack. The genuine one comes from its issuer, by the client credentials grant (RFC 6749 section 4.4).
// Of those that must be refused, some can be made by anyone (forged-tokens.ts); the others only the issuer signs, so that the
// environment must give them.

import { regionOf } from "../graph/resource";
import { createPublicKey, type JsonWebKey } from "node:crypto";
import type { AwsCommand, Json } from "./aws-command";
import { textOf } from "./aws-command";
import { ofClient, variable } from "./environment";
import { type Claims, type Forgery, forged, isForgery } from "./forged-tokens";
import { get, post } from "./http-form";
import { type Found, type MadeToken, NotTried, type Owner, type TokenAuthorization } from "./source";

/** Part of the variables' names: which issuer a stack's API trusts. */
type IssuerName = "COGNITO" | "AUTH0" | "OIDC";

/** Kinds that only the issuer can sign, by the middle of their variable's name. */
const given: Readonly<Record<Exclude<MadeToken, Forgery | "right scope">, string>> = {
  "expired token": "EXPIRED",
  "not yet valid": "NOT_YET_VALID",
  "wrong audience": "WRONG_AUDIENCE",
  "ID token": "ID",
  "no scope": "NO_SCOPE",
};

interface Client {
  readonly id: string;
  readonly secret: string;
  /** Where id and secret come from. */
  readonly from: string;
}

export class IssuerTokens {
  private readonly found = new Map<string, Promise<Found<string>>>();

  /**
   * @param outputs of the stack
   * @param regional the AWS CLI in a region
   * @param ca PEM of the only authority to trust; absent: the public ones
   */
  constructor(
    private readonly outputs: Json,
    private readonly regional: (region: string) => AwsCommand,
    private readonly ca?: string,
  ) {}

  /** @throws NotTried if the token cannot be had */
  of(kind: MadeToken, authorization: TokenAuthorization, owner: Owner): Promise<Found<string>> {
    const key = JSON.stringify([kind, authorization, owner.api.name, owner.client]);
    const found = this.found.get(key) ?? this.make(kind, authorization, owner);
    this.found.set(key, found);
    return found;
  }

  private async make(kind: MadeToken, authorization: TokenAuthorization, owner: Owner): Promise<Found<string>> {
    const issuer = this.issuerOf(authorization);
    if (kind === "right scope") return this.genuine(authorization, owner);
    if (!isForgery(kind)) return variable(`VERIFY_${issuer}_${given[kind]}_TOKEN`, "only the issuer can sign it");
    const claims = await this.claimsFor(authorization, owner);
    const value = forged(kind, claims, await this.published(String(claims.iss), authorization));
    return { value, from: "made here" };
  }

  private issuerOf(authorization: TokenAuthorization): IssuerName {
    if (authorization.kind === "pool") return "COGNITO";
    return authorization.tokensOf.issuer === this.outputs.auth0Issuer ? "AUTH0" : "OIDC";
  }

  private async genuine(authorization: TokenAuthorization, owner: Owner): Promise<Found<string>> {
    const { id, secret, from } = await this.clientOf(authorization, owner);
    const form = {
      grant_type: "client_credentials",
      client_id: id,
      client_secret: secret,
      ...this.target(authorization),
    };
    const { access_token: token } = (await post(new URL(await this.endpointOf(authorization)), form, this.ca)) as Json;
    return { value: textOf(token, "the issuer's access token"), from };
  }

  /** What the token is for. Auth0 knows the audience and grants the client's scopes, Cognito only scopes. */
  private target(authorization: TokenAuthorization): Readonly<Record<string, string>> {
    if (authorization.kind === "pool") return { scope: String(this.outputs.cognitoScope) };
    const [audience] = authorization.tokensOf.audience;
    return {
      audience: audience!,
      ...(this.issuerOf(authorization) === "OIDC" && { scope: authorization.scopes.join(" ") }),
    };
  }

  private async clientOf(authorization: TokenAuthorization, { api, client }: Owner): Promise<Client> {
    const issuer = this.issuerOf(authorization);
    const names = ["ID", "SECRET"].map((part) => ofClient(`VERIFY_${issuer}_CLIENT_${part}`, client));
    const secretName = names[1]!;
    const { outputs } = this;
    const clients = outputs.apiGatewayClients as Readonly<Record<string, { cognitoClientId?: string }>> | undefined;
    const listed = api.clients?.find(({ name }) => name === client)?.principal;
    const known = {
      COGNITO: clients?.[client ?? ""]?.cognitoClientId ?? outputs.cognitoClientId,
      AUTH0: listed ?? outputs.auth0ClientId,
      OIDC: listed,
    }[issuer];
    const id = typeof known === "string" ? known : variable(names[0]!, "no client of the issuer").value;
    if (issuer !== "COGNITO" || process.env[secretName]) {
      const { value, from } = variable(secretName, `no secret of the client ${id}`);
      return { id, secret: value, from };
    }
    const aws = this.regional(regionOf(api.arn));
    const pool = await this.poolId(regionOf(api.arn));
    const ids = ["--user-pool-id", pool, "--client-id", id];
    const { UserPoolClient } = await aws("cognito-idp", "describe-user-pool-client", ...ids);
    const secret = textOf((UserPoolClient as Json | undefined)?.ClientSecret, "the app client's secret");
    return { id, secret, from: "aws cognito-idp describe-user-pool-client" };
  }

  /** The pool's id, from the domain of its token endpoint. */
  private async poolId(region: string): Promise<string> {
    const domain = new URL(String(this.outputs.cognitoTokenEndpoint)).hostname.split(".")[0]!;
    const answer = await this.regional(region)("cognito-idp", "describe-user-pool-domain", "--domain", domain);
    return textOf((answer.DomainDescription as Json | undefined)?.UserPoolId, "the user pool's id");
  }

  private async endpointOf(authorization: TokenAuthorization): Promise<string> {
    if (authorization.kind === "pool") return String(this.outputs.cognitoTokenEndpoint);
    const { token_endpoint: endpoint } = await this.discovered(authorization.tokensOf.issuer);
    return textOf(endpoint, "the issuer's token_endpoint");
  }

  private async discovered(issuer: string): Promise<Json> {
    return (await get(new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`), this.ca)) as Json;
  }

  /** The claims of a genuine token, if one can be had, else those that the API requires. */
  private async claimsFor(authorization: TokenAuthorization, owner: Owner): Promise<Claims> {
    try {
      const { value } = await this.of("right scope", authorization, owner);
      return JSON.parse(Buffer.from(value.split(".")[1]!, "base64url").toString("utf8")) as Claims;
    } catch (error) {
      if (!(error instanceof NotTried) || authorization.kind === "pool") throw error;
      const now = Math.floor(Date.now() / 1_000);
      const { issuer, audience } = authorization.tokensOf;
      return { iss: issuer, aud: audience[0], scope: authorization.scopes.join(" "), iat: now, exp: now + 3_600 };
    }
  }

  /** The issuer's first RSA key, with its id. */
  private async published(issuer: string, authorization: TokenAuthorization) {
    // A pool's keys are at this address whatever its discovery document says; an issuer's own names its keys'.
    const address =
      authorization.kind === "pool"
        ? `${issuer}/.well-known/jwks.json`
        : textOf((await this.discovered(issuer)).jwks_uri, "the issuer's jwks_uri");
    const { keys = [] } = (await get(new URL(address), this.ca)) as { keys?: (JsonWebKey & { kid?: string })[] };
    const key = keys.find(({ kty }) => kty === "RSA");
    if (key === undefined) throw new NotTried("the issuer publishes no RSA key");
    return { keyId: textOf(key.kid, "the issuer's kid"), publicKey: createPublicKey({ key, format: "jwk" }) };
  }
}
