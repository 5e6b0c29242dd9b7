// The hash algorithm of a certificate's signature, which Node 20 does not expose.

import "reflect-metadata"; // before @peculiar/x509, whose containers need it
import { X509Certificate } from "@peculiar/x509";

/** @param raw DER @returns for example `SHA-256`; empty if it is unknown */
export function signatureHash(raw: Buffer): string {
  const { signatureAlgorithm } = new X509Certificate(Uint8Array.from(raw));
  const hash: unknown = (signatureAlgorithm as { hash?: { name?: unknown } }).hash?.name;
  return typeof hash === "string" ? hash : "";
}
