// What a run tells `npm run verify`, in place of a deployed stack: the stack's outputs with this run's addresses, and a
// credential of each kind that the access matrix tries. Secret: it goes into a file that only its owner can read.

import type { Credentials } from "../credentials/credentials";
import type { Principal } from "../iam/identities";
import type { ServedRoute } from "../server/http-message";
import type { LocalRun } from "./run";
import type { RunningApi } from "./running-api";

export interface ServedStack {
  readonly stack: string;
  /** Settings that override the stack's. */
  readonly set: Readonly<Record<string, unknown>>;
  /** As `pulumi stack output --json` prints those of a deployed stack. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly apis: readonly ServedStackApi[];
  /** Path of the certificate that clients must trust. */
  readonly ca: string;
  /** Sign correctly: with the stack's policy for callers, without a policy, and in another account. */
  readonly signers: { readonly caller: AccessKey; readonly stranger: AccessKey; readonly foreigner: AccessKey };
  /** Paths of PEM files. */
  readonly expiredCertificate?: { readonly clientCert: string; readonly clientKey: string };
}

type AccessKey = Pick<Principal, "accessKeyId" | "secretAccessKey">;

interface ServedStackApi {
  readonly name: string;
  /** Base URL of the default endpoint, enabled or disabled. */
  readonly defaultUrl: string;
  readonly routes: readonly Pick<ServedRoute, "method" | "path">[];
  readonly credentials: Credentials;
}

/** @param set settings that the run was started with */
export function servedStack(run: LocalRun, set: ServedStack["set"]): ServedStack {
  const { graph, apis, ca, certificate } = run;
  const { caller, stranger, foreigner } = run.identities;
  return {
    stack: graph.stack,
    set,
    outputs: outputsOf(run),
    apis: apis.map(({ name, url, disabledUrl, routes, credentials }) => ({
      name,
      defaultUrl: disabledUrl ?? url,
      routes: routes.map(({ method, path }) => ({ method, path })),
      credentials,
    })),
    ca,
    signers: { caller: keyOf(caller), stranger: keyOf(stranger), foreigner: keyOf(foreigner) },
    ...(certificate && { expiredCertificate: certificate.expired }),
  };
}

function outputsOf({ graph, apis }: LocalRun): ServedStack["outputs"] {
  // A user pool's tokens are for no audience.
  const ofPool = apis.find(({ credentials }) => credentials.tokenEndpoint && credentials.audience === undefined);
  return Object.fromEntries(
    Object.entries(graph.outputs).map(([name, value]) => {
      if (name === "cognitoTokenEndpoint") return [name, ofPool?.credentials.tokenEndpoint];
      return [name, typeof value === "string" ? servedAt(value, apis) : value];
    }),
  );
}

/** The address of this run for a deployed API's URL; any other text as it is. */
function servedAt(text: string, apis: readonly RunningApi[]): string {
  if (!URL.canParse(text)) return text;
  const { protocol, hostname, pathname } = new URL(text);
  const own = apis.flatMap(({ id, url, domains }) => [
    ...domains.filter(({ name }) => name === hostname).map((domain) => domain.url),
    ...(hostname.startsWith(`${id}.execute-api.`) ? [url] : []),
  ])[0];
  return protocol !== "https:" || own === undefined ? text : `${new URL(own).origin}${pathname}`;
}

function keyOf({ accessKeyId, secretAccessKey }: Principal): AccessKey {
  return { accessKeyId, secretAccessKey };
}
