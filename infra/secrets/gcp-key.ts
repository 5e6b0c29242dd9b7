// A key in Google Cloud KMS, in a new or an existing key ring. Guarantees: it rotates, destroyed versions can be
// restored for 30 days, and only the members that the settings name are granted its use here.

import { Provider } from "@pulumi/gcp/provider";
import { CryptoKey, CryptoKeyIAMMember, KeyRing } from "@pulumi/gcp/kms";
import * as pulumi from "@pulumi/pulumi";
import type { Providers } from "../settings/provider-settings";

export interface GcpKeyArgs {
  readonly project: string;
  readonly region: string;
  /** Location of the key ring, for example `global`. */
  readonly location: string;
  /** Name of an existing key ring to adopt; empty: a new one is created, with a generated name. */
  readonly ringName: string;
  readonly rotationSeconds: number;
  readonly protectionLevel: "SOFTWARE" | "HSM";
  /** IAM members that may encrypt and decrypt. */
  readonly users: readonly string[];
  /** Further settings of the provider. */
  readonly connection: Providers["gcp"];
  /** Protects the key ring and the key from deletion: what it encrypted could never be read again. */
  readonly protect: boolean;
}

export class GcpKey extends pulumi.ComponentResource {
  readonly ringId: pulumi.Output<string>;
  readonly keyId: pulumi.Output<string>;

  constructor(name: string, args: GcpKeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:GcpKey", name, {}, options);
    const { project, location, ringName } = args;
    // Label values must be lower case; the name of a stack need not be.
    const [program, stack] = [pulumi.getProject().toLowerCase(), pulumi.getStack().toLowerCase()];
    const { defaultLabels: labels, ...connection } = args.connection;
    const defaultLabels = { ...(labels as object), project: program, stack, "managed-by": "pulumi" };
    const provider = new Provider(
      `${name}-gcp`,
      { ...connection, project, region: args.region, defaultLabels },
      { parent: this },
    );
    const child = { parent: this, provider };
    // Key rings can never be deleted in Google Cloud: a new stack creates one with a new name, unless it adopts one.
    const ring = new KeyRing(
      `${name}-ring`,
      { project, location, ...(ringName === "" ? {} : { name: ringName }) },
      {
        ...child,
        protect: args.protect,
        ...(ringName === "" ? {} : { import: `projects/${project}/locations/${location}/keyRings/${ringName}` }),
      },
    );
    const key = new CryptoKey(
      `${name}-key`,
      {
        keyRing: ring.id,
        purpose: "ENCRYPT_DECRYPT",
        rotationPeriod: `${args.rotationSeconds}s`,
        versionTemplate: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: args.protectionLevel },
        destroyScheduledDuration: "2592000s",
        // Deleting the key destroys all its versions; PREVENT makes the provider refuse it too, even without `protect`.
        deletionPolicy: args.protect ? "PREVENT" : "DELETE",
      },
      { ...child, protect: args.protect },
    );
    for (const member of args.users) {
      new CryptoKeyIAMMember(
        // Named after the member, so that removing one leaves the others alone; colons are separators in URNs.
        `${name}-user-${member.replaceAll(":", "=")}`,
        { cryptoKeyId: key.id, role: "roles/cloudkms.cryptoKeyEncrypterDecrypter", member },
        child,
      );
    }
    this.ringId = ring.id;
    this.keyId = key.id;
    this.registerOutputs({ keyId: this.keyId });
  }
}
