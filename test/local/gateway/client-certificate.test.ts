import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate } from "node:tls";
import { expect } from "chai";
import { presentedCertificate } from "../../../local/server/client-certificate";
import { authorities, issue, type Issued, type Wanted } from "./certificates-made-here";

describe("A client certificate", () => {
  let root: Issued;
  before(async () => ([root] = (await authorities(1)) as [Issued]));

  /** A handshake in which OpenSSL found nothing wrong, whatever its security level. */
  async function handshake(wanted: Partial<Wanted>, levels = 1): ReturnType<typeof presented> {
    const leaf = await issue({ name: "client", issuer: root, ...wanted });
    return presented(leaf, levels);
  }

  function presented(leaf: Issued, levels: number): Promise<ReturnType<typeof presentedCertificate>> {
    const chain = { fingerprint256: "leaf" } as DetailedPeerCertificate;
    let last = chain;
    for (let level = 0; level < levels; level++)
      last = last.issuerCertificate = { fingerprint256: String(level) } as DetailedPeerCertificate;
    last.issuerCertificate = last;
    const socket = {
      authorized: true,
      authorizationError: null as unknown as Error,
      getPeerX509Certificate: () => new X509Certificate(leaf.pem),
      getPeerCertificate: () => chain,
    };
    return Promise.resolve(presentedCertificate(socket as never));
  }

  it("is trusted where it and its chain are strong", async () => {
    expect(await handshake({})).to.include({ subjectDN: "CN=client,O=Example" });
    expect(await handshake({}, 4)).to.include({ subjectDN: "CN=client,O=Example" });
  });

  const refused: [what: string, wanted: Partial<Wanted>, levels: number, why: string][] = [
    ["a signature with SHA-1", { hash: "SHA-1" }, 1, "it is signed with an insecure hash"],
    ["five authorities above it", {}, 5, "its chain is longer than 4"],
    [
      "no authority above it",
      {},
      0,
      "it is signed by itself, or its chain is not known (Node.js 24.21 loses it: use 24.22 or newer)",
    ],
    [
      "an RSA key of 1,024 bits",
      {
        algorithm: {
          name: "RSASSA-PKCS1-v1_5",
          hash: "SHA-256",
          publicExponent: new Uint8Array([1, 0, 1]),
          modulusLength: 1_024,
        },
      },
      1,
      "its RSA key is shorter than 2048 bits",
    ],
    [
      "a key that is neither RSA nor ECDSA",
      { algorithm: { name: "Ed25519" } as never },
      1,
      "its key is neither RSA nor ECDSA",
    ],
  ];
  for (const [what, wanted, levels, untrusted] of refused)
    it(`is not trusted with ${what}`, async () => {
      expect(await handshake(wanted, levels)).to.deep.equal({ untrusted });
    });
});
