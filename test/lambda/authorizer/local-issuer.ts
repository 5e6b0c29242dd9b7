// A local issuer with one API and one application, for the authorizer's tests: real tokens over real TLS.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Authority, openAuthority } from "../../../local/certificates/authority";
import { type LocalIssuer, startIssuer } from "../../../local/issuer/issuer";

export const audience = "https://models.example.com/";
export const client = { id: "machine", secret: "a secret of the test's own" };

export interface Scene {
  readonly authority: Authority;
  readonly issuer: LocalIssuer;
  /** Requests that the issuer has received, `METHOD /path`, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function scene(): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), "authorizer-"));
  const authority = await openAuthority(directory);
  const requests: string[] = [];
  const issuer = await startIssuer({
    certificate: await authority.server(["localhost"]),
    onRequest: (line) => requests.push(line),
  });
  await issuer.configure({
    apis: [{ audience, lifetime: 3600 }],
    applications: [{ ...client, grants: { [audience]: ["predict"] } }],
  });
  return {
    authority,
    issuer,
    requests,
    close: async () => {
      await issuer.close();
      await rm(directory, { recursive: true });
    },
  };
}
