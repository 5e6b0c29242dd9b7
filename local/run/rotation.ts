// API key rotation in a run: makes the first keys, and tells `npm run rotate` in a file how to reach the run.

import type { LocalAws } from "../aws/local-aws";
import { writeRunFile } from "../aws/run-file";
import type { Door } from "./doors";
import type { LocalFunctions } from "../functions/local-functions";

export interface RotationPlace {
  readonly functions: LocalFunctions;
  readonly doors: readonly Door[];
  /** Path of the certificate that clients must trust. */
  readonly ca: string;
  readonly stack: string;
  /** Folder of the files that describe running instances. */
  readonly runs: string;
}

/** @returns a function that removes the run's file */
export async function startRotation(aws: LocalAws, { functions, doors, ca, stack, runs }: RotationPlace) {
  await aws.deploy(functions, (apiId) => doors.find(({ api }) => api.id === apiId)?.url ?? "");
  const { accessKeyId, secretAccessKey } = aws.operator;
  const { region, apiRegion, functionName, url: endpoint } = aws;
  const secrets = Object.fromEntries(aws.secrets.map(({ client, arn }) => [client, arn]));
  const reach = { pid: process.pid, stack, endpoint, ca, region, apiRegion };
  const remove = writeRunFile(runs, { ...reach, secrets, functionName, accessKeyId, secretAccessKey });
  return (): Promise<void> => Promise.resolve(remove());
}
