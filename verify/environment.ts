// Credentials that the environment gives: docs/verify.md lists the variables.

import { readFileSync } from "node:fs";
import { type Found, NotTried } from "./source";

/** @param what what is missing, and how to give it @throws NotTried if the variable is not set */
export function variable(name: string, what: string): Found<string> {
  const value = process.env[name];
  if (value === undefined || value === "") throw new NotTried(`${what} (${name})`);
  return { value, from: name };
}

/** A variable's name for a client: `…_TEAM_A` for the client `team-a`. */
export function ofClient(name: string, client: string | undefined): string {
  return client === undefined ? name : `${name}_${client.toUpperCase().replaceAll("-", "_")}`;
}

/** The file whose path the variable gives. @throws NotTried if it is not set or cannot be read */
export function variableFile(name: string, what: string): Found<string> {
  const { value, from } = variable(name, `no ${what}: give the path of a PEM file`);
  try {
    return { value: readFileSync(value, "utf8"), from };
  } catch (error) {
    throw new NotTried(`${from}: the file cannot be read (${String((error as NodeJS.ErrnoException).code)})`);
  }
}
