// Keys and secrets.

import type { Rule } from "../queries/rule";
import { cloudKeyIsKept } from "./keys/cloud-key-is-kept";
import { cloudKeyIsPrivate } from "./keys/cloud-key-is-private";
import { cloudKeyRolesAreNarrow } from "./keys/cloud-key-roles-are-narrow";
import { cloudKeyRotates } from "./keys/cloud-key-rotates";
import { keyHasItsOwnPolicy } from "./keys/key-has-its-own-policy";
import { keyOutlivesAMistake } from "./keys/key-outlives-a-mistake";
import { keyRotates } from "./keys/key-rotates";
import { outputsHoldNoSecret } from "./keys/outputs-hold-no-secret";
import { scheduleIsEncryptedByOurKey } from "./keys/schedule-is-encrypted-by-our-key";
import { secretIsEncryptedByOurKey } from "./keys/secret-is-encrypted-by-our-key";
import { secretIsReadByNamedRoles } from "./keys/secret-is-read-by-named-roles";
import { secretOutlivesAMistake } from "./keys/secret-outlives-a-mistake";
import { secretPolicyIsChecked } from "./keys/secret-policy-is-checked";
import { secretReadsAreWatched } from "./keys/secret-reads-are-watched";
import { secretRotates } from "./keys/secret-rotates";
import { secretRotationMayRun } from "./keys/secret-rotation-may-run";
import { secretRotationRaisesAlarms } from "./keys/secret-rotation-raises-alarms";
import { secretValueStaysOutOfTheProgram } from "./keys/secret-value-stays-out-of-the-program";

export const keys: readonly Rule[] = [
  keyRotates,
  keyOutlivesAMistake,
  keyHasItsOwnPolicy,
  cloudKeyRotates,
  cloudKeyIsKept,
  cloudKeyIsPrivate,
  cloudKeyRolesAreNarrow,
  secretRotates,
  secretRotationMayRun,
  secretIsEncryptedByOurKey,
  secretIsReadByNamedRoles,
  secretValueStaysOutOfTheProgram,
  outputsHoldNoSecret,
  secretReadsAreWatched,
  secretOutlivesAMistake,
  secretPolicyIsChecked,
  secretRotationRaisesAlarms,
  scheduleIsEncryptedByOurKey,
];
