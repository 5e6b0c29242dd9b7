// After its end of support a runtime gets no security patches; later, functions that use it can no longer be updated.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html (Supported Runtimes, deprecation date)

import { text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { functionType } from "../../queries/lambda-functions";

/** Runtime → the day on which its support ends, `YYYY-MM-DD`. */
const ends: Readonly<Record<string, string>> = {
  "nodejs20.x": "2026-04-30",
  "nodejs22.x": "2027-04-30",
  "nodejs24.x": "2028-04-30",
  "python3.10": "2026-10-31",
  "python3.11": "2027-06-30",
  "python3.12": "2028-10-31",
  "python3.13": "2029-06-30",
  "python3.14": "2029-06-30",
};

export const functionRuntimeIsSupported: Rule = {
  name: "function-runtime-is-supported",
  description: "A function's runtime gets security patches today.",
  severity: "medium",
  controls: ["Lambda.2"],
  types: [functionType],
  check: ({ inputs }, { today }) => {
    // A container image brings its own runtime.
    if (inputs.packageType === "Image") return undefined;
    const end = ends[text(inputs.runtime)];
    if (end === undefined) return [violation("runtime is not in the table of supported ones")];
    return today > new Date(`${end}T00:00:00Z`) ? [violation("the runtime's support has ended")] : [];
  },
};
