// Says which of the models that a run serves cannot be loaded, and which outputs are not served: while the APIs already
// answer, since only the default model is loaded before.

import type { Graph } from "../../graph/resource";
import { checkFolder } from "../../model/check-folder";
import { type DeployedModel, deployedModels } from "../../model/deployed-models";

/**
 * @param kept folder of the remembered results of loading
 * @param tell receives a line for each finding
 */
export async function reportModels(graph: Graph, kept: string, tell: (line: string) => void): Promise<void> {
  // One after another: a model may take most of the memory while it is loaded.
  for (const model of deployedModels(graph)) {
    for (const line of await modelLines(model, kept)) tell(line);
  }
}

async function modelLines({ name, folder, memoryMb }: DeployedModel, kept: string): Promise<string[]> {
  try {
    const { faults, notes } = await checkFolder(folder, memoryMb, kept);
    const lost = notes.filter(({ served }) => !served);
    return [...faults, ...lost].map(({ what, cure }) => `Model ${name} ${what}: ${cure}`);
  } catch (error) {
    // The folder has changed meanwhile; the change is served, or told, by itself.
    return [`Model ${name} was not checked: ${(error as Error).message}`];
  }
}

/** The first fault of a model, for a run that it stops; `undefined` if none is found. */
export async function firstFault(graph: Graph, wanted: string, kept: string): Promise<string | undefined> {
  const model = deployedModels(graph).find(({ name }) => name === wanted);
  if (model === undefined) return undefined;
  const [fault] = (await checkFolder(model.folder, model.memoryMb, kept)).faults;
  return fault && `${fault.what}: ${fault.cure}`;
}
