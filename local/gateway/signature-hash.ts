// With which hash a certificate was signed; Node 20 does not tell.

import "reflect-metadata"; // before @peculiar/x509, whose containers need it
import { X509Certificate } from "@peculiar/x509";

/** @param raw DER @returns for example `SHA-256`; empty where it is unknown */
export function signatureHash(raw: Buffer): string {
  const { signatureAlgorithm } = new X509Certificate(Uint8Array.from(raw));
  const hash: unknown = (signatureAlgorithm as { hash?: { name?: unknown } }).hash?.name;
  return typeof hash === "string" ? hash : "";
}
