// A graph with endpoints put in by hand, so that a test can make what the program never does.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate } from "../../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../../graph/resource";

export const fixtures = join(__dirname, "../../fixtures/models");

export interface MadeEndpoint {
  readonly name: string;
  /** Folder of the model's files. */
  readonly folder: string;
  /** Other inputs of the production variant, the configuration, the model, and its data source. */
  readonly variant?: object;
  readonly configuration?: object;
  readonly source?: object;
  /** What the model's role may do; all that it needs by default. */
  readonly roleActions?: readonly string[];
}

const needed = ["s3:ListBucket", "s3:GetObject", "kms:Decrypt", "ecr:*"];

const region = "us-east-1";
const account = "123456789012";
export const arnOf = (name: string): string => `arn:aws:sagemaker:${region}:${account}:endpoint/${name}`;

/** The dev stack's graph with these endpoints. @param allowed the endpoints that the model function may invoke */
export async function withEndpoints(
  endpoints: readonly MadeEndpoint[],
  allowed: readonly string[] = endpoints.map(({ name }) => name),
): Promise<Graph> {
  const graph = await evaluate({ stack: "dev", set: {} });
  const model = modelFunction(graph);
  const role = ofType(graph, "aws:iam/role:Role").find(({ outputs }) => outputs.arn === model.inputs.role)!;
  const statement = { Effect: "Allow", Action: "sagemaker:InvokeEndpoint", Resource: allowed.map(arnOf) };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const resources = [
    ...(allowed.length === 0
      ? []
      : [made("aws:iam/rolePolicy:RolePolicy", "invoke", { role: role.outputs.name, policy })]),
    ...endpoints.flatMap((endpoint) => resourcesOf(endpoint, codeBucket(graph))),
  ];
  return { ...graph, resources: [...graph.resources, ...resources] };
}

function codeBucket(graph: Graph): string {
  const { inputs } = modelFunction(graph);
  return String(inputs.s3Bucket);
}

export function modelFunction(graph: Graph): Resource {
  return ofType(graph, "aws:lambda/function:Function").find(({ name }) => name.includes("model"))!;
}

/** The digest of a model's file. */
export function digestOf(folder: string): string {
  return createHash("sha256")
    .update(readFileSync(join(folder, "model.onnx")))
    .digest("hex");
}

function resourcesOf(endpoint: MadeEndpoint, bucket: string): Resource[] {
  const { name, folder, variant, configuration, source, roleActions = needed } = endpoint;
  const digest = digestOf(folder);
  const prefix = `endpoints/${name}/0123/`;
  const object = (key: string, content: object) =>
    made("aws:s3/bucketObjectv2:BucketObjectv2", `${name}-${key}`, {
      bucket,
      key: `${prefix}${digest}/${key}`,
      ...content,
    });
  const s3 = { s3Uri: `s3://${bucket}/${prefix}`, s3DataType: "S3Prefix", compressionType: "None", ...source };
  const statement = { Effect: "Allow", Action: roleActions, Resource: "*" };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const executionRoleArn = `arn:aws:iam::${account}:role/${name}`;
  const container = {
    image: `763104351884.dkr.ecr.${region}.amazonaws.com/sagemaker-tritonserver:25.04-py3`,
    environment: { SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: digest },
    modelDataSource: { s3DataSources: [s3] },
  };
  return [
    object("config.pbtxt", { content: `name: "${digest}"\n` }),
    ...readdirSync(folder).map((file) => object(`1/${file}`, { source: { asset: { path: join(folder, file) } } })),
    made("aws:sagemaker/model:Model", `${name}-${digest.slice(0, 12)}`, {
      ...{ executionRoleArn, primaryContainer: container },
    }),
    made("aws:iam/role:Role", `${name}-role`, {}, { arn: executionRoleArn }),
    made("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, { role: `${name}-role`, policy }),
    made("aws:sagemaker/endpointConfiguration:EndpointConfiguration", name, {
      productionVariants: [{ modelName: `${name}-${digest.slice(0, 12)}`, variantName: "only", ...variant }],
      ...configuration,
    }),
    made("aws:sagemaker/endpoint:Endpoint", name, { endpointConfigName: name }, { arn: arnOf(name) }),
  ];
}

function made(type: string, name: string, inputs: object, outputs: object = {}): Resource {
  return {
    type,
    name,
    urn: `urn:pulumi:dev::model-serving::${type}::${name}`,
    id: name,
    parent: "",
    inputs: inputs as Resource["inputs"],
    outputs: { ...inputs, name, ...outputs },
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: false,
    secrets: [],
  };
}
