// What SageMaker hosts: models, their containers and roles, and the endpoints' configurations.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints.html

import type { Resource } from "../../graph/resource";
import { at, list, type Plain, record, text } from "./read";

export const modelType = "aws:sagemaker/model:Model";
export const endpointConfigurationType = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
export const hostedEndpointType = "aws:sagemaker/endpoint:Endpoint";

/** Everything that an endpoint of the configuration runs. */
export function variantsOf({ inputs }: Resource): readonly Plain[] {
  return [...list(inputs.productionVariants), ...list(inputs.shadowProductionVariants)].map(record);
}

export function containersOf({ inputs }: Resource): readonly Plain[] {
  return [...list(inputs.primaryContainer), ...list(inputs.containers)].map(record);
}

/** A folder in S3 that a container gets. */
export interface ModelData {
  readonly bucket: string;
  /** With a slash at its end. */
  readonly prefix: string;
}

/** @returns `undefined` in the place of what is no prefix in S3 */
export function modelDataOf(container: Plain): readonly (ModelData | undefined)[] {
  const sources = [
    ...list(at(container, "modelDataSource", "s3DataSources")),
    ...list(container.additionalModelDataSources).flatMap((item) => list(at(item, "s3DataSources"))),
  ];
  return [
    ...(text(container.modelDataUrl) === "" ? [] : [undefined]),
    ...sources.map((source) => {
      const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+\/)$/.exec(text(at(source, "s3Uri"))) ?? [];
      return bucket === undefined || at(source, "s3DataType") !== "S3Prefix" ? undefined : { bucket, prefix: prefix! };
    }),
  ];
}
