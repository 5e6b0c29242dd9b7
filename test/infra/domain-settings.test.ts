import "reflect-metadata"; // before @peculiar/x509, whose containers need it
import * as x509 from "@peculiar/x509";
import { expect } from "chai";
import { webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "../../graph/evaluate";

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
const off = { apiGateway: false, auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };
const own = { httpApi: true, httpApiDomain: "models.example.com" };
const mutual = { ...own, mutualTls: true };

/** The lines of the faults; none: the settings were taken. */
async function faults(set: Record<string, unknown>, examples = true): Promise<string[]> {
  try {
    await evaluate({ stack: "dev", set: { ...off, ...set }, examples });
    return [];
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
}

describe("Infrastructure: the settings of domains, tokens and TLS", () => {
  const table: [fault: string, set: Record<string, unknown>, line: RegExp][] = [
    [
      "a domain with neither a zone nor a certificate",
      { ...own, hostedZoneId: "" },
      /hostedZoneId: is not set \(httpApiDomain needs a certificate: .*\): pulumi config set hostedZoneId/,
    ],
    [
      "mutual TLS without a domain",
      { httpApi: true, mutualTls: true, httpApiDomain: "" },
      /httpApiDomain: is not set \(mutual TLS works only with an own domain\): pulumi config set httpApiDomain/,
    ],
    ["mutual TLS without a truststore", { ...mutual, truststore: "" }, /truststore: is not set \(mutual TLS accepts/],
    [
      "mutual TLS with an imported certificate and no proof of ownership",
      { ...mutual, certificateArn, certificateImported: true },
      /ownershipCertificateArn: is not set \(mutual TLS needs proof/,
    ],
    [
      "an imported certificate that is to prove itself",
      { ...mutual, certificateArn, certificateImported: true, ownershipCertificateArn: certificateArn },
      /ownershipCertificateArn: is the imported certificate itself/,
    ],
    [
      "a proof of ownership of another region",
      {
        ...mutual,
        certificateArn,
        certificateImported: true,
        ownershipCertificateArn: certificateArn.replace("us-east-1", "eu-west-1").replace("01234567", "76543210"),
      },
      /ownershipCertificateArn: is in another region than awsRegion/,
    ],
    [
      "an imported certificate that is not there",
      { ...own, certificateImported: true },
      /certificateImported: applies to certificateArn, which is not set/,
    ],
    [
      "a certificate of another region",
      { ...own, certificateArn: certificateArn.replace("us-east-1", "eu-west-1") },
      /certificateArn: is in another region than awsRegion/,
    ],
    [
      "an HTTP API at the domain of a REST API, whose TLS policy takes none",
      { ...own, apiGateway: true, apiGatewayDomain: "models.example.com" },
      /httpApiDomain: is also the domain of apiGatewayDomain/,
    ],
    [
      "two REST APIs at one domain",
      {
        apiGateway: true,
        auth0Authorizer: true,
        apiGatewayDomain: "a.example.com",
        auth0AuthorizerDomain: "a.example.com",
      },
      /auth0AuthorizerDomain: is also the domain of apiGatewayDomain/,
    ],
    ["a TLS policy that is none", { tlsPolicy: "TLS_1_0" }, /tlsPolicy: is not one of tls13, tls12/],
    ["mutual TLS that is neither on nor off", { mutualTls: "required" }, /mutualTls: is neither true nor false/],
    ["a domain with a scheme", { httpApiDomain: "https://models.example.com" }, /httpApiDomain: is not a domain/],
    ["a domain in capitals", { httpApiDomain: "Models.example.com" }, /httpApiDomain: is not a domain/],
    ["a wildcard", { apiGatewayDomain: "*.example.com" }, /apiGatewayDomain: is not a domain/],
    ["a domain of one word", { apiGatewayDomain: "localhost" }, /apiGatewayDomain: is not a domain/],
    [
      "a tenant that smuggles a path into the issuer",
      { auth0Domain: "auth0.example.com/@evil.example.org" },
      /auth0Domain: is not a domain/,
    ],
    [
      "a tenant that smuggles a user into the issuer",
      { auth0Domain: "auth0.example.com@evil.example.org" },
      /auth0Domain: is not a domain/,
    ],
    ["a tenant in two lines", { auth0Domain: "auth0.example.com\nevil.example.org" }, /auth0Domain: is not a domain/],
    ["a zone's name instead of its id", { hostedZoneId: "example.com" }, /hostedZoneId: is not a Route 53 zone's id/],
    [
      "a certificate's file instead of its ARN",
      { certificateArn: "certificate.pem" },
      /certificateArn: is not an ACM certificate's ARN/,
    ],
  ];
  for (const [fault, set, line] of table) {
    it(`refuse ${fault}`, async () => {
      const found = await faults(set);
      expect(found, found.join("\n")).to.have.lengthOf(1);
      expect(found[0])
        .to.match(line)
        .and.match(/: pulumi config set \w+ /);
    });
  }

  const taken: [what: string, set: Record<string, unknown>][] = [
    ["a domain with a zone", own],
    ["a domain with a certificate and no zone", { ...own, hostedZoneId: "", certificateArn }],
    ["mutual TLS with a certificate that Amazon issued", { ...mutual, certificateArn }],
    ["an imported certificate without mutual TLS", { ...own, certificateArn, certificateImported: true }],
    ["one domain for two modules of which one is off", { ...own, apiGatewayDomain: "models.example.com" }],
    ["mutual TLS of a module that is off", { mutualTls: true, httpApiDomain: "", truststore: "" }],
  ];
  for (const [what, set] of taken) {
    it(`take ${what}`, async () => {
      expect(await faults(set)).to.deep.equal([]);
    });
  }

  it("ask for each account setting that is needed and not set, all at once", async () => {
    const prod = await evaluate({ stack: "prod", examples: false }).then(
      () => "",
      (error: Error) => error.message,
    );
    const asked = prod
      .split("\n")
      .slice(1)
      .map((line) => /^ {2}(\w+): is not set \(.*\): pulumi config set (?:--plaintext )?\1 /.exec(line)?.[1]);
    expect(asked).to.include.members(["auth0Domain", "auth0Audience", "httpApiDomain", "truststore"]);
  });

  it("ask for a token's issuer where the HTTP API takes tokens and there is no tenant", async () => {
    const found = await faults({ httpApi: true, httpApiAuth: "jwt" }, false);
    expect(found.join("\n"))
      .to.match(/oidcIssuer: is not set/)
      .and.match(/oidcAudience: is not set/);
  });

  it("take the example domain only where mutual TLS asks for it: a domain closes the default endpoint", async () => {
    const without = await evaluate({ stack: "dev", set: { ...off, httpApi: true } });
    expect(without.examples).not.to.include("httpApiDomain");
    expect(without.outputs.apiGatewayUrl).to.match(/execute-api/);
    const withIt = await evaluate({ stack: "dev", set: { ...off, httpApi: true, mutualTls: true } });
    expect(withIt.examples).to.include.members(["httpApiDomain", "truststore", "hostedZoneId"]);
  });

  describe("of the truststore", () => {
    const folder = mkdtempSync(join(tmpdir(), "truststore-"));
    after(() => rmSync(folder, { recursive: true }));
    const write = (name: string, text: string) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    };
    const pem = (label: string, base64: string) => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
    // RSA with 1024 bits, and an EC key on a curve of 224 bits: what API Gateway does not take.
    const weakRsa = [
      "MIICFDCCAX2gAwIBAgIUCYu2QNvobQAPrtF02n6khrZuCAMwDQYJKoZIhvcNAQEL",
      "BQAwGzEZMBcGA1UEAwwQd2Vhay5leGFtcGxlLmNvbTAgFw0yNjExMjEwODUyMjNa",
      "GA8yMDUxMDcxMzA4NTIyM1owGzEZMBcGA1UEAwwQd2Vhay5leGFtcGxlLmNvbTCB",
      "nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAz5yZRizGcemvW3KUpxiTr+e4WoIg",
      "fhEAKvKxeZD0aWxxo7MrSRN77Ty/l2wqu2WSeKbHxNp8p/VkMJZD+hQJpP78QAP6",
      "tGI5EJfeVh74J+Pb3763NTGPQWLQC79frJfzIblZJ125BhAvnDSHP5vX2YgWol1D",
      "nJa2MZsCIKyxO1kCAwEAAaNTMFEwHQYDVR0OBBYEFPdruoO7FC2ghb4PNingJdMG",
      "dARUMB8GA1UdIwQYMBaAFPdruoO7FC2ghb4PNingJdMGdARUMA8GA1UdEwEB/wQF",
      "MAMBAf8wDQYJKoZIhvcNAQELBQADgYEAPQ92lne8xPozzmPtF7Xbl3rwVNAXr0wT",
      "Lfv6wewUNPYdgKxYcJWfIASYUqXxS5r5wz1BwnxW467oyTZiY95KMhwgq241YJlC",
      "rNNQHFPxbWEPy+JotZSnXtM3ez87WzhxVLZGs/NbaTCWAdRp+/R8WpQb7oWLqK85",
      "TJO/qX+rr7Q=",
    ].join("\n");
    const weakEc = [
      "MIIBezCCASigAwIBAgIUPNfh1vtyoN+RnYDkD+Dsq4d4JIgwCgYIKoZIzj0EAwIw",
      "GzEZMBcGA1UEAwwQd2Vhay5leGFtcGxlLmNvbTAgFw0yNjExMjEwODUyMjNaGA8y",
      "MDUxMDcxMzA4NTIyM1owGzEZMBcGA1UEAwwQd2Vhay5leGFtcGxlLmNvbTBOMBAG",
      "ByqGSM49AgEGBSuBBAAhAzoABEuJX8sE0FSpwVvYedkjzJx9kzE+PBuD0GvwmfGK",
      "Cb2bNZwvaDZ6C0OqPsH8GrMJ0GNQU+h/U2lBo1MwUTAdBgNVHQ4EFgQUUwzXMNFF",
      "6d0kdCfKqTDhXXvbt+QwHwYDVR0jBBgwFoAUUwzXMNFF6d0kdCfKqTDhXXvbt+Qw",
      "DwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNBADA+Ah0A57jYqinV/CYlgahI",
      "mm+QZ7znZAUbSMAHMSQDCgIdALtf7w/DKEcJC6FeG8sC8F5vRY2A5ZmV7ZEitaU=",
    ].join("\n");
    const broken: [what: string, text: string, problem: string][] = [
      ["without a certificate", "authorities to come\n", "contains no certificate in PEM form"],
      ["with a damaged certificate", pem("CERTIFICATE", "AAAA"), "contains a certificate (number 1) that is damaged"],
      ["with a private key", pem("PRIVATE KEY", "AAAA"), "contains a private key"],
      ["with an EC private key", pem("EC PRIVATE KEY", "AAAA"), "contains a private key"],
      [
        "with a weak RSA key",
        pem("CERTIFICATE", weakRsa),
        "contains a certificate (number 1) that has an RSA key below 2048 bits",
      ],
      [
        "with a weak curve",
        pem("CERTIFICATE", weakEc),
        "contains a certificate (number 1) that has a key on a curve below 256 bits",
      ],
    ];
    for (const [what, text, problem] of broken) {
      it(`refuse a file ${what}`, async () => {
        const found = await faults({ ...mutual, truststore: write(`${what}.pem`, text) });
        expect(found).to.have.lengthOf(1);
        expect(found[0]).to.include(`truststore: ${problem}`);
      });
    }

    /** A certificate of an authority: its own root, or issued by another. */
    const authority = async (name: string, hash: string, issuer?: { name: string; keys: webcrypto.CryptoKeyPair }) => {
      const signingAlgorithm = { name: "RSASSA-PKCS1-v1_5", hash };
      const parameters = { ...signingAlgorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
      const keys = await webcrypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${name}`,
        issuer: `CN=${issuer?.name ?? name}`,
        publicKey: keys.publicKey,
        signingKey: (issuer?.keys ?? keys).privateKey,
        signingAlgorithm,
        extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
      });
      return { name, keys, pem: `${certificate.toString("pem")}\n` };
    };

    it("refuse an authority that is signed with SHA-1", async () => {
      const file = write("sha1.pem", (await authority("old", "SHA-1")).pem);
      expect((await faults({ ...mutual, truststore: file })).join()).to.match(
        /truststore: contains a certificate \(number 1\) that is not signed with SHA-256 or stronger/,
      );
      const strong = write("sha256.pem", (await authority("new", "SHA-256")).pem);
      expect(await faults({ ...mutual, truststore: strong })).to.deep.equal([]);
    });

    it("refuse an authority without its root, whose clients API Gateway would refuse", async () => {
      const root = await authority("root", "SHA-384");
      const issuing = await authority("issuing", "SHA-384", root);
      const alone = write("alone.pem", issuing.pem);
      expect((await faults({ ...mutual, truststore: alone })).join()).to.match(
        /truststore: contains a certificate \(number 1\) that is issued by an authority that is not in the file/,
      );
      const imposter = write("imposter.pem", issuing.pem + (await authority("other", "SHA-384")).pem);
      expect((await faults({ ...mutual, truststore: imposter })).join()).to.include("not in the file");
      const whole = write("whole.pem", issuing.pem + root.pem);
      expect(await faults({ ...mutual, truststore: whole })).to.deep.equal([]);
    });

    it("refuse a path that names no file, and a folder", async () => {
      expect((await faults({ ...mutual, truststore: "nowhere.pem" }))[0]).to.include(
        "truststore: is not an existing file",
      );
      expect((await faults({ ...mutual, truststore: folder }))[0]).to.include("truststore: is not an existing file");
    });
  });
});
