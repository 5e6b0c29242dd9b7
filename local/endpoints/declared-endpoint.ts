// The SageMaker endpoints of the program: Endpoint → EndpointConfiguration → Model → the objects below its prefix.
// https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-uncompressed.html

import { type Asset, type Graph, ofType, type Resource } from "../../graph/resource";
import { recordOf } from "../base/record";
import { Unenforceable } from "../base/unenforceable";
import type { ReadRepository } from "./repository-permission";

export interface DeclaredEndpoint {
  readonly urn: string;
  readonly name: string;
  readonly arn: string;
  /** Name of its only production variant. */
  readonly variant: string;
  /** Name by which the engine knows the model: its digest. */
  readonly model: string;
  /** Content of Triton's repository by path, for example `<digest>/1/model.onnx`. */
  readonly files: ReadonlyMap<string, StoredFile>;
  /** What its role has to be allowed before SageMaker makes it. */
  readonly read: ReadRepository;
}

export type StoredFile = Asset["asset"] | { readonly base64: string };

/** @throws Unenforceable for an endpoint that is made another way than this program's */
export function declaredEndpoints(graph: Graph): DeclaredEndpoint[] {
  return ofType(graph, "aws:sagemaker/endpoint:Endpoint").map((endpoint) => {
    const configuration = named(
      graph,
      "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
      endpoint,
      endpoint.inputs.endpointConfigName,
      "endpointConfigName",
    );
    const variants = list(configuration.inputs.productionVariants);
    const [variant] = variants;
    const also = ["shadowProductionVariants", "asyncInferenceConfig"].find((key) => configuration.inputs[key]);
    if (variant === undefined || variants.length > 1 || also !== undefined)
      throw new Unenforceable(
        `${configuration.urn}: ${also ?? "productionVariants"}`,
        "only one variant that answers at once can be run here",
      );
    const model = named(
      graph,
      "aws:sagemaker/model:Model",
      configuration,
      variant.modelName,
      "productionVariants.modelName",
    );
    return {
      urn: endpoint.urn,
      name: String(endpoint.outputs.name),
      arn: String(endpoint.outputs.arn),
      variant: String(variant.variantName ?? "AllTraffic"),
      ...repositoryOf(graph, model),
    };
  });
}

/** The resource of a type that another one refers to by name. @throws Unenforceable if it is not of this program */
function named(graph: Graph, type: string, owner: Resource, name: unknown, property: string): Resource {
  const found = ofType(graph, type).find(({ outputs }) => outputs.name === name);
  if (found === undefined) throw new Unenforceable(`${owner.urn}: ${property}`, "it is not of this program");
  return found;
}

/** Variable by which Triton's entry point for SageMaker learns which of its models to serve. */
const defaultModel = "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME";

function repositoryOf(graph: Graph, { urn, inputs }: Resource): Pick<DeclaredEndpoint, "model" | "files" | "read"> {
  const container = recordOf(inputs.primaryContainer);
  const [source, ...others] = list(recordOf(container.modelDataSource).s3DataSources);
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+\/)$/.exec(String(source?.s3Uri)) ?? [];
  const plain = source?.s3DataType === "S3Prefix" && source.compressionType === "None" && others.length === 0;
  if (!plain || bucket === undefined || prefix === undefined)
    throw new Unenforceable(
      `${urn}: primaryContainer.modelDataSource`,
      "only uncompressed files below one prefix can be run here",
    );
  const files = new Map(
    ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2")
      .filter((object) => object.inputs.bucket === bucket && String(object.inputs.key).startsWith(prefix))
      .map((object) => [String(object.inputs.key).slice(prefix.length), contentOf(object)] as const),
  );
  const model = String(recordOf(container.environment)[defaultModel]);
  const missing = [modelFile(model), `${model}/config.pbtxt`].find((path) => !files.has(path));
  if (missing !== undefined) throw new Unenforceable(urn, `there is no ${missing} below its prefix`);
  const [roleArn, image] = [inputs.executionRoleArn, String(container.image)];
  return { model, files, read: { urn, roleArn, bucket, prefix, paths: [...files.keys()], image } };
}

/** Path of the model's file in Triton's repository. */
export const modelFile = (model: string): string => `${model}/1/model.onnx`;

/** @throws Unenforceable for a key that leads out of the prefix, and for content that is no file */
function contentOf({ urn, inputs }: Resource): StoredFile {
  if (
    String(inputs.key)
      .split("/")
      .some((part) => part === "" || part === "." || part === "..")
  )
    throw new Unenforceable(`${urn}: key`, "it is no path below a folder");
  if (typeof inputs.content === "string") return { text: inputs.content };
  if (typeof inputs.contentBase64 === "string") return { base64: inputs.contentBase64 };
  const asset = recordOf(inputs.source).asset;
  if (asset === undefined) throw new Unenforceable(urn, "its content is neither a text nor a file");
  return asset as Asset["asset"];
}

function list(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
