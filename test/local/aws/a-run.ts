// A local run with rotating keys, whose secret and API are in different regions; records everything that it writes.

import { request } from "node:https";
import { Agent } from "node:https";
import { readFileSync } from "node:fs";
import type { Invocation } from "../../../local/functions/environments/invocation";
import { descriptionOf, retiredAtOf } from "../../../lambda/core/rotation/key-lifetime";
import { type LocalRun, startRun } from "../../../local/run/run";
import type { LocalAws } from "../../../local/aws/local-aws";

export const regions = { secret: "eu-west-1", api: "us-east-2" } as const;
export const overlapSeconds = 3_600;

export interface RotatingRun {
  readonly run: LocalRun;
  readonly aws: LocalAws;
  /** Every line in the logs of functions and gateway. */
  readonly lines: readonly string[];
  /** Other output and answers, which tests add. */
  readonly printed: string[];
  /** Value of every API key that ever existed, so that a test can check that none is in `lines` or `printed`. */
  readonly values: Set<string>;
  /** Calls a path (default: the readiness route) with an API key. @returns the status */
  call(key: string | undefined, path?: string): Promise<number>;
  /** Ends the overlap of the keys replaced so far, by moving the time of their replacement back, then sweeps. */
  overlapEnds(): Promise<void>;
  /** Sends an event to the rotation function. */
  send(event: unknown): Promise<Invocation>;
  /** All stored keys and secret versions as text, to check that nothing changed. */
  stored(): string;
  close(): Promise<void>;
}

export async function startRotating(set: Readonly<Record<string, unknown>> = {}): Promise<RotatingRun> {
  const lines: string[] = [];
  const run = await startRun({
    stack: "dev",
    set: {
      secrets: true,
      secretsRegion: regions.secret,
      awsRegion: regions.api,
      keyRateLimit: 10_000,
      keyBurstLimit: 5_000,
      apiRateLimit: 10_000,
      apiBurstLimit: 5_000,
      keyQuota: 1_000_000,
      ...set,
    },
    port: 0,
    overlapSeconds,
    log: {
      function: ({ functionName, text }) => lines.push(`${functionName} ${text}`),
      access: (api, line) => lines.push(`${api} ${line}`),
      error: (api, requestId, reason) => lines.push(`${api} ${requestId} ${reason}`),
    },
  });
  const aws = run.aws!;
  const values = new Set(aws.store.all().map(({ value }) => value));
  const { add } = aws.store;
  aws.store.add = (key) => {
    values.add(key.value);
    return add.call(aws.store, key);
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: readFileSync(run.ca) });
  return {
    run,
    aws,
    lines,
    printed: [],
    values,
    call: (key, path = "/v2/health/ready") =>
      new Promise((resolve, reject) => {
        const headers = key === undefined ? {} : { "x-api-key": key };
        const call = request(`${run.apis[0]!.url}${path}`, { agent, headers }, (answer) => {
          answer.resume();
          answer.on("end", () => resolve(answer.statusCode!));
        });
        call.on("error", reject);
        call.end();
      }),
    send: (event) => run.functions.invoke(aws.functionArn, event, { timeoutMs: 300_000 }),
    stored: () =>
      JSON.stringify([
        aws.store.all().map((key) => ({ ...key, planIds: [...key.planIds] })),
        aws.secrets.map(({ versions }) => versions.list().map(([id, { value, labels }]) => [id, value, [...labels]])),
      ]),
    overlapEnds: async () => {
      for (const key of aws.store.all()) {
        const retiredAt = retiredAtOf(key.description);
        if (retiredAt !== undefined) key.description = descriptionOf(retiredAt - overlapSeconds * 1_000);
      }
      await aws.sweep();
    },
    close: async () => {
      agent.destroy();
      await run.close();
    },
  };
}
