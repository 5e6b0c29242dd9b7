// Whether every model can be loaded, in the memory and the time that its function has.

import type { Graph } from "../graph/resource";
import { checkFolder } from "../model/check-folder";
import { deployedModels } from "../model/deployed-models";
import { bad, type CheckResult, good } from "./check-result";

/** @param kept folder of the remembered results of loading */
export async function checkModels(graph: Graph, kept: string): Promise<CheckResult[]> {
  const lines: CheckResult[] = [];
  for (const { name, folder, memoryMb } of deployedModels(graph)) {
    const { faults, loaded } = await checkFolder(folder, memoryMb, kept);
    lines.push(...faults.map(({ what, cure }) => bad(`model ${name} ${what}: ${cure}`)));
    if (faults.length > 0 || loaded === undefined) continue;
    const took = `${loaded.ms / 1000} s and ${loaded.peakMb} of ${memoryMb} MB`;
    lines.push(good(`model ${name}: loads in ${took}`));
  }
  return lines;
}
