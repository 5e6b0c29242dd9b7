// Makes a running `npm start` serve the model that `npm run pipeline` or `npm run live` has made live, and reports it.

import type { LocalFunctions } from "../functions/local-functions";
import { modelMetadata } from "./model-metadata";
import type { RunProgram } from "./program";
import { servedModels } from "./served-models";
import type { FollowedPublications } from "../training/publishing/follow";

export function takeUpPublications(
  publications: Pick<FollowedPublications, "isOn" | "open" | "follow">,
  program: Pick<RunProgram, "sets" | "add" | "evaluate">,
  functions: Pick<LocalFunctions, "invoke" | "replace">,
  tell: (line: string) => void,
): void {
  publications.follow(async (models) => {
    // A model was published although the stack has the module off: switch it on for the rest of this run.
    if (!publications.isOn && !program.sets("sagemaker")) {
      program.add({ sagemaker: true });
      const next = await program.evaluate();
      await publications.open(next);
      await functions.replace(next);
    }
    const served = publications.isOn ? servedModels(await program.evaluate()) : undefined;
    for (const name of served?.names.filter((each) => models.includes(each)) ?? []) {
      const version = (await modelMetadata(functions, served!.functionArn, name))?.versions[0];
      if (version !== undefined) tell(`${name}: version ${version} is served.`);
    }
  }, tell);
}
