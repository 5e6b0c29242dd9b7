// Computed outputs of Google Cloud KMS key rings and keys.

import { type Rows, text } from "./row";

export const google: Rows = {
  "gcp:kms/cryptoKey:CryptoKey": ({ inputs, physical }) => {
    const id = `${text(inputs.keyRing)}/cryptoKeys/${physical}`;
    return { id, name: physical, primaries: [{ name: `${id}/cryptoKeyVersions/1`, state: "ENABLED" }] };
  },
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": ({ inputs, hex }) => ({
    id: `${text(inputs.cryptoKeyId)}/${text(inputs.role)}/${text(inputs.member)}`,
    etag: hex("etag", 16),
  }),
  "gcp:kms/keyRing:KeyRing": ({ inputs, physical, project }) => ({
    id: `projects/${project}/locations/${text(inputs.location)}/keyRings/${physical}`,
    name: physical,
    project,
  }),
};
