// Runs read-only commands of the AWS CLI, which has the user's credentials.

import { readJson } from "../doctor/command";
import { NotTried } from "./source";

export type Json = Readonly<Record<string, unknown>>;

/** @returns what the command prints, JSON. @throws NotTried if it fails, with the CLI's reason */
export type AwsCommand = (...args: string[]) => Promise<Json>;

/** @param options for every command */
export function awsCommand(...options: string[]): AwsCommand {
  return async (...args) => {
    const result = await readJson("aws", [...args, ...options, "--output", "json"]);
    if (result.ok) return result.json as Json;
    throw new NotTried(`aws ${args[0]} ${args[1]}: ${result.missing ? "the AWS CLI is not installed" : result.reason}`);
  };
}

/** @throws NotTried if it is no text, or empty */
export function textOf(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new NotTried(`${what}: AWS reports none`);
}
