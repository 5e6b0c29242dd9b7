// The certificate that a client presented in its TLS handshake, checked as a custom domain with mutual TLS checks it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html

import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { X509Certificate as ParsedCertificate } from "@peculiar/x509";

/** As in events: `requestContext.identity.clientCert` (REST), `requestContext.authentication.clientCert` (HTTP API). */
export interface ClientCertificate {
  readonly clientCertPem: string;
  /** Distinguished names, most specific RDN first. */
  readonly subjectDN: string;
  readonly issuerDN: string;
  /** Pairs of hex digits separated by colons. */
  readonly serialNumber: string;
  /** For example `May 28 12:30:02 2019 GMT`. */
  readonly validity: { readonly notBefore: string; readonly notAfter: string };
}

/** "Certificates can have a maximum chain length of four": the authorities above the client certificate. */
const mostAuthorities = 4;

/** Smallest RSA key, in bits. */
const leastModulus = 2_048;

/**
 * Evaluates a handshake that requested a client certificate.
 * @returns the certificate; `undefined` if the client sent none; or why it is not trusted, for the operator's log.
 *   Revocation is not checked, as on AWS
 */
export function presentedCertificate(
  socket: Pick<TLSSocket, "authorized" | "authorizationError" | "getPeerX509Certificate" | "getPeerCertificate">,
): ClientCertificate | { readonly untrusted: string } | undefined {
  // The order matters: after getPeerX509Certificate, Node returns the certificate without its chain.
  const chain = socket.getPeerCertificate(true);
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return undefined;
  // OpenSSL's verdict on signature, validity, purpose and the chain to an authority of the truststore.
  if (!socket.authorized) return { untrusted: String(socket.authorizationError) };
  const authorities = authoritiesOf(chain);
  // Node.js 24.21 and 26.8 lose the certificates that a client sends along: https://github.com/nodejs/node/issues/65579
  if (authorities === 0)
    return {
      untrusted: "it is signed by itself, or its chain is not known (Node.js 24.21 loses it: use 24.22 or newer)",
    };
  if (authorities > mostAuthorities) return { untrusted: `its chain is longer than ${mostAuthorities}` };
  const weakness = weaknessOf(leaf);
  return weakness === undefined ? described(leaf) : { untrusted: weakness };
}

function authoritiesOf(leaf: DetailedPeerCertificate): number {
  let count = 0;
  let certificate: DetailedPeerCertificate | undefined = leaf;
  // A root certificate is its own issuer.
  while (certificate?.issuerCertificate && certificate.issuerCertificate !== certificate && count <= mostAuthorities) {
    certificate = certificate.issuerCertificate;
    count++;
  }
  return count;
}

/** "The minimum strength": SHA-256 or stronger, with RSA of at least 2,048 bits or ECDSA. */
function weaknessOf(leaf: X509Certificate): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  if (asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) < leastModulus)
    return `its RSA key is shorter than ${leastModulus} bits`;
  if (asymmetricKeyType !== "rsa" && asymmetricKeyType !== "ec") return "its key is neither RSA nor ECDSA";
  return /^SHA-(?:256|384|512)$/.test(signatureHash(leaf.raw)) ? undefined : "it is signed with an insecure hash";
}

function described(leaf: X509Certificate): ClientCertificate {
  return {
    clientCertPem: leaf.toString(),
    subjectDN: distinguishedName(leaf.subject),
    issuerDN: distinguishedName(leaf.issuer),
    serialNumber: (leaf.serialNumber.toLowerCase().match(/../g) ?? []).join(":"),
    validity: { notBefore: leaf.validFrom, notAfter: leaf.validTo },
  };
}

/** RFC 4514 section 2.1 starts with the last RDN; Node returns one RDN per line, in the certificate's order. */
function distinguishedName(lines: string): string {
  return lines.split("\n").reverse().join(",");
}

// The hash algorithm of a certificate's signature, which Node 20 does not expose.

/** @param raw DER @returns for example `SHA-256`; empty if it is unknown */
function signatureHash(raw: Buffer): string {
  const { signatureAlgorithm } = new ParsedCertificate(Uint8Array.from(raw));
  const hash: unknown = (signatureAlgorithm as { hash?: { name?: unknown } }).hash?.name;
  return typeof hash === "string" ? hash : "";
}
