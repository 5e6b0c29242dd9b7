// The certificate authority of the local runs on this machine. It stands in for ACM and for the truststore of mutual
// TLS. Its certificates are valid only for loopback addresses, documentation domains and the stack's own domains, so
// that neither trusting it nor losing its key endangers any other site. Only its owner can read the private key.

import { hash, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pair, Validity } from "./certificate";

export type { Pair } from "./certificate";

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Path of the certificate, for `curl --cacert` and NODE_EXTRA_CA_CERTS; empty if it is not on disk. */
  readonly file: string;
  /** A server certificate for DNS names within the authority's domains and for loopback addresses; the same one for the same names. */
  server(names: readonly string[]): Promise<Pair>;
  /** A client certificate. @param name common name, without dots @param notAfter end of its validity */
  client(name: string, notAfter?: Date): Promise<Pair>;
}

/** Loaded when a certificate is to be made: of the authority and of servers a second run finds all, and the library takes a tenth of its start. */
const making = () => import("./certificate");

/** Domains that every authority may sign for: special-use names (RFC 6761, RFC 6762), as in the example settings. */
const localDomains = ["localhost", "example.com", "example.net", "example.org", "test", "local"];

/** The foreign authority has the same name, so that only the signature tells the two apart. */
const authorityName = "Local run (not a public authority)";

const day = 24 * 60 * 60 * 1000;
/** Milliseconds. A new authority is made every 90 days; the previous one stays valid for another 30. */
const period = 90 * day;
const overlap = 30 * day;

/**
 * Opens the authority for the current 90-day period and these domains, creating it if it does not exist. It remains
 * valid for at least 30 days. Runs that start at the same moment get the same authority: its key file is created
 * atomically and never rewritten.
 *
 * @param directory where authorities are kept; created with mode 0700
 * @param domains the stack's own domains; their subdomains are included
 * @throws Error if the kept authority is damaged
 */
export async function openAuthority(
  directory: string,
  domains: readonly string[] = [],
  now: Date = new Date(),
): Promise<Authority> {
  const quarter = Math.floor(now.getTime() / period);
  const permitted = [...new Set([...localDomains, ...domains.map((domain) => domain.replace(/^\*\./, ""))])].sort();
  const name = `authority-${String(quarter)}-${shortHash(permitted)}`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const kept = await keepOnce(join(directory, `${name}.key.pem`), 0o600, async () => {
    return joined(await (await making()).authorityPair(authorityName, permitted, validity(quarter)));
  });
  const pair = split(kept);
  const file = join(directory, `${name}.pem`);
  await keepOnce(file, 0o644, () => Promise.resolve(pair.cert));
  const signed = signing(pair);
  return {
    ...signed,
    file,
    server: async (names) => {
      // By the authority's certificate, too: one that replaces a damaged authority has signed none of these.
      const own = join(directory, `${name}-server-${shortHash([pair.cert, ...names])}.key.pem`);
      return split(await keepOnce(own, 0o600, async () => joined(await signed.server(names))));
    },
  };
}

/**
 * An authority that nothing trusts and that is not kept on disk: it issues client certificates that must be rejected.
 */
export async function foreignAuthority(now: Date = new Date()): Promise<Authority> {
  const quarter = Math.floor(now.getTime() / period);
  const pair = await (await making()).authorityPair(authorityName, localDomains, validity(quarter));
  return { ...signing(pair), file: "" };
}

/** Writes a certificate and its key (mode 0600) for tools that expect files. @returns their paths */
export async function keepPair(directory: string, name: string, pair: Pair): Promise<Pair> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = { cert: join(directory, `${name}.pem`), key: join(directory, `${name}.key.pem`) };
  // Removed first: `mode` applies only to a file that is created.
  await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
  await writeFile(files.cert, pair.cert, { mode: 0o644, flag: "wx" });
  await writeFile(files.key, pair.key, { mode: 0o600, flag: "wx" });
  return files;
}

function signing(pair: Pair): Omit<Authority, "file"> {
  return {
    certificate: pair.cert,
    server: async (names) => (await making()).serverPair(pair, names),
    client: async (name, notAfter) => (await making()).clientPair(pair, name, notAfter),
  };
}

function validity(quarter: number): Validity {
  return { notBefore: new Date(quarter * period - day), notAfter: new Date((quarter + 1) * period + overlap) };
}

function shortHash(texts: readonly string[]): string {
  return hash("sha256", texts.join(" ")).slice(0, 12);
}

function joined({ cert, key }: Pair): string {
  return `${cert}\n${key}`;
}

function split(text: string): Pair {
  const [cert = "", key = ""] = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n?/g) ?? [];
  if (key === "") throw new Error("the kept certificate authority is damaged: delete its folder and start again");
  return { cert: cert.endsWith("\n") ? cert : `${cert}\n`, key };
}

/** The file's text, made if the file does not exist. If two processes race, the first to link it wins. */
async function keepOnce(file: string, mode: number, make: () => Promise<string>): Promise<string> {
  const existing = await read(file);
  if (existing !== undefined) return existing;
  const text = await make();
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, text, { mode, flag: "wx" });
  try {
    await link(draft, file);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return await readFile(file, "utf8");
  } finally {
    await rm(draft);
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

// The client certificates of a run, as files, for calling APIs behind mutual TLS.

export interface ClientFiles {
  /** Paths of the PEM files. */
  readonly clientCert: string;
  readonly clientKey: string;
  /** Of a certificate that has expired, which must be rejected. */
  readonly expired: { readonly clientCert: string; readonly clientKey: string };
  /** Deletes the files; they are of no use after the run. */
  remove(): Promise<void>;
}

/** The file names are unique because concurrent runs share the folder. */
export async function clientFiles(authority: Authority, directory: string): Promise<ClientFiles> {
  const keep = async (kind: string, pair: Pair) => {
    const { cert, key } = await keepPair(directory, `${kind}-${randomBytes(4).toString("hex")}`, pair);
    return { clientCert: cert, clientKey: key };
  };
  const valid = await keep("client", await authority.client("local-client"));
  // A new authority is valid since the day before.
  const hourAgo = new Date(Date.now() - day / 24);
  const expired = await keep("expired", await authority.client("local-client", hourAgo));
  const files = [valid, expired].flatMap((paths) => Object.values(paths));
  return {
    ...valid,
    expired,
    remove: async () => {
      await Promise.all(files.map((file) => rm(file, { force: true })));
    },
  };
}
