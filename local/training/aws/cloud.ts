// The AWS services that functions of the module `sagemaker` call, as local stand-ins: S3 and the model registry. Calls
// are authorized by the roles that the program declares. Published models are kept in a folder that all runs of a stack
// share.

import { join } from "node:path";
import { environment } from "../../../contract";
import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { openEndpoint } from "../../aws/endpoint";
import { roleOf } from "../../aws/principals";
import type { ServiceRequest } from "../../aws/service";
import type { Authority } from "../../certificates/authority";
import { accountOf, type Principal } from "../../iam/identities";
import { type Actor, Buckets } from "./buckets";
import { type LocalPipeline, pipelineOf } from "../definition/definition";
import { ObjectFiles } from "./object-files";
import { Registry } from "./registry";
import { s3 } from "./s3";

export interface TrainingCloudOptions {
  readonly graph: Graph;
  readonly authority: Authority;
  /** Secret from which the credentials of the roles are derived. */
  readonly seed: Buffer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Folder of this stack's objects and model packages. */
  readonly folder: string;
}

export interface TrainingCloud {
  readonly pipeline: LocalPipeline;
  readonly buckets: Buckets;
  readonly registry: Registry;
  readonly files: ObjectFiles;
  readonly region: string;
  readonly account: string;
  readonly publisherName: string;
  /** ARN of the publisher's alias `live`. */
  readonly publisherArn: string;
  /** Name of the bucket that holds the published models. */
  readonly modelsBucket: string;
  /** Environment variables to add to a function's own: its credentials, and the endpoints of the stand-ins. */
  variablesOf(functionName: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Seconds between the model function's checks for a new live model; the stack sets a longer interval. */
const refresh = "1";

/** @returns `undefined` if the program has no pipeline. @throws Unenforceable for a policy that cannot be evaluated */
export async function openTrainingCloud(options: TrainingCloudOptions): Promise<TrainingCloud | undefined> {
  const { graph, seed, clock, folder } = options;
  if (ofType(graph, "aws:sagemaker/pipeline:Pipeline").length === 0) return undefined;
  const pipeline = pipelineOf(graph);
  const users = ofType(graph, "aws:lambda/function:Function").filter(
    (lambda) => environment.modelsBucket in variables(lambda),
  );
  const publisher = users.find((lambda) => environment.modelPackageGroup in variables(lambda))!;
  const publisherName = String(publisher.outputs.name);
  const publisherArn = String(publisher.outputs.arn);
  const region = publisherArn.split(":")[3]!;
  const account = accountOf(graph).id;
  const modelsBucket = variables(publisher)[environment.modelsBucket]!;
  const files = new ObjectFiles(join(folder, "s3"));
  const buckets = new Buckets(graph, [pipeline.bucket, modelsBucket], files, clock);
  const group = variables(publisher)[environment.modelPackageGroup]!;
  const registry = new Registry({ region, account, group, folder: join(folder, "registry") }, clock);

  const roles = new Map(users.map((lambda) => [String(lambda.outputs.name), roleOf(graph, lambda, seed)]));
  const functionOf = (principal: Principal): string | undefined =>
    [...roles].find(([, role]) => role.accessKeyId === principal.accessKeyId)?.[0];
  const actorOf = ({ principal }: ServiceRequest): Actor => {
    const name = functionOf(principal);
    const lambda = users.find(({ outputs }) => outputs.name === name);
    return lambda === undefined ? { principal } : { principal, functionArn: String(lambda.outputs.arn) };
  };
  const server = await openEndpoint({
    services: [s3(region, buckets, actorOf), registry.service()],
    identities: { byAccessKeyId: (id) => [...roles.values()].find(({ accessKeyId }) => accessKeyId === id) },
    clock,
    tls: await options.authority.server(["localhost"]),
    watch: () => Promise.resolve(),
  });
  const url = `https://localhost:${server.port}`;
  return {
    ...{ pipeline, buckets, registry, files, region, account, publisherName, modelsBucket },
    publisherArn: `${publisherArn}:live`,
    variablesOf: (name): Record<string, string> => {
      const role = roles.get(name);
      if (role === undefined) return {};
      return {
        AWS_ACCESS_KEY_ID: role.accessKeyId,
        AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
        AWS_SESSION_TOKEN: role.sessionToken!,
        AWS_ENDPOINT_URL_S3: url,
        AWS_ENDPOINT_URL_SAGEMAKER: url,
        [environment.modelsRefresh]: refresh,
      };
    },
    close: () => server.close(0),
  };
}

function variables({ inputs }: Resource): Record<string, string> {
  return (inputs.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};
}
