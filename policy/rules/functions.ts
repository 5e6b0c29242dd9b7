// Lambda functions.

import type { Rule } from "../queries/rule";
import { codeIsPinned } from "./functions/code-is-pinned";
import { functionCallsNamedHosts } from "./functions/function-calls-named-hosts";
import { functionCodeIsSigned } from "./functions/function-code-is-signed";
import { functionEndsInTime } from "./functions/function-ends-in-time";
import { functionEnvironmentHoldsNoSecret } from "./functions/function-environment-holds-no-secret";
import { functionEnvironmentIsEncrypted } from "./functions/function-environment-is-encrypted";
import { functionHasItsOwnConcurrency } from "./functions/function-has-its-own-concurrency";
import { functionHasItsOwnLog } from "./functions/function-has-its-own-log";
import { functionIsInANetwork } from "./functions/function-is-in-a-network";
import { functionIsInvokedByNamedCallers } from "./functions/function-is-invoked-by-named-callers";
import { functionIsTraced } from "./functions/function-is-traced";
import { functionRuntimeIsSupported } from "./functions/function-runtime-is-supported";
import { functionSpansTwoZones } from "./functions/function-spans-two-zones";
import { permissionFitsItsSource } from "./functions/permission-fits-its-source";

export const functions: readonly Rule[] = [
  functionIsInvokedByNamedCallers,
  functionRuntimeIsSupported,
  functionIsInANetwork,
  functionSpansTwoZones,
  functionIsTraced,
  functionEnvironmentHoldsNoSecret,
  functionEnvironmentIsEncrypted,
  functionEndsInTime,
  functionHasItsOwnConcurrency,
  functionHasItsOwnLog,
  functionCodeIsSigned,
  codeIsPinned,
  permissionFitsItsSource,
  functionCallsNamedHosts,
];
