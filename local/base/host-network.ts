// How this machine reaches the internet where a company has its own certificate authority or a proxy, as Node.js's variables say:
// NODE_EXTRA_CA_CERTS, and HTTPS_PROXY with NODE_USE_ENV_PROXY. What fetches from an issuer outside needs the same.

import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * PEM of the authorities that this machine trusts besides the public ones; empty: none.
 * @throws Error if the file cannot be read; Node.js itself only warns, and every call to an issuer would fail
 */
export function hostAuthorities(variables: Variables = process.env): string {
  const file = variables.NODE_EXTRA_CA_CERTS ?? "";
  if (file === "") return "";
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`NODE_EXTRA_CA_CERTS: the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/**
 * A file with the local run's authority and those that this machine trusts, for NODE_EXTRA_CA_CERTS, which names one file.
 * @param authority file of the local run's authority, which is the answer where there is nothing to add
 * @param folder where the file is kept, under a name that follows from its content
 */
export function trustedFile(authority: string, folder: string, variables: Variables = process.env): string {
  const added = hostAuthorities(variables);
  if (added === "") return authority;
  const text = `${readFileSync(authority, "utf8").trimEnd()}\n${added}`;
  const file = join(folder, `trusted-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.pem`);
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

const proxyNames = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

/**
 * The variables of the proxy, if Node.js is told to use it; what is on this machine is reached without it. Also an agent's `proxyEnv`.
 * Source: https://nodejs.org/api/http.html (Built-in Proxy Support: Node.js 22.21, 24.5 or newer)
 */
export function hostProxy(variables: Variables = process.env): Readonly<Record<string, string>> {
  if (variables.NODE_USE_ENV_PROXY !== "1") return {};
  const given = proxyNames.flatMap((name) => (variables[name] ? [[name, variables[name]] as const] : []));
  const { NO_PROXY, no_proxy, ...proxies } = Object.fromEntries(given) as Record<string, string>;
  const local = ["localhost", "127.0.0.1", "::1"];
  return {
    ...proxies,
    NODE_USE_ENV_PROXY: "1",
    NO_PROXY: [...(no_proxy ?? NO_PROXY ?? "").split(","), ...local].filter((host) => host !== "").join(","),
  };
}
