// CPU time of one token verification in the authorizer with a cached key, compared with verifying the signature alone
// and with the usual packages (jsonwebtoken, jwks-rsa), in one process with one token; and the authorizer's bundle size.

import { execFileSync } from "node:child_process";
import { verify as verifyBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { verify } from "../lambda/authorizer";
import { isTokenError, readToken } from "../lambda/core/token/token";
import { Issuer } from "../lambda/edge/issuer";
import { foreignAuthority } from "../local/certificates/authority";
import { type LocalIssuer, startIssuer } from "../local/issuer/issuer";
import { inTurns, type Row } from "./measure";

const root = join(__dirname, "..");
const audience = "https://models.example.com/";

export async function bench(): Promise<Row[]> {
  const authority = await foreignAuthority();
  const issuer = await startIssuer({ certificate: await authority.server(["localhost"]) });
  try {
    await issuer.configure({
      apis: [{ audience, lifetime: 3600 }],
      applications: [{ id: "machine", secret: "unused", grants: { [audience]: ["predict"] } }],
    });
    const token = await issuer.tokens.genuine();
    const ours = await authorizerVerification(token, issuer, authority.certificate);
    const bare = bareVerification(token, issuer);
    const classic = await classicVerification(token, issuer, authority.certificate);
    const taken = await inTurns([ours, bare, ...(classic === undefined ? [] : [classic])], { turns: 20, times: 500 });
    return [...verificationRows(taken), bundleRow()];
  } finally {
    await issuer.close();
  }
}

function verificationRows(taken: readonly number[][]): Row[] {
  const rows: Row[] = [
    {
      ...{
        id: "token",
        what: "the verification of a token by the authorizer, to that of its signature by node:crypto",
      },
      ...{ unit: "× CPU", samples: taken.map(([ours, bare]) => ours! / bare!) },
    },
    {
      ...{ id: "token-own", what: "the verification of a token by the authorizer" },
      ...{ unit: "µs CPU", samples: taken.map(([ours]) => ours!) },
    },
  ];
  if (taken[0]!.length > 2)
    rows.push({
      ...{
        id: "token-jsonwebtoken",
        what: "the verification of a token by the authorizer, to jsonwebtoken with jwks-rsa, as in Auth0's sample",
      },
      ...{ unit: "× CPU", samples: taken.map(([ours, , classic]) => ours! / classic!) },
    });
  else process.stderr.write("  not measured: jsonwebtoken with jwks-rsa, which npm could not install\n");
  return rows;
}

function bundleRow(): Row {
  const entryPoints = [join(root, "lambda/authorizer.ts")];
  const options = { bundle: true, minify: true, platform: "node", target: "node22", format: "cjs" } as const;
  const bytes = buildSync({ entryPoints, ...options, write: false }).outputFiles[0]!.contents.length;
  return { id: "authorizer-bundle", what: "the authorizer's bundle", unit: "KB", samples: [bytes / 1024] };
}

async function authorizerVerification(token: string, issuer: LocalIssuer, ca: string): Promise<() => Promise<void>> {
  const keys = new Issuer(issuer.url, { ca });
  const expected = { issuer: issuer.url, audience };
  const call = async () => {
    const read = readToken(`Bearer ${token}`);
    if (isTokenError(read) || isTokenError(await verify(read, expected, keys)))
      throw new Error("the token was refused");
  };
  await call();
  return call;
}

function bareVerification(token: string, { keys }: LocalIssuer): () => void {
  const { publicKey } = keys.current;
  return () => {
    const end = token.lastIndexOf(".");
    const signature = Buffer.from(token.slice(end + 1), "base64url");
    if (!verifyBytes("RSA-SHA256", Buffer.from(token.slice(0, end)), publicKey, signature)) throw new Error("refused");
  };
}

/** The parts of jsonwebtoken and jwks-rsa that are called here. */
interface JsonWebToken {
  decode(token: string, options: { complete: true }): { header: { kid: string } };
  verify(token: string, key: string, options: object): unknown;
}
type JwksClient = (options: object) => { getSigningKey(keyId: string): Promise<{ getPublicKey(): string }> };

/** The core of Auth0's sample authorizer; `undefined` if its packages cannot be installed. */
async function classicVerification(token: string, issuer: LocalIssuer, ca: string) {
  const require = classicPackages();
  if (!require) return undefined;
  const jwt = require("jsonwebtoken") as JsonWebToken;
  const client = (require("jwks-rsa") as JwksClient)({
    jwksUri: `${issuer.url}.well-known/jwks.json`,
    cache: true,
    requestAgent: new Agent({ ca }),
  });
  const options = { algorithms: ["RS256"], issuer: issuer.url, audience };
  const call = async () => {
    const { kid } = jwt.decode(token, { complete: true }).header;
    jwt.verify(token, (await client.getSigningKey(kid)).getPublicKey(), options);
  };
  await call();
  return call;
}

/** Installs the packages in a folder of their own, since the project does not depend on them. */
function classicPackages(): NodeJS.Require | undefined {
  const directory = join(root, ".local", "bench");
  const manifest = join(directory, "package.json");
  try {
    if (!existsSync(join(directory, "node_modules", "jwks-rsa"))) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const dependencies = { jsonwebtoken: "9.0.3", "jwks-rsa": "4.1.0" };
      writeFileSync(manifest, JSON.stringify({ private: true, dependencies }));
      execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
        cwd: directory,
        stdio: "ignore",
      });
    }
    return createRequire(manifest);
  } catch {
    return undefined;
  }
}
