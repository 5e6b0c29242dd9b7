// SageMaker: training, models and endpoints.

import type { Rule } from "../queries/rule";
import { approvalStartsPublication } from "./training/approval-starts-publication";
import { endpointDisksAreEncryptedByOurKey } from "./training/endpoint-disks-are-encrypted-by-our-key";
import { endpointHasItsOwnLog } from "./training/endpoint-has-its-own-log";
import { endpointIsCalledByName } from "./training/endpoint-is-called-by-name";
import { endpointShowsNoRequests } from "./training/endpoint-shows-no-requests";
import { endpointSurvivesAnInstance } from "./training/endpoint-survives-an-instance";
import { endpointUpdateRollsBack } from "./training/endpoint-update-rolls-back";
import { modelIsIsolated } from "./training/model-is-isolated";
import { modelIsPinned } from "./training/model-is-pinned";
import { modelRoleReadsItsModel } from "./training/model-role-reads-its-model";
import { trainingIsSealed } from "./training/training-is-sealed";
import { trainingRunsInTheNetwork } from "./training/training-runs-in-the-network";

export const training: readonly Rule[] = [
  trainingIsSealed,
  trainingRunsInTheNetwork,
  modelIsIsolated,
  modelIsPinned,
  modelRoleReadsItsModel,
  endpointSurvivesAnInstance,
  endpointDisksAreEncryptedByOurKey,
  endpointShowsNoRequests,
  endpointIsCalledByName,
  endpointHasItsOwnLog,
  endpointUpdateRollsBack,
  approvalStartsPublication,
];
