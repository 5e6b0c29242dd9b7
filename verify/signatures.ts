// Signature Version 4 for each row of the rule table, made with the AWS SDK's signer.

import { regionOf } from "../graph/resource";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Signature } from "../access-matrix/rules";
import { Sha256 } from "../local/iam/sigv4/signature";
import { type AccessKey, type Found, type Owner, type Source } from "./source";

export interface Unsigned {
  readonly method: string;
  readonly path: string;
  /** By lower-case name; includes `host`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

type Headers = Readonly<Record<string, string>>;

/** Milliseconds. */
const hour = 3_600_000;
/** AWS's example of an access key that does not exist. */
const nobody: AccessKey = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/** @returns the headers to send, with the call's own. @throws NotTried if the signer's access key cannot be had */
export async function signed(call: Unsigned, kind: Signature, owner: Owner, source: Source): Promise<Found<Headers>> {
  const region = regionOf(owner.api.arn);
  const now = Date.now();
  const by = async (found: Found<AccessKey>, at = now) => ({
    value: await sign(call, found.value, region, at),
    from: found.from,
  });
  const made = { from: "made here" };
  switch (kind) {
    case "unsigned":
      return { value: call.headers, from: "" };
    case "malformed signature": {
      const authorization = `AWS4-HMAC-SHA256 Credential=${nobody.accessKeyId}`;
      return { value: { ...call.headers, authorization }, ...made };
    }
    case "unknown access key":
      return by({ value: nobody, ...made });
    case "badly signed": {
      const { value, from } = await source.accessKey("caller", owner);
      return by({ value: { ...value, secretAccessKey: nobody.secretAccessKey }, from: `${from}, another secret key` });
    }
    case "signed an hour ago":
      return by(await source.accessKey("caller", owner), now - hour);
    case "well signed by a stranger":
      return by(await source.accessKey("stranger", owner));
    case "signed in another account":
      return by(await source.accessKey("other account", owner));
    case "well signed":
      return by(await source.accessKey("caller", owner));
  }
}

async function sign(call: Unsigned, credentials: AccessKey, region: string, at: number): Promise<Headers> {
  const { method, path, headers, body } = call;
  const signer = new SignatureV4({
    service: "execute-api",
    region,
    credentials,
    sha256: Sha256,
  });
  const unsigned = { method, protocol: "https:", hostname: headers.host!, path, query: {}, headers, body };
  return (await signer.sign({ ...unsigned, headers: { ...headers } }, { signingDate: new Date(at) })).headers;
}
