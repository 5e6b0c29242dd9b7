// Issues certificate chains for mutual TLS, both valid ones and ones that must be refused.

import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

type Keys = webcrypto.CryptoKeyPair;
type Algorithm = webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams;

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
export const rsa = (modulusLength: number, hash = "SHA-256"): Algorithm => ({
  name: "RSASSA-PKCS1-v1_5",
  hash,
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength,
});

export interface Issued {
  readonly pem: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: Keys;
  /** Private key, PEM. */
  readonly key: string;
}

export interface Wanted {
  readonly name: string;
  /** Absent: self-signed. */
  readonly issuer?: Issued;
  /** Whether it is a certificate authority. */
  readonly authority?: boolean;
  readonly algorithm?: Algorithm;
  /** Hash of the issuer's signature. */
  readonly hash?: string;
  readonly notAfter?: Date;
}

export async function issue(wanted: Wanted): Promise<Issued> {
  const { name, issuer, authority = false, algorithm = ecdsa, hash = "SHA-256" } = wanted;
  const keys = (await webcrypto.subtle.generateKey(algorithm as never, true, ["sign", "verify"])) as Keys;
  const signer = issuer?.keys ?? keys;
  const usage = authority ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `O=Example, CN=${name}`,
    issuer: issuer?.certificate.subject ?? `O=Example, CN=${name}`,
    notBefore: new Date("2026-01-01"),
    notAfter: wanted.notAfter ?? new Date(Date.now() + 86_400_000),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: { ...signer.privateKey.algorithm, hash } as never,
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      new x509.KeyUsagesExtension(usage, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { pem: certificate.toString("pem"), certificate, keys, key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
}

/** A chain of certificate authorities: the root, and others that are each signed by the one before. */
export async function authorities(count: number): Promise<Issued[]> {
  const chain: Issued[] = [];
  for (let level = 0; level < count; level++)
    chain.push(await issue({ name: `authority ${level}`, authority: true, issuer: chain.at(-1) }));
  return chain;
}
