// Signatures for each row of the rule table, made with the AWS SDK's signer.

import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Signature } from "../../access-matrix/rules";
import { projectRoot } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { openHome } from "../../local/base/home";
import { type Identities, identitiesOf } from "../../local/iam/identities";
import type { ClientCredentials } from "../../local/credentials/clients";

export interface Unsigned {
  readonly method: string;
  readonly path: string;
  /** By lower-case name; includes `host`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

class Sha256 {
  private readonly hash;
  constructor(secret?: Uint8Array | string) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data: Uint8Array | string): void {
    this.hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
}

const hour = 3_600_000;

export class Signatures {
  private readonly identities: Identities;

  constructor(graph: Graph) {
    // The run derives its principals from the same seed.
    this.identities = identitiesOf(graph, openHome(projectRoot).seed, { keys: () => [] });
  }

  /**
   * Headers to send, with the call's own.
   * @param region the API's region
   * @param client for `well signed`: the listed client that signs; absent: the principal with the stack's IAM policy
   */
  async headers(
    call: Unsigned,
    signature: Signature,
    region: string,
    client?: ClientCredentials,
  ): Promise<Readonly<Record<string, string>>> {
    const { caller, stranger, foreigner } = this.identities;
    const now = Date.now();
    switch (signature) {
      case "unsigned":
        return call.headers;
      case "malformed signature":
        return { ...call.headers, authorization: `AWS4-HMAC-SHA256 Credential=${caller.accessKeyId}` };
      case "badly signed":
        return sign(call, { ...caller, secretAccessKey: stranger.secretAccessKey }, region, now);
      case "signed an hour ago":
        return sign(call, caller, region, now - hour);
      case "unknown access key":
        return sign(call, { ...caller, accessKeyId: "AKIAIOSFODNN7EXAMPLE" }, region, now);
      case "well signed by a stranger":
        return sign(call, stranger, region, now);
      case "signed in another account":
        return sign(call, foreigner, region, now);
      case "well signed": {
        const { accessKeyId, secretAccessKey } = client ?? caller;
        return sign(call, { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! }, region, now);
      }
    }
  }
}

async function sign(
  { method, path, headers, body }: Unsigned,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
  region: string,
  at: number,
): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({
    service: "execute-api",
    region,
    credentials,
    sha256: Sha256 as unknown as ConstructorParameters<typeof SignatureV4>[0]["sha256"],
  });
  const request = {
    method,
    protocol: "https:",
    hostname: headers.host!,
    path,
    query: {},
    headers: { ...headers },
    body,
  };
  return (await signer.sign(request, { signingDate: new Date(at) })).headers;
}
