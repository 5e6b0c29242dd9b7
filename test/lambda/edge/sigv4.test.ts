import { createHash } from "node:crypto";
import { expect } from "chai";
import { SignatureV4 } from "@smithy/signature-v4";
import { signed } from "../../../lambda/edge/sigv4";
import { Sha256 } from "../../../local/iam/sigv4/signature";

describe("Functions: Signature Version 4", () => {
  const cases: [service: string, method: string, path: string, headers: Record<string, string>, body: string[]][] = [
    [
      "sagemaker",
      "POST",
      "/endpoints/dev-m/invocations",
      { "content-type": "a;b=1", accept: " a   b " },
      ["one", "", "two"],
    ],
    ["sagemaker", "POST", "/", { "x-amz-target": "SageMaker.DescribeModelPackage" }, ["{}"]],
    ["sagemaker", "POST", "/a%20b/it's!(*)", {}, []],
    ["s3", "GET", "/bucket/models/a%20b%2B/live.json", { "if-none-match": '"e"' }, []],
  ];
  for (const [service, method, path, headers, parts] of cases)
    for (const token of ["a/token=", undefined])
      it(`is the AWS SDK's for ${method} ${path} of ${service}${token === undefined ? ", without a session" : ""}`, async () => {
        const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: `secret of ${path}`, sessionToken: token };
        const all = { ...headers, host: "example.com:8443" };
        const body = parts.map((part) => Buffer.from(part));
        for (const now of [Date.UTC(2026, 1, 3, 4, 5, 6, 7), Date.UTC(2027, 1, 3)]) {
          const own = headersOf(
            signed({ service, region: "eu-west-1", method, path, headers: all, body }, credentials, now),
          );
          const signer = new SignatureV4({
            ...{ service, region: "eu-west-1", sha256: Sha256, applyChecksum: false },
            ...{ credentials, uriEscapePath: service !== "s3" },
          });
          const digest = createHash("sha256").update(Buffer.concat(body)).digest("hex");
          const given = service === "s3" ? { ...all, "x-amz-content-sha256": digest } : all;
          const request = { method, protocol: "https:", hostname: "example.com", path, headers: given };
          const theirs = await signer.sign({ ...request, body: Buffer.concat(body) }, { signingDate: new Date(now) });
          expect(own).to.deep.equal(theirs.headers);
        }
      });
});

function headersOf(list: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < list.length; index += 2) headers[list[index]!] = list[index + 1]!;
  return headers;
}
