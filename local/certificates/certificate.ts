// X.509 certificates for the local run. All keys are P-256, which is small and fast to generate.

import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";
import { Extension } from "@peculiar/x509";

/** A certificate and its private key (PKCS #8), PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A self-signed CA, name-constrained to end-entity certificates for these domains and the loopback addresses. */
export async function authorityPair(name: string, domains: readonly string[], validity: Validity): Promise<Pair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      nameConstraints(domains),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString("pem"), key: await privateKeyPem(keys.privateKey) };
}

/** A server certificate whose subject alternative names are these DNS names and IP addresses. */
export function serverPair(authority: Pair, names: readonly string[]): Promise<Pair> {
  return endEntity(authority, names[0] ?? "localhost", x509.ExtendedKeyUsage.serverAuth, [
    new x509.SubjectAlternativeNameExtension(
      names.map((name) => ({ type: isIP(name) === 0 ? ("dns" as const) : ("ip" as const), value: name })),
    ),
  ]);
}

/**
 * A client certificate for mutual TLS.
 * @param name common name, without dots: verifiers would take a dotted one for a host name
 * @param notAfter end of its validity, after the authority's began; by default that of the authority
 */
export function clientPair(authority: Pair, name: string, notAfter?: Date): Promise<Pair> {
  return endEntity(authority, name, x509.ExtendedKeyUsage.clientAuth, [], notAfter);
}

async function endEntity(
  authority: Pair,
  name: string,
  usage: x509.ExtendedKeyUsage,
  more: x509.Extension[],
  notAfter?: Date,
) {
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: issuer.subjectName,
    // Valid as long as its authority, whose own validity is bounded.
    notBefore: issuer.notBefore,
    notAfter: notAfter ?? issuer.notAfter,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage], false),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...more,
    ],
  });
  return { cert: certificate.toString("pem"), key: await privateKeyPem(keys.privateKey) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
}

function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

// The name constraints extension (RFC 5280 section 4.2.1.10), which the X.509 library has no class for.

/** DER tags of the GeneralName choices: context-specific, primitive. */
const dnsName = 0x82;
const ipAddress = 0x87;
const sequence = 0x30;
/** permittedSubtrees: context-specific, constructed. */
const permittedSubtrees = 0xa0;

/**
 * A critical extension that limits subordinate certificates to these domains, their subdomains and loopback addresses.
 *
 * @param domains DNS names without a leading dot
 */
function nameConstraints(domains: readonly string[]): Extension {
  const names = domains.map((domain) => tlv(dnsName, Buffer.from(domain, "ascii")));
  const addresses = ["127.0.0.0/8", "::1/128"].map((network) => tlv(ipAddress, subnet(network)));
  const subtrees = [...names, ...addresses].map((name) => tlv(sequence, name));
  const value = tlv(sequence, tlv(permittedSubtrees, Buffer.concat(subtrees)));
  return new Extension("2.5.29.30", true, Uint8Array.from(value).buffer);
}

/** DER encoding: tag, length, value. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

/** Address followed by mask. For IPv6 only `::1` is supported. */
function subnet(network: string): Buffer {
  const [address = "", prefix = ""] = network.split("/");
  const bytes = isIP(address) === 4 ? address.split(".").map(Number) : [...new Array<number>(15).fill(0), 1];
  const mask = bytes.map((_, index) => (0xff << (8 - Math.min(8, Math.max(0, Number(prefix) - 8 * index)))) & 0xff);
  return Buffer.from([...bytes, ...mask]);
}
