// The truststore of mutual TLS: a PEM file with the certificates of the authorities whose clients are let in.

import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { projectRoot } from "./bundle";

/** Absolute path of the file that the setting names. */
export function truststoreFile(path: string): string {
  return resolve(projectRoot, path);
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/**
 * What is wrong with the file, in words that follow its setting's name; `undefined`: nothing. Whether its certificates
 * have expired is left to AWS, which warns of it: what is deployed must not depend on the day.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html (Configuring your truststore)
 */
export function truststoreProblem(path: string): string | undefined {
  const file = truststoreFile(path);
  if (!existsSync(file) || !statSync(file).isFile()) return "names no file";
  const blocks = [...readFileSync(file, "latin1").matchAll(block)];
  // A key here would be uploaded with the certificates, and its owner's clients could be played by anyone who reads it.
  if (blocks.some(([, label]) => label!.endsWith("PRIVATE KEY")))
    return "holds a private key; it needs certificates alone";
  const certificates = blocks.filter(([, label]) => label === "CERTIFICATE");
  if (certificates.length === 0) return "holds no certificate in PEM form";
  for (const [index, [pem]] of certificates.entries()) {
    const problem = certificateProblem(pem);
    if (problem !== undefined) return `holds a certificate (number ${index + 1}) that ${problem}`;
  }
  return undefined;
}

function certificateProblem(pem: string): string | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return "is damaged";
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type === "rsa") return (details?.modulusLength ?? 0) < 2048 ? "has an RSA key below 2048 bits" : undefined;
  if (type === "ec") {
    const curves = ["prime256v1", "secp384r1", "secp521r1"];
    return curves.includes(details?.namedCurve ?? "") ? undefined : "has a key on a curve below 256 bits, or unknown";
  }
  return "has neither an RSA nor an EC key";
}
