// What a statement of a web ACL is, compiled.

import type { Call } from "../call";

/** Whether a call matches, at `now` in milliseconds since the epoch; one that counts is told of each call, in order. */
export type Matches = (call: Call, now: number) => boolean;
