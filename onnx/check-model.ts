// The check of a model's file: whether the deployed runtime can serve it, and what of it. It runs nothing, so it is fast, and
// takes the same time in every program.

import { type Finding, foreignFormat, isOrtFormat } from "./foreign-format";
import type { OnnxGraph, OnnxNode } from "./graph";
import { type OnnxModel, readModel } from "./model";
import { newestIr, newestOpsets } from "./runtime-limits";
import { type ServedOutput, servedOutputs } from "./served-outputs";
import { datatypeOfType } from "./signature";
import { typeText } from "./value-type";
import { MalformedModel } from "./wire";

export interface CheckedModel {
  /** `undefined` if the file cannot be read, or is in onnxruntime's own format. */
  readonly model: OnnxModel | undefined;
  /** What keeps the model from being served. */
  readonly faults: readonly Finding[];
  /** What is not served of it, or in another form. */
  readonly notes: readonly Note[];
}

/** What a caller would not expect of an output. */
export interface Note extends Finding {
  /** Whether the output is served, if in another form. */
  readonly served: boolean;
}

/**
 * @param bytes the content of `model.onnx`
 * @param files paths of the model's files, relative to its folder
 */
export function checkModel(bytes: Uint8Array, files: readonly string[]): CheckedModel {
  if (isOrtFormat(bytes)) return { model: undefined, faults: [], notes: [] };
  let model: OnnxModel;
  try {
    model = readModel(bytes);
  } catch (error) {
    if (!(error instanceof MalformedModel)) throw error;
    const cure = "export or copy it again: docs/models.md";
    return { model: undefined, faults: [foreignFormat(bytes) ?? { what: error.message, cure }], notes: [] };
  }
  const served = servedOutputs(model);
  const faults = [
    ...versions(model),
    ...operators(model),
    ...locales(model.graph),
    ...inputs(model.graph),
    ...outputs(served),
    ...externalFiles(model.graph, files),
  ];
  return { model, faults, notes: notesOf(served) };
}

function versions({ irVersion, opsets }: OnnxModel): Finding[] {
  const found: Finding[] = [];
  if (irVersion > newestIr) {
    const cure = `model.ir_version = ${newestIr} in Python before it is saved, or an older onnx package`;
    found.push({ what: `has IR version ${irVersion}; the deployed runtime reads up to ${newestIr}`, cure });
  }
  for (const [domain, version] of opsets) {
    const newest = newestOpsets.get(domain);
    if (newest === undefined || version <= newest) continue;
    const what = `has opset ${version} of ${domain || "ai.onnx"}; the deployed runtime has up to ${newest}`;
    found.push({ what, cure: "export it with an older one: docs/models.md#opset" });
  }
  if (opsets.size === 0) found.push({ what: "names no opset", cure: "export it again: docs/models.md" });
  return found;
}

function operators({ graph, functions }: OnnxModel): Finding[] {
  const custom = [...graph.nodes, ...graph.inner]
    .filter(({ domain, operator }) => !known(domain) && !functions.has(`${domain}:${operator}`))
    .map(({ domain, operator }) => `${domain}.${operator}`);
  if (custom.length === 0) return [];
  const names = [...new Set(custom)];
  const shown = names.length > 5 ? `${names.slice(0, 5).join(", ")} …` : names.join(", ");
  const what = `uses operators that the deployed runtime does not have: ${shown}`;
  return [
    {
      what,
      cure: "leave them out of the graph, and do their part before and after it: docs/models.md#custom-operators",
    },
  ];
}

function known(domain: string): boolean {
  return domain === "ai.onnx" || newestOpsets.has(domain);
}

/** The locales of Lambda's Amazon Linux 2023, in which a text can be lowered or raised. */
const locales2023 = /^(C|POSIX|C\.utf-?8|)$/i;

/**
 * A StringNormalizer that changes case and names no locale means en_US.UTF-8.
 * Source: https://onnx.ai/onnx/operators/onnx__StringNormalizer.html
 */
function locales({ nodes, inner }: OnnxGraph): Finding[] {
  const changes = (node: OnnxNode): boolean =>
    ["LOWER", "UPPER"].includes(node.attribute("case_change_action")?.text ?? "");
  const missing = [...nodes, ...inner]
    .filter((node) => node.operator === "StringNormalizer" && changes(node))
    .map((node) => (node.attribute("locale") === undefined ? "en_US.UTF-8" : (node.attribute("locale")!.text ?? "")))
    .find((locale) => !locales2023.test(locale));
  if (missing === undefined) return [];
  const what = `has a StringNormalizer with the locale ${missing}, which Lambda does not have`;
  return [{ what, cure: "export it with the locale C.UTF-8: docs/models.md#text" }];
}

function inputs({ inputs: given }: OnnxGraph): Finding[] {
  return given
    .filter(({ type }) => datatypeOfType(type) === undefined)
    .map(({ name, type }) => ({
      what: `has an input that no request can give: ${name} is ${typeText(type)}`,
      cure: "export it with a tensor of a type that the protocol has, such as float32, and a Cast behind it",
    }));
}

function outputs(all: readonly ServedOutput[]): Finding[] {
  if (all.length > 0 && all.some(({ tensor }) => tensor !== undefined)) return [];
  const named = all.map(({ name, type }) => `${name} is ${type}`).join(", ") || "it has none";
  const what = `has no output that an answer can hold: ${named}`;
  return [{ what, cure: "export it with a Cast of its outputs to float32" }];
}

function externalFiles({ external }: OnnxGraph, files: readonly string[]): Finding[] {
  return [...external]
    .map((path) => ({ path, plain: path.replace(/^(\.\/)+/, "") }))
    .filter(({ plain }) => !files.includes(plain))
    .map(({ path }) => ({
      what: `keeps weights in ${path}, which is not among its files`,
      cure: "put that file beside model.onnx under this name, or save the model as one file: docs/models.md#external-data",
    }));
}

function notesOf(all: readonly ServedOutput[]): Note[] {
  return all.flatMap(({ name, tensor, type }): readonly Note[] => {
    const output = `has an output ${name}`;
    if (tensor === undefined) {
      const what = `${output} that is not served, for it is ${type}`;
      return [{ what, cure: "export it as a tensor: docs/models.md#outputs", served: false }];
    }
    if (tensor === name) return [];
    if (type.startsWith("seq(map(")) {
      const cure = "options={'zipmap': False} in the export gives the same without this step: docs/models.md#outputs";
      return [{ what: `${output} that is served as a tensor, with a column for each class`, cure, served: true }];
    }
    const what = `${output} that is served by itself, as a tensor of a sequence`;
    return [{ what, cure: "nothing needs to be done: docs/models.md#outputs", served: true }];
  });
}
