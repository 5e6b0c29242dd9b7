// The account's throttle in a region: one token bucket for all APIs of a program, REST and HTTP.

import type { Graph } from "../../../graph/resource";
import { TokenBucket } from "./token-bucket";
import { accountThrottle } from "./usage-plans";

const accounts = new WeakMap<Graph, TokenBucket>();

/** @param now milliseconds since the epoch; the bucket starts full */
export function accountBucket(graph: Graph, now: number): TokenBucket {
  const bucket = accounts.get(graph) ?? new TokenBucket(accountThrottle, now);
  accounts.set(graph, bucket);
  return bucket;
}
