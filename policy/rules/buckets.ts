// S3 buckets.

import type { Rule } from "../queries/rule";
import { bucketBlocksPublicAccess } from "./buckets/bucket-blocks-public-access";
import { bucketDeniesPlainHttp } from "./buckets/bucket-denies-plain-http";
import { bucketExpiresOldVersions } from "./buckets/bucket-expires-old-versions";
import { bucketIsEncryptedByOurKey } from "./buckets/bucket-is-encrypted-by-our-key";
import { bucketIsReplicated } from "./buckets/bucket-is-replicated";
import { bucketKeepsVersions } from "./buckets/bucket-keeps-versions";
import { bucketKnowsNoAcls } from "./buckets/bucket-knows-no-acls";
import { bucketLocksObjects } from "./buckets/bucket-locks-objects";
import { bucketLogsAccess } from "./buckets/bucket-logs-access";
import { servedObjectsHaveNamedWriters } from "./buckets/served-objects-have-named-writers";

export const buckets: readonly Rule[] = [
  bucketBlocksPublicAccess,
  bucketDeniesPlainHttp,
  bucketLogsAccess,
  bucketExpiresOldVersions,
  bucketKnowsNoAcls,
  bucketKeepsVersions,
  bucketIsEncryptedByOurKey,
  bucketIsReplicated,
  bucketLocksObjects,
  servedObjectsHaveNamedWriters,
];
