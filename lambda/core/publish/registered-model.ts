// A registered model: its package in SageMaker's model registry, and the evaluation report that the package names.
// Both are validated strictly, since they decide what is served.

/** Address of an S3 object. */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/** A version of the model in the registry, approved or not. */
export interface ModelPackage {
  /** Name of the model package group. */
  readonly group: string;
  /** Counts up from 1. */
  readonly version: number;
  readonly approved: boolean;
  /** The training job's `model.tar.gz`. */
  readonly artefact: S3Address;
  /** The evaluation report. */
  readonly report: S3Address;
}

export interface RegisteredTensor {
  readonly name: string;
  /** The type as ONNX writes it: `tensor(float)`. */
  readonly type: string;
  /** -1 stands for a dimension of any size. */
  readonly shape: readonly number[];
}

/** The model that was evaluated, according to its report. */
export interface EvaluatedModel {
  /** SHA-256 of `model.onnx`, lower-case hex. */
  readonly digest: string;
  /** Size of `model.onnx`. */
  readonly bytes: number;
  readonly inputs: readonly RegisteredTensor[];
  readonly outputs: readonly RegisteredTensor[];
}

/** Parses the response of DescribeModelPackage. @throws Error naming the missing or invalid field */
export function parsePackage(text: string): ModelPackage {
  const described = record(JSON.parse(text), "the model package");
  const quality = record(described.ModelMetrics, "ModelMetrics").ModelQuality;
  const statistics = record(quality, "ModelQuality").Statistics;
  const containers = record(described.InferenceSpecification, "InferenceSpecification").Containers;
  if (!Array.isArray(containers) || containers.length !== 1) throw new Error("the package has not one container");
  const { ModelPackageVersion: version, ModelPackageGroupName: group } = described;
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw new Error("ModelPackageVersion is not a positive whole number");
  if (typeof group !== "string") throw new Error("ModelPackageGroupName is missing");
  return {
    group,
    version: version as number,
    approved: described.ModelApprovalStatus === "Approved" && described.ModelPackageStatus === "Completed",
    artefact: address(record(containers[0], "the container").ModelDataUrl, "ModelDataUrl"),
    report: address(record(statistics, "Statistics").S3Uri, "the report's S3Uri"),
  };
}

/**
 * Parses the part of the evaluation report that identifies the model.
 * @throws Error naming the missing or invalid field
 */
export function parseReport(text: string): EvaluatedModel {
  const { digest, bytes, inputs, outputs } = record(record(JSON.parse(text), "the report").model, "the report's model");
  if (typeof digest !== "string" || !/^[0-9a-f]{64}$/.test(digest))
    throw new Error("the report's digest is not a SHA-256");
  if (!Number.isSafeInteger(bytes) || (bytes as number) < 1)
    throw new Error("the report's bytes is not a positive whole number");
  return { digest, bytes: bytes as number, inputs: tensors(inputs, "inputs"), outputs: tensors(outputs, "outputs") };
}

/** Whether two lists of tensors have the same names, types and shapes in the same order. */
export function sameTensors(one: readonly RegisteredTensor[], other: readonly RegisteredTensor[]): boolean {
  const line = ({ name, type, shape }: RegisteredTensor) => JSON.stringify([name, type, shape]);
  return one.length === other.length && one.every((tensor, index) => line(tensor) === line(other[index]!));
}

function tensors(value: unknown, field: string): RegisteredTensor[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error(`the report's ${field} is not a list`);
  return value.map((item) => {
    const { name, type, shape } = record(item, `one of the report's ${field}`);
    if (typeof name !== "string" || typeof type !== "string")
      throw new Error(`one of the report's ${field} has no name`);
    if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size))) {
      throw new Error(`one of the report's ${field} has no shape`);
    }
    return { name, type, shape: shape as number[] };
  });
}

function address(value: unknown, field: string): S3Address {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.{1,1024})$/.exec(String(value)) ?? [];
  if (bucket === undefined || key === undefined) throw new Error(`${field} is not an S3 address`);
  return { bucket, key };
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return value as Record<string, unknown>;
}
