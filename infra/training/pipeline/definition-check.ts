// Checks a pipeline definition before it is deployed, because SageMaker would find these errors only when a run reaches
// them. Every reference must resolve, no step may wait for itself, and names of steps must be unique.

import type { PipelineDefinition } from "./pipeline-definition";
import type { Step } from "./pipeline-steps";

/** Properties of an execution that a definition may refer to. */
const executionFacts = new Set([
  "StartDateTime",
  "CurrentDateTime",
  "PipelineName",
  "PipelineArn",
  "PipelineExecutionId",
  "PipelineExecutionArn",
]);

/** One line for each error; empty for a definition that can run. */
export function definitionErrors(definition: PipelineDefinition): string[] {
  const steps = allSteps(definition.Steps);
  const byName = new Map(steps.map((step) => [step.Name, step]));
  const parameters = new Set(definition.Parameters.map(({ Name }) => Name));
  const errors = repeated([...steps.map(({ Name }) => Name)]).map((name) => `two steps are named ${name}`);
  errors.push(...repeated(definition.Parameters.map(({ Name }) => Name)).map((name) => `two parameters are ${name}`));
  for (const step of steps) {
    for (const reference of referencesOf(ownArguments(step))) {
      const why = referenceError(reference, parameters, byName);
      if (why !== undefined) errors.push(`${step.Name}: ${reference}: ${why}`);
    }
    for (const { PropertyFileName, OutputName } of step.PropertyFiles ?? []) {
      if (!outputNames(step).includes(OutputName)) {
        errors.push(`${step.Name}: its property file ${PropertyFileName} is in no output of the step`);
      }
    }
  }
  const cycle = cycleOf(definition);
  if (cycle !== undefined) errors.push(`steps wait for one another: ${cycle.join(" → ")}`);
  return errors;
}

/** The steps, including those inside conditions. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...allSteps(branchesOf(step))]);
}

function branchesOf({ Type, Arguments }: Step): Step[] {
  return Type === "Condition" ? [...(Arguments.IfSteps as Step[]), ...(Arguments.ElseSteps as Step[])] : [];
}

/** A step's arguments without the steps inside a condition, which are checked by themselves. */
function ownArguments({ Type, Arguments }: Step): unknown {
  return Type === "Condition" ? Arguments.Conditions : Arguments;
}

/** All references by `Get`, at any depth. */
export function referencesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]![0] === "Get" && typeof entries[0]![1] === "string") return [entries[0]![1]];
  return entries.flatMap(([, inner]) => referencesOf(inner));
}

function referenceError(
  reference: string,
  parameters: ReadonlySet<string>,
  steps: ReadonlyMap<string, Step>,
): string | undefined {
  const [kind, name = "", ...rest] = reference.split(".");
  if (kind === "Parameters") return parameters.has(name) && rest.length === 0 ? undefined : "no such parameter";
  if (kind === "Execution")
    return executionFacts.has(name) && rest.length === 0 ? undefined : "no such execution property";
  if (kind !== "Steps") return "refers to nothing that a pipeline has";
  const step = steps.get(name);
  if (step === undefined) return "no such step";
  return properties(step).includes(rest.join(".")) ? undefined : `the step has no such property`;
}

/** The properties of a step that other steps can refer to. */
function properties(step: Step): string[] {
  const files = (step.PropertyFiles ?? []).map(({ PropertyFileName }) => `PropertyFiles.${PropertyFileName}`);
  if (step.Type === "Training") return [...files, "ModelArtifacts.S3ModelArtifacts"];
  const outputs = outputNames(step).map((name) => `ProcessingOutputConfig.Outputs['${name}'].S3Output.S3Uri`);
  return [...files, ...outputs];
}

function outputNames({ Type, Arguments }: Step): string[] {
  if (Type !== "Processing") return [];
  const { Outputs } = Arguments.ProcessingOutputConfig as { Outputs: { OutputName: string }[] };
  return Outputs.map(({ OutputName }) => OutputName);
}

/** Names of steps that wait for one another, in order; undefined if there are none. */
function cycleOf({ Steps }: PipelineDefinition): string[] | undefined {
  const waits = new Map<string, string[]>();
  const visit = (step: Step, within: readonly string[]): void => {
    const named = referencesOf(ownArguments(step)).filter((reference) => reference.startsWith("Steps."));
    waits.set(step.Name, [...within, ...named.map((reference) => reference.split(".")[1]!)]);
    for (const inner of branchesOf(step)) visit(inner, [step.Name]);
  };
  for (const step of Steps) visit(step, []);
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of waits.get(name) ?? []) {
      const found = walk(next, [...path, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  return [...waits.keys()].map((name) => walk(name, [])).find((found) => found !== undefined);
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
