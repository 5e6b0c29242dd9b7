// What AWS charges, in US dollars: the inputs of the comparison, to be replaced by those of your region and day.
// List prices of us-east-1 in November 2026, without free tier, Savings Plans and taxes.
// Sources: https://aws.amazon.com/lambda/pricing/ and https://aws.amazon.com/sagemaker/pricing/ (Real-Time Inference)

/** An instance type of a SageMaker endpoint. */
export interface Instance {
  readonly type: string;
  /** Requests that it computes at the same time: its vCPUs, or 1 for a GPU. */
  readonly parallel: number;
  /** In GB, for the engine and its model. */
  readonly memory: number;
  readonly gpu: boolean;
  /** US dollars an hour. */
  readonly hour: number;
}

export const prices = {
  /** A GB-second of a Lambda function on x86-64; a start is billed like a request, since August 2025. */
  lambdaGbSecond: 0.0000166667,
  lambdaRequest: 0.2 / 1_000_000,
  /** A GB that an endpoint gets or gives. */
  endpointGb: 0.016,
} as const;

/** The instance types that the comparison chooses from. */
export const instances: readonly Instance[] = [
  { type: "ml.c5.large", parallel: 2, memory: 4, gpu: false, hour: 0.102 },
  { type: "ml.m5.large", parallel: 2, memory: 8, gpu: false, hour: 0.115 },
  { type: "ml.g4dn.xlarge", parallel: 1, memory: 16, gpu: true, hour: 0.7364 },
];
