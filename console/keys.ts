// The API keys of a run that rotates them: their age, and a rotation to rehearse.

import { randomUUID } from "node:crypto";
import type { LocalRun } from "../local/run/run";
import { NotTried } from "../verify/source";
import type { KeysView, RotationStep } from "./wire";

export function keysView({ aws }: Pick<LocalRun, "aws">): KeysView {
  if (aws === undefined) return { secrets: [], keys: [] };
  const current = new Set(aws.secrets.map(({ client }) => aws.currentKey(client)));
  return {
    secrets: aws.secrets.map(({ client, arn }) => ({ client, arn })),
    keys: aws.store.all().map(({ id, name, enabled, createdAt, value }) => ({
      id,
      name,
      enabled,
      createdAt,
      current: current.has(value),
    })),
  };
}

/**
 * Rotates a client's key, or the shared one, as Secrets Manager would: the steps of the program's own function.
 * @throws NotTried if no such key rotates
 */
export async function rotateKey({ aws }: Pick<LocalRun, "aws">, client: string): Promise<readonly RotationStep[]> {
  const secret = aws?.secrets.find((one) => one.client === client);
  if (aws === undefined || secret === undefined) throw new NotTried("no key of this name rotates: set secrets to true");
  return aws.driver.rotate(secret, { token: randomUUID() });
}
