// The client certificate of a run, for APIs behind mutual TLS: files that tools can be pointed to.

import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { type Authority, keepPair } from "./certificates";

export interface ClientFiles {
  /** Paths, PEM. */
  readonly clientCert: string;
  readonly clientKey: string;
  /** Removes them: with the run ends their use. */
  remove(): Promise<void>;
}

/** Files of a name of their own: runs beside each other share the folder. */
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
