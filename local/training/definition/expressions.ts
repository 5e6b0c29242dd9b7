// Resolves the expressions in a pipeline definition (`Get`, `Std:Join`, `Std:JsonGet`): parameters, execution
// variables, properties of steps that have run, and values in their property files.
// https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-properties.html

/** A step, and with it the execution, failed; the message is what SageMaker would show as the failure reason. */
export class ExecutionFailed extends Error {}

export interface Known {
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Execution variables, for example `PipelineExecutionId`. */
  readonly execution: Readonly<Record<string, string>>;
  /** By step name: property path → S3 URI, for example `ModelArtifacts.S3ModelArtifacts`. */
  readonly properties: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Parsed content of a step's property file. @throws ExecutionFailed or ServiceError if it cannot be read */
  propertyFile(step: string, name: string): unknown;
}

/** The value with all expressions resolved. @throws ExecutionFailed for an unknown reference or function */
export function resolved(value: unknown, known: Known): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, known));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [key, inner] = entries[0]!;
    if (key === "Get") return got(String(inner), known);
    if (key === "Std:Join") return joined(inner as { On: string; Values: unknown[] }, known);
    if (key === "Std:JsonGet") return read(inner as { PropertyFile: { Get: string }; Path: string }, known);
    if (key.startsWith("Std:")) throw new ExecutionFailed(`${key} is not known here`);
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, resolved(inner, known)]));
}

function got(reference: string, { parameters, execution, properties }: Known): string | number {
  const [kind, name = "", ...rest] = reference.split(".");
  const value =
    kind === "Parameters"
      ? parameters[name]
      : kind === "Execution"
        ? execution[name]
        : kind === "Steps"
          ? properties.get(name)?.[rest.join(".")]
          : undefined;
  if (value === undefined) throw new ExecutionFailed(`${reference} is not known`);
  return value;
}

function joined({ On, Values }: { On: string; Values: unknown[] }, known: Known): string {
  return Values.map((value) => String(resolved(value, known))).join(On);
}

function read({ PropertyFile, Path }: { PropertyFile: { Get: string }; Path: string }, known: Known): unknown {
  const [, step = "", , name = ""] = PropertyFile.Get.split(".");
  const content = known.propertyFile(step, name);
  const value = Path.split(".").reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    content,
  );
  if (value === undefined || value === null) {
    throw new ExecutionFailed(`the property file ${name} of ${step} has no value at ${Path}`);
  }
  return value;
}

type Comparison = (left: number, right: number) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  Equals: (left, right) => left === right,
  GreaterThan: (left, right) => left > right,
  GreaterThanOrEqualTo: (left, right) => left >= right,
  LessThan: (left, right) => left < right,
  LessThanOrEqualTo: (left, right) => left <= right,
};

/** Whether a condition holds. @throws ExecutionFailed for an unknown type, or a comparison of anything but numbers */
export function holds(condition: { Type: string; LeftValue: unknown; RightValue: unknown }, known: Known): boolean {
  const compare = Object.hasOwn(comparisons, condition.Type) ? comparisons[condition.Type] : undefined;
  if (compare === undefined) throw new ExecutionFailed(`the condition ${condition.Type} is not known here`);
  const [left, right] = [resolved(condition.LeftValue, known), resolved(condition.RightValue, known)];
  if (typeof left !== "number" || typeof right !== "number" || Number.isNaN(left) || Number.isNaN(right)) {
    throw new ExecutionFailed("a condition compares a value that is not a number");
  }
  return compare(left, right);
}
