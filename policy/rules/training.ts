// SageMaker: training, models and endpoints.

import type { Rule } from "../queries/rule";
import { approvalStartsPublication } from "./training/approval-starts-publication";
import { endpointSurvivesAnInstance } from "./training/endpoint-survives-an-instance";
import { modelIsIsolated } from "./training/model-is-isolated";
import { trainingIsSealed } from "./training/training-is-sealed";
import { trainingRunsInTheNetwork } from "./training/training-runs-in-the-network";

export const training: readonly Rule[] = [
  trainingIsSealed,
  trainingRunsInTheNetwork,
  modelIsIsolated,
  endpointSurvivesAnInstance,
  approvalStartsPublication,
];
