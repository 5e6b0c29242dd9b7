// The certificate that a client proved to have in its TLS handshake, judged as mutual TLS of an own domain judges it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html

import type { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { signatureHash } from "./signature-hash";

/** As events hold it: `requestContext.identity.clientCert` (REST), `requestContext.authentication.clientCert` (HTTP API). */
export interface ClientCertificate {
  readonly clientCertPem: string;
  /** Distinguished names, most specific part first. */
  readonly subjectDN: string;
  readonly issuerDN: string;
  /** Pairs of hex digits with colons. */
  readonly serialNumber: string;
  /** For example `May 28 12:30:02 2019 GMT`. */
  readonly validity: { readonly notBefore: string; readonly notAfter: string };
}

/** "Certificates can have a maximum chain length of four": the authorities above the client's own certificate. */
const mostAuthorities = 4;

/** Smallest RSA key, in bits. */
const leastModulus = 2_048;

/**
 * What a handshake that asked for a certificate brought: the certificate, `undefined` where the client showed none, or in
 * words why the one it showed is not trusted (for the operator's log). Revocation is not checked: AWS does not either.
 */
export function presentedCertificate(
  socket: Pick<TLSSocket, "authorized" | "authorizationError" | "getPeerX509Certificate" | "getPeerCertificate">,
): ClientCertificate | { readonly untrusted: string } | undefined {
  // In this order: once the certificate was asked for in its other form, Node gives it without its chain.
  const chain = socket.getPeerCertificate(true);
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return undefined;
  // Signature, validity, purpose and the way up to an authority of the truststore: OpenSSL's verification.
  if (!socket.authorized) return { untrusted: String(socket.authorizationError) };
  const authorities = authoritiesOf(chain);
  if (authorities === 0) return { untrusted: "it is signed by itself, or its chain is not known" };
  if (authorities > mostAuthorities) return { untrusted: `its chain is longer than ${mostAuthorities}` };
  const weakness = weaknessOf(leaf);
  return weakness === undefined ? described(leaf) : { untrusted: weakness };
}

function authoritiesOf(leaf: DetailedPeerCertificate): number {
  let count = 0;
  let certificate: DetailedPeerCertificate | undefined = leaf;
  // The top of a chain names itself as its issuer.
  while (certificate?.issuerCertificate && certificate.issuerCertificate !== certificate && count <= mostAuthorities) {
    certificate = certificate.issuerCertificate;
    count++;
  }
  return count;
}

/** "The minimum strength": SHA-256 or stronger, RSA of 2,048 bits or ECDSA. */
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

/** RFC 4514 section 2.1 begins with the last part; Node gives one part a line, in the order of the certificate. */
function distinguishedName(lines: string): string {
  return lines.split("\n").reverse().join(",");
}
