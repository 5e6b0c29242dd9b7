import { expect } from "chai";
import { createHash } from "node:crypto";
import type { Identities, Principal } from "../../../../local/iam/identities";
import { type ApiRequest } from "../../../../local/server/api-request";
import { type PresentedSignature, presentedSignature } from "../../../../local/iam/sigv4/presented";
import { expectedSignature, hashOf } from "../../../../local/iam/sigv4/signature";
import { isSignatureError, type SignatureError, signerOf } from "../../../../local/iam/sigv4/verify";
import { aRequest, api, now } from "../../gateway/auth/a-request";
import { signedRequest, type Signing } from "../../gateway/auth/a-signer";
import botocore from "./signed-by-botocore.json";

const caller: Principal = {
  accessKeyId: botocore.accessKeyId,
  secretAccessKey: botocore.secretAccessKey,
  arn: "arn:aws:iam::123456789012:user/caller",
  account: api.account,
  userId: "AIDAEXAMPLE",
  policies: [],
};

function knowing(principal: Principal): Identities {
  return {
    byAccessKeyId: (id) => (id === principal.accessKeyId ? principal : undefined),
    poolKeys: () => [],
    caller: principal,
    stranger: principal,
    foreigner: principal,
  };
}

const identities = knowing(caller);

const signed = (call: ApiRequest, how: Partial<Signing> = {}): Promise<ApiRequest> =>
  signedRequest(call, { ...caller, at: now, ...how });

async function errorOf(call: ApiRequest, at = now, known = identities): Promise<SignatureError> {
  const outcome = await signerOf(call, known, at);
  if (!isSignatureError(outcome)) throw new Error("the call was let through");
  return outcome;
}

const replaced = (call: ApiRequest, name: string, change: (value: string) => string): ApiRequest => ({
  ...call,
  headers: call.headers.map(([sent, value]) => [sent, sent.toLowerCase() === name ? change(value) : value] as const),
});
const without = (call: ApiRequest, name: string): ApiRequest => ({
  ...call,
  headers: call.headers.filter(([sent]) => sent.toLowerCase() !== name),
});
const withHeader = (call: ApiRequest, name: string, value: string): ApiRequest => ({
  ...call,
  headers: [...call.headers, [name, value]],
});

describe("Signature Version 4", () => {
  describe("lets through what botocore signed:", () => {
    for (const vector of botocore.vectors)
      it(vector.name, async () => {
        const [stagePath = "", rawQuery = ""] = vector.url.split("?");
        const call = aRequest({
          method: vector.method,
          path: stagePath.slice("/dev".length),
          rawQuery,
          headers: vector.headers as [string, string][],
          body: Buffer.from(vector.body, "hex"),
        });
        const principal = { ...caller, sessionToken: vector.sessionToken ?? undefined };
        expect(await signerOf(call, knowing(principal), Date.parse(botocore.time))).to.equal(principal);
        const other = await errorOf({ ...call, method: "PUT" }, Date.parse(botocore.time), knowing(principal));
        expect(other.type).to.equal("INVALID_SIGNATURE");
      });
  });

  describe("lets through what the JavaScript SDK signed:", () => {
    const calls: Record<string, [ApiRequest, Partial<Signing>]> = {
      "a POST": [aRequest(), {}],
      "an empty body": [aRequest({ method: "GET", body: Buffer.alloc(0) }), {}],
      "an encoded path": [aRequest({ path: "/v2/models/a%20b%2Fc" }), {}],
      "a query": [aRequest({ rawQuery: "b=2&a=1&c=%C3%A9" }), {}],
      "a presigned URL": [aRequest({ method: "GET", body: Buffer.alloc(0) }), { presign: { expiresIn: 3600 } }],
      "a clock four minutes slow": [aRequest(), { at: now - 4 * 60_000 }],
      "a clock four minutes fast": [aRequest(), { at: now + 4 * 60_000 }],
    };
    for (const [name, [call, how]] of Object.entries(calls))
      it(name, async () => expect(await signerOf(await signed(call, how), identities, now)).to.equal(caller));
  });

  it("answers an unsigned call as AWS does", async () => {
    expect(await errorOf(aRequest())).to.deep.include({
      type: "MISSING_AUTHENTICATION_TOKEN",
      message: "Missing Authentication Token",
    });
  });

  describe("rejects", () => {
    const post = aRequest();
    const get = aRequest({ method: "GET", body: Buffer.alloc(0) });
    const mismatch = "The request signature we calculated does not match";
    const attacks: Record<string, [forged: () => Promise<ApiRequest>, type: string, message: string, at?: number]> = {
      "an unknown access key": [
        async () =>
          replaced(await signed(post), "authorization", (value) => value.replace(caller.accessKeyId, "AKIAUNKNOWN")),
        "INVALID_SIGNATURE",
        "The security token included in the request is invalid.",
      ],
      "another secret": [() => signed(post, { secretAccessKey: "guessed" }), "INVALID_SIGNATURE", mismatch],
      "another body": [
        async () => ({ ...(await signed(post)), body: Buffer.from("{ }") }),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "another body whose hash was put in the header": [
        async () =>
          replaced({ ...(await signed(post)), body: Buffer.from("{ }") }, "x-amz-content-sha256", () =>
            createHash("sha256").update("{ }").digest("hex"),
          ),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "an unsigned payload, which only S3 takes": [
        () => signed(post, { headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "an unsigned host": [() => signed(post, { unsignableHeaders: new Set(["host"]) }), "INVALID_SIGNATURE", mismatch],
      "a second host": [async () => withHeader(await signed(post), "Host", "elsewhere"), "INVALID_SIGNATURE", mismatch],
      "another host": [
        async () => replaced(await signed(post), "host", () => "elsewhere"),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "another method": [async () => ({ ...(await signed(post)), method: "PUT" }), "INVALID_SIGNATURE", mismatch],
      "another path": [
        async () => ({ ...(await signed(post)), stagePath: "/dev/other" }),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "another stage": [
        async () => ({ ...(await signed(post)), stagePath: "/prod/mymodel" }),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "a query added": [async () => ({ ...(await signed(post)), rawQuery: "a=1" }), "INVALID_SIGNATURE", mismatch],
      "a broken percent-escape": [
        async () => ({ ...(await signed(post)), rawQuery: "a=%zz" }),
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "an X-Amz- header added after signing": [
        async () => withHeader(await signed(post), "X-Amz-Target", "admin"),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "a signed header taken away": [
        async () => without(await signed(withHeader(post, "x-note", "a")), "x-note"),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "a signed header left out that was empty": [
        async () => without(await signed(withHeader(post, "x-note", "")), "x-note"),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "a host sent in two parts that together are the one signed": [
        async () => {
          const call = await signed({ ...post, headers: [["host", "elsewhere,localhost"]] });
          return {
            ...call,
            headers: call.headers.flatMap(([name, value]) =>
              name === "host" ? value.split(",").map((part) => [name, part] as const) : [[name, value] as const],
            ),
          };
        },
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "a hash in the header that is not the body's, though the signature covers the body": [
        async () => {
          const lying = replaced(await signed(post), "x-amz-content-sha256", () => "UNSIGNED-PAYLOAD");
          const presented = presentedSignature(lying) as PresentedSignature;
          const signature = await expectedSignature(lying, presented, caller.secretAccessKey, hashOf(lying.body));
          return replaced(lying, "authorization", (value) => value.replace(/[0-9a-f]{64}$/, signature.toString("hex")));
        },
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "a signed header doubled": [
        async () => withHeader(await signed(withHeader(post, "x-note", "a")), "x-note", "b"),
        "INVALID_SIGNATURE",
        mismatch,
      ],
      "a session token that is not the key's": [
        () => signed(post, { sessionToken: "other" }),
        "INVALID_SIGNATURE",
        "The security token included in the request is invalid.",
      ],
      "another region": [
        () => signed(post, { region: "us-east-1" }),
        "INVALID_SIGNATURE",
        "Credential should be scoped to a valid region.",
      ],
      "another service": [
        () => signed(post, { service: "s3" }),
        "INVALID_SIGNATURE",
        "Credential should be scoped to correct service: 'execute-api'.",
      ],
      "another terminator": [
        async () =>
          replaced(await signed(post), "authorization", (value) => value.replace("aws4_request", "aws4_other")),
        "INVALID_SIGNATURE",
        "Credential should be scoped with a valid terminator.",
      ],
      "a date other than the scope's": [
        async () => replaced(await signed(post), "x-amz-date", () => "20261122T000000Z"),
        "INVALID_SIGNATURE",
        "Date in Credential scope does not match",
      ],
      "a replay after five minutes": [
        () => signed(post),
        "INVALID_SIGNATURE",
        "Signature expired: 20261121T080000Z is now earlier than 20261121T080001Z (20261121T080501Z - 5 min.)",
        now + 5 * 60_000 + 1000,
      ],
      "a replay whose date was moved on": [
        async () => replaced(await signed(post), "x-amz-date", () => "20261121T080501Z"),
        "INVALID_SIGNATURE",
        mismatch,
        now + 5 * 60_000 + 1000,
      ],
      "a signature from the future": [
        () => signed(post, { at: now + 5 * 60_000 + 1000 }),
        "INVALID_SIGNATURE",
        "Signature not yet current",
      ],
      "a presigned URL past its life": [
        () => signed(get, { presign: { expiresIn: 60 } }),
        "INVALID_SIGNATURE",
        "Signature expired",
        now + 61_000,
      ],
      "a presigned URL whose life was lengthened": [
        async () => {
          const call = await signed(get, { presign: { expiresIn: 60 } });
          return { ...call, rawQuery: call.rawQuery.replace("X-Amz-Expires=60", "X-Amz-Expires=600") };
        },
        "INVALID_SIGNATURE",
        mismatch,
        now + 61_000,
      ],
      "a presigned URL for more than a week": [
        async () => {
          const call = await signed(get, { presign: { expiresIn: 604_800 } });
          return { ...call, rawQuery: call.rawQuery.replace("604800", "604801") };
        },
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "a presigned URL with a repeated parameter": [
        async () => {
          const call = await signed(get, { presign: { expiresIn: 60 } });
          return { ...call, rawQuery: `${call.rawQuery}&x-amz-expires=600` };
        },
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "a presigned URL and a header at once": [
        async () => {
          const call = await signed(get, { presign: { expiresIn: 60 } });
          return withHeader(call, "Authorization", "Bearer x");
        },
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "two Authorization headers": [
        async () => withHeader(await signed(post), "Authorization", "AWS4-HMAC-SHA256 x"),
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "a bearer token": [
        async () => withHeader(post, "Authorization", "Bearer abc"),
        "INVALID_SIGNATURE",
        // The hash of `Bearer abc`; the token itself is never repeated.
        "(hashed with SHA-256 and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='.",
      ],
      "a signature taken away": [
        async () => replaced(await signed(post), "authorization", (value) => value.replace(/, Signature=.*/, "")),
        "INVALID_SIGNATURE",
        "Authorization header requires 'Signature' parameter. (Hashed",
      ],
      "signed headers out of order": [
        async () =>
          replaced(await signed(post), "authorization", (value) =>
            value.replace(
              /SignedHeaders=([^,]+)/,
              (_, names: string) => `SignedHeaders=${names.split(";").reverse().join(";")}`,
            ),
          ),
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "an empty signature": [
        async () =>
          replaced(await signed(post), "authorization", (value) => value.replace(/Signature=.*/, "Signature=")),
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "a repeated part": [
        async () => replaced(await signed(post), "authorization", (value) => `${value}, SignedHeaders=host`),
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      SigV4A: [
        async () =>
          replaced(await signed(post), "authorization", (value) => value.replace("HMAC-SHA256", "ECDSA-P256-SHA256")),
        "INVALID_SIGNATURE",
        "Authorization is not",
      ],
      "no date": [
        async () => without(await signed(post), "x-amz-date"),
        "INVALID_SIGNATURE",
        "existence of either a 'X-Amz-Date' or a 'Date' header.",
      ],
    };
    for (const [name, [forged, type, message, at]] of Object.entries(attacks))
      it(name, async () => {
        const outcome = await errorOf(await forged(), at ?? now);
        expect(outcome.type).to.equal(type);
        expect(outcome.message).to.contain(message);
        const texts = JSON.stringify(outcome);
        expect(texts).not.to.contain(caller.secretAccessKey);
        expect(texts).not.to.match(/[0-9a-f]{64}/);
      });
  });

  it("rejects a key's calls without the session token that belongs to it", async () => {
    const temporary = knowing({ ...caller, sessionToken: "token" });
    expect((await errorOf(await signed(aRequest()), now, temporary)).errorType).to.equal("UnrecognizedClientException");
  });
});
