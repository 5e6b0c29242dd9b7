// What a run of the engine did, read from the events that the CLI prints with `--json`, one per line.
// Source: https://www.pulumi.com/docs/reference/pkg/nodejs/pulumi/pulumi/interfaces/automation.EngineEvent.html

/** An operation on one resource; an unchanged resource has no step. */
export interface Step {
  /** `create`, `update`, `delete`, `create-replacement`, `delete-replaced`, `replace` … */
  readonly op: string;
  readonly urn: string;
  /** Pulumi type token. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Paths of the properties that differ, sorted. */
  readonly changes: readonly string[];
  /** Inputs after the step, as the engine prints them: secrets as `[secret]`, unknown values as the engine's marker. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  readonly new?: { readonly inputs?: Readonly<Record<string, unknown>> } | null;
}

interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly diagnosticEvent?: { readonly message: string; readonly severity: string };
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

export interface Report {
  /** In the order in which they ran. */
  readonly steps: readonly Step[];
  /** Number of unchanged resources. */
  readonly unchanged: number;
  /** Errors and warnings, except the notice that a plugin on PATH (a simulated provider) is used. */
  readonly problems: readonly string[];
}

/** One line per changed or replaced resource, sorted, for example `update apiGateway-api (RestApi): body`. */
export function touched(steps: readonly Step[]): string[] {
  return steps
    .filter(({ op }) => op !== "create-replacement" && op !== "delete-replaced")
    .map(({ op, name, type, changes }) => {
      const list = changes.length > 0 ? `: ${changes.join(", ")}` : "";
      return `${op} ${name} (${type.split(":").at(-1)})${list}`;
    })
    .sort();
}

/** Parses a run's output; lines that are not events are skipped. */
export function readEvents(text: string): Report {
  const events = text
    .split("\n")
    .flatMap((line) => (line.startsWith('{"sequence":') ? [JSON.parse(line) as EngineEvent] : []));
  // Of a run that previews first and then updates, only the update's steps count.
  const acted = events.some(
    ({ resourcePreEvent }) => resourcePreEvent !== undefined && resourcePreEvent.planning !== true,
  );
  const steps = events.flatMap(({ resourcePreEvent }) => {
    if (resourcePreEvent === undefined || resourcePreEvent.metadata.op === "same") return [];
    if (acted && resourcePreEvent.planning === true) return [];
    const { op, urn, type, detailedDiff, new: after } = resourcePreEvent.metadata;
    const changes = Object.keys(detailedDiff ?? {}).sort();
    return [{ op, urn, type, name: urn.split("::").at(-1)!, changes, inputs: after?.inputs ?? {} }];
  });
  const problems = events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent !== undefined &&
    /^(error|warning)$/.test(diagnosticEvent.severity) &&
    !diagnosticEvent.message.startsWith("using pulumi-resource-")
      ? [diagnosticEvent.message.trim()]
      : [],
  );
  return {
    steps,
    unchanged: events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges?.same ?? 0,
    problems,
  };
}
