// Evaluates a version of the project, and sends the snapshot to the parent process. `evaluate-version.ts` copies this file, the
// graph evaluation, the matrix and the policy pack of the project that runs the preview into each version's folder, so
// that both versions are checked by the same rules.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../access-matrix/json";
import { matrixOf } from "../../access-matrix/matrix";
import { evaluate } from "../../graph/evaluate";
import { readProject, readStack, stackNames } from "../../graph/project";
import type { Graph } from "../../graph/resource";
import { checkGraph, isViolation } from "../../policy/check";
import { type Exception, readExceptions } from "../../policy/exceptions";
import { comparable, secretMark } from "./comparable";
import { type EvaluationError, isError, type MatrixSnapshot, type Snapshot, type StackSnapshot } from "./snapshot";

export interface EvaluationRequest {
  /** Folder of the version. */
  readonly root: string;
  /** HMAC key for secrets, hexadecimal. */
  readonly key: string;
  /** Date on which expiry of exceptions and end of support of runtimes are evaluated, `YYYY-MM-DD`. */
  readonly today: string;
  /** The only stack to evaluate; absent: all. */
  readonly stack?: string;
}

async function snapshotOf(request: EvaluationRequest): Promise<Snapshot> {
  const { root, stack: only } = request;
  const exceptions = attempt(root, () => exceptionsOf(root));
  const stacks: Record<string, StackSnapshot> = {};
  const names = stackNames(root).filter((name) => only === undefined || name === only);
  for (const stack of names) stacks[stack] = await stackSnapshot(stack, request, exceptions);
  return { declared: readProject(root).config, exceptions, stacks };
}

async function stackSnapshot(
  stack: string,
  { root, key, today }: EvaluationRequest,
  exceptions: readonly Exception[] | EvaluationError,
): Promise<StackSnapshot> {
  const own = readStack(root, stack);
  const settings = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, isEncrypted(value) ? secretMark : value]),
  );
  let graph: Graph;
  try {
    graph = await evaluate({ stack, root });
  } catch (error) {
    const encrypted = Object.keys(settings).filter((name) => settings[name] === secretMark);
    const failure = errorOf(error, root, encrypted.length === 0 ? "" : `${unread(encrypted)}: `);
    return { settings, program: failure, matrix: failure, findings: failure };
  }
  const comparing = { root, key: Buffer.from(key, "hex") };
  return {
    settings,
    program: {
      resources: graph.resources.map((resource) => comparable(resource, comparing)),
      outputs: Object.keys(graph.outputs).sort(),
    },
    matrix: attempt(root, () => printable(matrixOf(graph)) as MatrixSnapshot),
    findings: isError(exceptions) ? exceptions : attempt(root, () => findingsOf(graph, today, exceptions)),
  };
}

function findingsOf(graph: Graph, today: string, exceptions: readonly Exception[]) {
  const options = { today: new Date(`${today}T00:00:00Z`), exceptions };
  return checkGraph(graph, options).map((finding) => {
    const { rule, severity, resource, about, message, status, reason } = finding;
    return { rule, severity, resource, about, message, status, reason, violation: isViolation(finding) };
  });
}

function exceptionsOf(root: string): Exception[] {
  const file = join(root, "policy/exceptions.yaml");
  return existsSync(file) ? readExceptions(file) : [];
}

function attempt<T>(root: string, make: () => T): T | EvaluationError {
  try {
    return make();
  } catch (error) {
    return errorOf(error, root);
  }
}

function errorOf(error: unknown, root: string, start = ""): EvaluationError {
  return { error: start + (error instanceof Error ? error.message : String(error)).replaceAll(root, ".") };
}

/** A preview has no key for them, so that the program gets what is encrypted instead. */
function unread(settings: readonly string[]): string {
  return `an encrypted setting cannot be previewed (${settings.join(", ")})`;
}

/** Pulumi writes an encrypted setting as `{secure: …}`. */
function isEncrypted(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes('"secure":');
}

process.once("message", (request: EvaluationRequest) => {
  snapshotOf(request).then(
    (snapshot) => process.send!({ snapshot }, () => process.exit(0)),
    (error: unknown) => process.send!(errorOf(error, request.root), () => process.exit(0)),
  );
});
