// The client certificate of a run, as files, for calling APIs behind mutual TLS.

import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { type Authority, keepPair } from "../certificates/authority";

export interface ClientFiles {
  /** Paths of the PEM files. */
  readonly clientCert: string;
  readonly clientKey: string;
  /** Deletes both files; they are of no use after the run. */
  remove(): Promise<void>;
}

/** The file names are unique because concurrent runs share the folder. */
export async function clientFiles(authority: Authority, directory: string): Promise<ClientFiles> {
  const pair = await authority.client("local-client");
  const { cert, key } = await keepPair(directory, `client-${randomBytes(4).toString("hex")}`, pair);
  return {
    clientCert: cert,
    clientKey: key,
    remove: async () => {
      await Promise.all([cert, key].map((file) => rm(file, { force: true })));
    },
  };
}
