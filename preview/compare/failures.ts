// The reasons why a stack's new version must not be merged.

import { opened, reachable } from "./access";
import { placeOf } from "./findings";
import { isFault, type MatrixSnapshot, type StackSnapshot } from "../version/snapshot";

/** Routes that became open, and to whom. */
export function openings(before: MatrixSnapshot | undefined, after: MatrixSnapshot) {
  return [
    ...opened(before, after).map((route) => ({ what: "ANYONE CAN CALL", route })),
    ...reachable(before, after).map((route) => ({ what: "ANY NETWORK CAN REACH", route })),
  ];
}

/** @param access what is wrong with who may call */
export function failuresOf({ program, matrix, findings }: StackSnapshot, access: readonly string[]): string[] {
  if (isFault(program)) return [`cannot be evaluated: ${program.fault}`];
  return [
    ...(isFault(matrix) ? [`the access matrix cannot be computed: ${matrix.fault}`] : access),
    ...(isFault(findings)
      ? [`the policy pack cannot check: ${findings.fault}`]
      : findings
          .filter(({ violation }) => violation)
          .map((finding) => {
            const { rule, message, status } = finding;
            return `${rule}: ${placeOf(finding)}: ${message}${status === "expired" ? " (its exception has expired)" : ""}`;
          })),
  ];
}
