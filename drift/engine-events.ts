// What Pulumi's engine reports with `--json`, an event a line: resources that differ, and violations of the policy.
// Source: https://www.pulumi.com/docs/reference/pkg/nodejs/pulumi/pulumi/interfaces/automation.EngineEvent.html

/** A resource that is not as the last deployment left it. */
export interface Drift {
  /** Logical name. */
  readonly name: string;
  /** Pulumi type token. */
  readonly type: string;
  /** Paths of the inputs that differ, sorted; empty if it is gone. Never values, of which some are secret. */
  readonly properties: readonly string[];
  readonly gone: boolean;
}

export interface PolicyFinding {
  readonly rule: string;
  /** Logical name of the resource. */
  readonly name: string;
  /** Whether it would stop a deployment. */
  readonly mandatory: boolean;
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  readonly diffs?: readonly string[] | null;
}

interface EngineEvent {
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly policyEvent?: {
    readonly resourceUrn?: string;
    readonly policyName: string;
    readonly enforcementLevel: string;
  };
  readonly summaryEvent?: object;
}

/**
 * @param printed stdout of `pulumi refresh --json`
 * @returns sorted by name. @throws Error if the engine did not come to its end
 */
export function driftIn(printed: string): Drift[] {
  const metadata = eventsOf(printed).flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []);
  return metadata
    .filter(({ op }) => op === "update" || op === "delete")
    .map(({ op, urn, type, detailedDiff, diffs }) => ({
      name: nameOf(urn),
      type,
      properties:
        op === "delete"
          ? []
          : Object.keys(detailedDiff ?? Object.fromEntries((diffs ?? []).map((key) => [key, 0]))).sort(),
      gone: op === "delete",
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** @param printed stdout of `pulumi policy analyze --json` @throws Error if it did not come to its end */
export function findingsIn(printed: string): PolicyFinding[] {
  return eventsOf(printed)
    .flatMap(({ policyEvent }) => policyEvent ?? [])
    .map(({ resourceUrn = "", policyName, enforcementLevel }) => ({
      rule: policyName,
      name: nameOf(resourceUrn),
      mandatory: enforcementLevel !== "advisory",
    }));
}

function eventsOf(printed: string): EngineEvent[] {
  const events = printed
    .split("\n")
    .flatMap((line) => (line.startsWith('{"sequence":') ? [JSON.parse(line) as EngineEvent] : []));
  if (!events.some(({ summaryEvent }) => summaryEvent !== undefined))
    throw new Error("the engine printed no summary: what stands is not known");
  return events;
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}
