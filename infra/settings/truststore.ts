// The truststore of mutual TLS: a PEM file with the certificates of the authorities whose clients are admitted.

import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { projectRoot } from "../base/bundle";

/** Absolute path of the file that the setting names. */
export function truststoreFile(path: string): string {
  return resolve(projectRoot, path);
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/**
 * What is wrong with the file, in words that follow its setting's name; `undefined`: nothing. Expired certificates are
 * left to AWS, which warns of them: what is deployed must not depend on the date.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html (Configuring your truststore)
 */
export function truststoreError(path: string): string | undefined {
  const file = truststoreFile(path);
  if (!existsSync(file) || !statSync(file).isFile()) return "is not an existing file";
  const blocks = [...readFileSync(file, "latin1").matchAll(block)];
  // A private key would be uploaded with the certificates, and whoever reads it could issue certificates that are
  // admitted.
  if (blocks.some(([, label]) => label!.endsWith("PRIVATE KEY")))
    return "contains a private key; it must contain only certificates";
  const certificates = blocks.filter(([, label]) => label === "CERTIFICATE").map(([pem]) => parsed(pem));
  if (certificates.length === 0) return "contains no certificate in PEM form";
  const whole = certificates.filter((certificate) => certificate !== undefined);
  for (const [index, certificate] of certificates.entries()) {
    const problem = certificateError(certificate, whole);
    if (problem !== undefined) return `contains a certificate (number ${index + 1}) that ${problem}`;
  }
  return undefined;
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function certificateError(certificate: X509Certificate | undefined, all: X509Certificate[]): string | undefined {
  if (certificate === undefined) return "is damaged";
  const key = keyError(certificate);
  if (key !== undefined) return key;
  if (!signedByStrongHash(certificate)) return "is not signed with SHA-256 or stronger";
  // With an incomplete chain, API Gateway accepts the file with only a warning, and rejects the clients.
  const isRoot = certificate.subject === certificate.issuer;
  if (!isRoot && !all.some((issuer) => certificate.checkIssued(issuer)))
    return "is issued by an authority that is not in the file; it needs the whole chain up to the root";
  return undefined;
}

function keyError({ publicKey }: X509Certificate): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === "rsa") return (details?.modulusLength ?? 0) < 2048 ? "has an RSA key below 2048 bits" : undefined;
  if (type === "ec") {
    const curves = ["prime256v1", "secp384r1", "secp521r1"];
    return curves.includes(details?.namedCurve ?? "") ? undefined : "has a key on a curve below 256 bits, or unknown";
  }
  return "has neither an RSA nor an EC key";
}

/** Algorithms of signatures, as object identifiers in hex: RSA (PSS, SHA-256, 384, 512) and ECDSA (SHA-256, 384, 512). RFC 4055, RFC 5758. */
const strong = [
  ...["0a", "0b", "0c", "0d"].map((last) => `2a864886f70d0101${last}`),
  ...["02", "03", "04"].map((last) => `2a8648ce3d0403${last}`),
];

/**
 * Reads the signature algorithm, which Node does not expose: Certificate ::= SEQUENCE { tbsCertificate,
 * signatureAlgorithm SEQUENCE { OID … }, … } (RFC 5280, 4.1).
 */
function signedByStrongHash({ raw }: X509Certificate): boolean {
  const algorithm = content(raw, content(raw, content(raw, 0).start).end).start;
  const { start, end } = content(raw, algorithm);
  return strong.includes(raw.toString("hex", start, end));
}

/** Where the content of the DER value at an offset starts and ends (X.690, 8.1.3). */
function content(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der.readUInt8(at + 1);
  const bytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + bytes;
  return { start, end: start + (bytes === 0 ? first : der.readUIntBE(at + 2, bytes)) };
}
