// The rotation of API keys in a run: the first ones are made, and `npm run rotate` is told how to reach the run.

import type { LocalAws } from "./aws/local-aws";
import { writeRunFile } from "./aws/run-file";
import type { Door } from "./doors";
import type { LocalFunctions } from "./functions/local-functions";

export interface RotationPlace {
  readonly functions: LocalFunctions;
  readonly doors: readonly Door[];
  /** File of the certificate that clients must trust. */
  readonly ca: string;
  readonly stack: string;
  /** Folder of the files that say how runs are reached. */
  readonly runs: string;
}

/** @returns what to do when the run ends */
export async function startRotation(aws: LocalAws, { functions, doors, ca, stack, runs }: RotationPlace) {
  await aws.deploy(functions, (apiId) => doors.find(({ api }) => api.id === apiId)?.url ?? "");
  const { accessKeyId, secretAccessKey } = aws.operator;
  const { region, apiRegion, functionName, url: endpoint } = aws;
  const secrets = Object.fromEntries(aws.secrets.map(({ client, arn }) => [client, arn]));
  const reach = { pid: process.pid, stack, endpoint, ca, region, apiRegion };
  const remove = writeRunFile(runs, { ...reach, secrets, functionName, accessKeyId, secretAccessKey });
  return (): Promise<void> => Promise.resolve(remove());
}
