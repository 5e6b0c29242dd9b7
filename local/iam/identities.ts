// The identities of a local run: simulated IAM principals with their access keys, and the user pools' signing keys.
// Access keys derive from a seed that stays on this machine: they survive a restart and cannot be guessed.

import { createHmac, type JsonWebKey, timingSafeEqual } from "node:crypto";
import { type Graph, ofType } from "../../graph/resource";
import { type Policy, policyOf } from "./policy";
import { Unenforceable } from "../base/unenforceable";
import type { PoolKeys } from "../issuer/signing-keys";
import { PolicyError } from "./condition-keys";

export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only for temporary credentials. */
  readonly sessionToken?: string;
  /** `arn:aws:iam::<account>:user/<name>`, or the `sts` ARN of an assumed role. */
  readonly arn: string;
  /** Account id: 12 digits. */
  readonly account: string;
  /** Unique id: `AIDA…` for a user, `AROA…:<session>` for an assumed role. */
  readonly userId: string;
  readonly policies: readonly Policy[];
}

/** An AWS account. */
export interface Account {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** 12 digits. */
  readonly id: string;
}

export interface Identities {
  byAccessKeyId(accessKeyId: string): Principal | undefined;
  /** Public keys of a user pool; empty if the pool is unknown. */
  poolKeys(poolId: string): readonly JsonWebKey[];
  /** Holds every managed policy of the stack about `execute-api`: those that its callers are to attach. */
  readonly caller: Principal;
  /** Of the same account, without a policy: authenticated, but never allowed by an identity policy. */
  readonly stranger: Principal;
  /** Of another account, whose policy lets it call any API: allowed only if the API's resource policy names it. */
  readonly foreigner: Principal;
}

/**
 * Identity policy of callers from another account. A cross-account request needs it as well as the API's resource
 * policy.
 */
export const consent = policyOf(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" }] },
  "identity",
);

/** Id of an account that no program refers to. */
const foreignAccount = "999999999999";

/**
 * @param seed at least 32 random bytes, kept between runs
 * @param others principals besides the three in `Identities`, for example the roles of functions
 * @throws Unenforceable for a policy about `execute-api` that cannot be evaluated; RangeError for a shorter seed
 */
export function identitiesOf(
  graph: Graph,
  seed: Buffer,
  pools: PoolKeys,
  others: readonly Principal[] = [],
): Identities {
  // A short seed would make every credential guessable from its printed access key id.
  if (seed.length < 32) throw new RangeError("the seed of the local credentials is shorter than 32 bytes");
  const account = accountOf(graph);
  const caller = principal(seed, account, "caller", invokePolicies(graph));
  const stranger = principal(seed, account, "stranger", []);
  const foreigner = principal(seed, { ...account, id: foreignAccount }, "foreigner", [consent]);
  return {
    caller,
    stranger,
    foreigner,
    poolKeys: (poolId) => pools.keys(poolId),
    byAccessKeyId: (accessKeyId) =>
      [caller, stranger, foreigner, ...others].find((known) => same(known.accessKeyId, accessKeyId)),
  };
}

/** A user of the account, whose access key derives from the seed. */
export function principal(seed: Buffer, account: Account, name: string, policies: readonly Policy[]): Principal {
  const derive = (purpose: string): Buffer => createHmac("sha256", seed).update(`${name}/${purpose}`).digest();
  return {
    accessKeyId: `AKIA${base32(derive("access key id")).slice(0, 16)}`,
    secretAccessKey: derive("secret access key").toString("base64").slice(0, 40),
    arn: `arn:${account.partition}:iam::${account.id}:user/${name}`,
    account: account.id,
    userId: `AIDA${base32(derive("user id")).slice(0, 17)}`,
    policies,
  };
}

/** The managed policies that mention an `execute-api` action. */
function invokePolicies(graph: Graph): Policy[] {
  return ofType(graph, "aws:iam/policy:Policy").flatMap((resource) => {
    const document = parsed(resource.inputs["policy"]);
    if (!mentionsInvoke(document)) return [];
    try {
      return [policyOf(document, "identity")];
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      throw new Unenforceable(resource.urn, `its policy cannot be evaluated: ${error.message}`);
    }
  });
}

/** Searches the text, not well-formed statements: a malformed policy must stop the start, not be skipped. */
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

/** Account of the stack, from the first ARN that contains one; twelve zeros if none does. */
export function accountOf(graph: Graph): Account {
  for (const { outputs } of graph.resources) {
    const [, partition, id] = /^arn:(aws[a-z-]*):[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/.exec(String(outputs["arn"])) ?? [];
    if (partition !== undefined && id !== undefined) return { partition, id };
  }
  return { partition: "aws", id: "000000000000" };
}

/** RFC 4648 section 6, without padding: the alphabet of AWS's unique ids. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)]).join("");
}

function same(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
