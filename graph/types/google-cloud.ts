// Resource types of Google Cloud KMS.

import { type ResourceTypes, text } from "./resource-type";

export const googleCloud: ResourceTypes = {
  "gcp:kms/cryptoKey:CryptoKey": {
    outputs: ({ inputs, physical }) => {
      const id = `${text(inputs.keyRing)}/cryptoKeys/${physical}`;
      return { id, name: physical, primaries: [{ name: `${id}/cryptoKeyVersions/1`, state: "ENABLED" }] };
    },
    replaceOnChanges: ["keyRing", "name", "purpose", "importOnly", "destroyScheduledDuration"],
    reviewed: "read by rules",
  },
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {
    outputs: ({ inputs, hex }) => ({
      id: `${text(inputs.cryptoKeyId)}/${text(inputs.role)}/${text(inputs.member)}`,
      etag: hex("etag", 16),
    }),
    replaceOnChanges: ["condition", "cryptoKeyId", "member", "role"],
    reviewed: "read by rules",
  },
  "gcp:kms/keyRing:KeyRing": {
    outputs: ({ inputs, physical, project }) => ({
      id: `projects/${project}/locations/${text(inputs.location)}/keyRings/${physical}`,
      name: physical,
      project,
    }),
    replaceOnChanges: ["location", "name", "project"],
    reviewed: "read by rules",
  },
};
