// Who exists locally: the simulated IAM principals with their access keys, and the signing keys of the user pools.
// Keys derive from a seed that stays on this machine, so that they survive a restart and cannot be guessed.

import { createHmac, type JsonWebKey, timingSafeEqual } from "node:crypto";
import { type Graph, ofType } from "../graph/resource";
import { PolicyError } from "./gateway/protections/policy/policy-error";
import { type Policy, policyOf } from "./gateway/protections/policy/policy";
import { Unenforceable } from "./gateway/unenforceable";
import type { KeySource } from "./issuer/keys";

export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only of temporary credentials. */
  readonly sessionToken?: string;
  /** `arn:aws:iam::<account>:user/<name>`. */
  readonly arn: string;
  readonly account: string;
  /** Unique id, `AIDA…`. */
  readonly userId: string;
  readonly policies: readonly Policy[];
}

export interface Identities {
  byAccessKeyId(accessKeyId: string): Principal | undefined;
  poolKeys(poolId: string): readonly JsonWebKey[];
  /** Holds every managed policy of the stack that speaks of calling an API: what the stack tells its callers to attach. */
  readonly caller: Principal;
  /** Of the same account, without a policy: authenticated, never allowed. */
  readonly stranger: Principal;
  /** Of another account, which lets it call anything: allowed only where the API's own policy names it. */
  readonly foreigner: Principal;
}

/** Allowed by the administrators of another account: without their consent nobody of it may call, whatever the API says. */
export const consent = policyOf({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" }],
});

/** An account that no program has anything to do with. */
const foreignAccount = "999999999999";

/**
 * @param seed at least 32 random bytes, kept between runs
 * @param others principals besides these two, for example the roles of functions
 * @throws Unenforceable for a policy about calling an API that cannot be evaluated
 */
export function identitiesOf(
  graph: Graph,
  seed: Buffer,
  pools: KeySource,
  others: readonly Principal[] = [],
): Identities {
  // A short seed would make every credential guessable from its printed access key id.
  if (seed.length < 32) throw new RangeError("the seed of the local credentials is shorter than 32 bytes");
  const account = accountOf(graph);
  const caller = principal(seed, account, "caller", invokePolicies(graph));
  const stranger = principal(seed, account, "stranger", []);
  const foreigner = principal(seed, foreignAccount, "foreigner", [consent]);
  return {
    caller,
    stranger,
    foreigner,
    poolKeys: (poolId) => pools.keys(poolId),
    byAccessKeyId: (accessKeyId) =>
      [caller, stranger, foreigner, ...others].find((known) => same(known.accessKeyId, accessKeyId)),
  };
}

/** A user of the account, with a key that derives from the seed. */
export function principal(seed: Buffer, account: string, name: string, policies: readonly Policy[]): Principal {
  const derive = (purpose: string): Buffer => createHmac("sha256", seed).update(`${name}/${purpose}`).digest();
  return {
    accessKeyId: `AKIA${base32(derive("access key id")).slice(0, 16)}`,
    secretAccessKey: derive("secret access key").toString("base64").slice(0, 40),
    arn: `arn:aws:iam::${account}:user/${name}`,
    account,
    userId: `AIDA${base32(derive("user id")).slice(0, 17)}`,
    policies,
  };
}

/** Managed policies that allow or deny an action of execute-api. */
function invokePolicies(graph: Graph): Policy[] {
  return ofType(graph, "aws:iam/policy:Policy").flatMap((resource) => {
    const document = parsed(resource.inputs["policy"]);
    if (!mentionsInvoke(document)) return [];
    try {
      return [policyOf(document)];
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      throw new Unenforceable(resource.urn, `its policy cannot be evaluated: ${error.message}`);
    }
  });
}

/** Looks for the word, not for a well-formed statement: a malformed policy must stop the start, not be passed over. */
function mentionsInvoke(document: unknown): boolean {
  return /execute-api:/i.test(JSON.stringify(document) ?? "");
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Account of the stack, from the first ARN that has one. */
export function accountOf(graph: Graph): string {
  for (const { outputs } of graph.resources) {
    const [, account] = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/.exec(String(outputs["arn"])) ?? [];
    if (account !== undefined) return account;
  }
  return "000000000000";
}

/** RFC 4648 section 6, without padding: the alphabet of AWS's ids. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)]).join("");
}

function same(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
