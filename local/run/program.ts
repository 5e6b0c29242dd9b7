// The program of a run: evaluated at the start and when its sources change, with the settings that the run adds.

import { environment } from "../../contract";
import type { EvaluateOptions } from "../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import type { Authority } from "../certificates/authority";
import { userPools } from "../credentials/credentials";
import type { Tenant } from "../issuer/auth0";
import { type LocalIssuer, startIssuer } from "../issuer/issuer";
import { tenantOf } from "../credentials/tenant";

export type Overrides = Readonly<Record<string, unknown>>;

export class RunProgram {
  /** @param seed derives simulated ids and secrets */
  constructor(
    private readonly stack: string,
    private set: Overrides,
    private readonly seed: Buffer,
    private readonly evaluation: (options: EvaluateOptions) => Promise<Graph>,
  ) {}

  /** @throws the program's own error about settings or sources */
  evaluate(): Promise<Graph> {
    return this.evaluation({ stack: this.stack, set: this.set, seed: this.seed });
  }

  /** Whether the setting was given for this run. */
  sets(setting: string): boolean {
    return Object.hasOwn(this.set, setting);
  }

  /** Adds settings to all later evaluations. */
  add(settings: Overrides): void {
    this.set = { ...this.set, ...settings };
  }
}

// What the local issuer replaces in a run: the user pools, and the OIDC issuer if the settings name none.

/** The local issuer's certificate comes from the local authority, which every authorizer trusts here. */
const ownAuthorities = { oidcAuthorities: "" };

/** Settings by which the program names an issuer, and the value of each that makes the local issuer take its place. */
const exampleIssuers: readonly { readonly setting: string; readonly value: (url: string) => string }[] = [
  { setting: "oidcIssuer", value: (url) => url },
  // The issuer of an Auth0 tenant is `https://<domain>/`.
  { setting: "auth0Domain", value: (url) => new URL(url).host },
];

interface ProvidedIssuer {
  /** The program evaluated with the local issuer. */
  readonly graph: Graph;
  readonly issuer: LocalIssuer;
  readonly tenant: Tenant;
}

/**
 * Starts the issuer if the program needs it.
 * @param graph the program evaluated without the local issuer
 * @param opened receives the issuer's `close` as soon as the issuer listens
 * @returns undefined if the program needs no issuer
 */
export async function provideIssuer(
  graph: Graph,
  program: RunProgram,
  { authority, seed }: { readonly authority: Authority; readonly seed: Buffer },
  opened: (close: () => Promise<void>) => void,
): Promise<ProvidedIssuer | undefined> {
  const replaced = exampleIssuers.filter(({ setting }) => graph.examples.includes(setting));
  if (userPools(graph).length === 0 && replaced.length === 0) return undefined;
  const issuer = await startIssuer({ certificate: await authority.server(["localhost"]) });
  opened(issuer.close);
  const settings = replaced.map(({ setting, value }) => [setting, value(issuer.url)] as const);
  program.add({ ...Object.fromEntries(settings), ...(graph.examples.includes("oidcIssuer") ? ownAuthorities : {}) });
  const own = replaced.length === 0 ? graph : await program.evaluate();
  const tenant = tenantOf(own, issuer.url, seed);
  await issuer.configure(tenant, userPools(own));
  return { graph: own, issuer, tenant };
}

/** Names of the functions that fetch an issuer's keys. */
export function tokenAuthorizers(graph: Graph): ReadonlySet<string> {
  const variablesOf = ({ inputs }: Resource) =>
    (inputs.environment as { variables?: object } | undefined)?.variables ?? {};
  const found = ofType(graph, "aws:lambda/function:Function").filter(
    (each) => environment.tokenIssuer in variablesOf(each),
  );
  return new Set(found.map(({ outputs }) => String(outputs.name)));
}

/** Without an API nobody could call the run. @throws Error with the setting that makes one */
export function requireApi(graph: Graph): void {
  const apis = ["aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api"];
  if (apis.some((type) => ofType(graph, type).length > 0)) return;
  throw new Error(
    `stack ${graph.stack} has no API to serve: switch on a module that has one, for example --set apiGateway=true`,
  );
}
