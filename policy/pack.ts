// The pack: every rule, by subject. docs/policy.md shows them as a table.

import type { Rule } from "./queries/rule";
import { buckets } from "./rules/buckets";
import { callers } from "./rules/callers";
import { firewall } from "./rules/firewall";
import { functions } from "./rules/functions";
import { identities } from "./rules/identities";
import { keys } from "./rules/keys";
import { monitoring } from "./rules/monitoring";
import { network } from "./rules/network";
import { roles } from "./rules/roles";
import { stack } from "./rules/stack";
import { training } from "./rules/training";
import { transport } from "./rules/transport";

/** By the name of the folder in which the rules are. */
export const subjects: Readonly<Record<string, readonly Rule[]>> = {
  callers,
  transport,
  firewall,
  identities,
  roles,
  keys,
  functions,
  monitoring,
  buckets,
  network,
  training,
  stack,
};

export const pack: readonly Rule[] = Object.values(subjects).flat();
