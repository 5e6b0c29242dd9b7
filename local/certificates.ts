// The certificate authority of this machine's local runs: it stands in for ACM, and for the truststore of mutual TLS.
// What it guarantees: its certificates are good for the loopback, documentation names and the stack's own domains alone, so
// that neither trusting nor losing it endangers another site; its private key is readable by its owner only.

import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { authorityPair, clientPair, serverPair, type Pair, type Validity } from "./certificates/certificate";

export type { Pair } from "./certificates/certificate";

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Path of the certificate, for `curl --cacert` and NODE_EXTRA_CA_CERTS; empty for one that is not kept. */
  readonly file: string;
  /** A server's certificate for DNS names (within the authority's domains) and loopback addresses. */
  server(names: readonly string[]): Promise<Pair>;
  /** A client's certificate. @param name its common name, without dots */
  client(name: string): Promise<Pair>;
}

/** Names every authority may sign for: RFC 6761, and what the example settings use. */
const localDomains = ["localhost", "example.com", "example.net", "example.org", "test", "local"];

/** The foreign authority's too: what tells them apart has to be the signature. */
const authorityName = "Local run (not a public authority)";

const day = 24 * 60 * 60 * 1000;
/** A new authority every quarter of a year; the one before stays good for a month more, for a run that goes on. In milliseconds. */
const period = 90 * day;
const overlap = 30 * day;

/**
 * The authority kept in a folder; made where there is none for this quarter and these domains. It is good for 30 days at
 * least. Runs that start at the same moment get the same one: a file appears whole or not at all, and is never written again.
 *
 * @param directory where authorities are kept; made with mode 0700
 * @param domains own domains of the stack, whose subdomains are included
 */
export async function openAuthority(
  directory: string,
  domains: readonly string[] = [],
  now: Date = new Date(),
): Promise<Authority> {
  const quarter = Math.floor(now.getTime() / period);
  const permitted = [...new Set([...localDomains, ...domains.map((domain) => domain.replace(/^\*\./, ""))])].sort();
  const id = createHash("sha256").update(permitted.join(" ")).digest("hex").slice(0, 12);
  const name = `authority-${String(quarter)}-${id}`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const kept = await keepOnce(join(directory, `${name}.key.pem`), 0o600, async () => {
    const made = await authorityPair(authorityName, permitted, validity(quarter));
    return made.cert + "\n" + made.key;
  });
  const pair = split(kept);
  const file = join(directory, `${name}.pem`);
  await keepOnce(file, 0o644, () => Promise.resolve(pair.cert));
  return { ...signing(pair), file };
}

/** An authority that nobody trusts and nothing keeps: for client certificates that must be refused. */
export async function foreignAuthority(now: Date = new Date()): Promise<Authority> {
  const quarter = Math.floor(now.getTime() / period);
  return { ...signing(await authorityPair(authorityName, localDomains, validity(quarter))), file: "" };
}

/** Writes a pair for tools that want files, the key with mode 0600; gives their paths. */
export async function keepPair(directory: string, name: string, pair: Pair): Promise<Pair> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = { cert: join(directory, `${name}.pem`), key: join(directory, `${name}.key.pem`) };
  // Removed first, since the mode counts for a new file only.
  await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
  await writeFile(files.cert, pair.cert, { mode: 0o644, flag: "wx" });
  await writeFile(files.key, pair.key, { mode: 0o600, flag: "wx" });
  return files;
}

function signing(pair: Pair): Omit<Authority, "file"> {
  return {
    certificate: pair.cert,
    server: (names) => serverPair(pair, names),
    client: (name) => clientPair(pair, name),
  };
}

function validity(quarter: number): Validity {
  return { notBefore: new Date(quarter * period - day), notAfter: new Date((quarter + 1) * period + overlap) };
}

function split(text: string): Pair {
  const [cert = "", key = ""] = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n?/g) ?? [];
  if (key === "") throw new Error("the kept certificate authority is damaged: delete its folder and start again");
  return { cert: cert.endsWith("\n") ? cert : `${cert}\n`, key };
}

/** The file's text; where there is no file, it is made. Of two that make it at once, the first to link it wins. */
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
