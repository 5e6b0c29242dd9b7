// The compiled form of a web ACL statement.

import type { Call } from "../../server/call";

/**
 * Whether a call matches; `now` in milliseconds since the epoch. Rate statements count: pass each call once, in order.
 */
export type Matches = (call: Call, now: number) => boolean;
