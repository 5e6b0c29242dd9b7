// Stand-in for AWS Secrets Manager: its JSON protocol, for the secrets that the program declares.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html

import { randomUUID } from "node:crypto";
import { secretPaths } from "../../contract";
import { type Graph, ofType } from "../../graph/resource";
import type { Policy } from "../iam/policy";
import { denyingPolicyOf, permit } from "./permission";
import { SecretVersions } from "./secret-versions";
import { fieldsOf, json, type Service, type ServiceRequest, ServiceError } from "./service";

export interface LocalSecret {
  readonly arn: string;
  readonly name: string;
  /** Name of the client whose key it holds, read from the secret's name; empty for the shared key. */
  readonly client: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: SecretVersions;
  readonly policy: Policy | undefined;
  /** ARN of its rotation function; absent: it does not rotate. */
  readonly rotationFunction: string | undefined;
}

/** Matches the path that `secretPaths.client` in `contract.ts` builds. */
const clientIn = new RegExp(`^[^/]+/${secretPaths.client("([^/]+)")}/`);

/** @throws Unenforceable for a resource policy that cannot be evaluated here */
export function secretsOf(graph: Graph, clock: () => number): LocalSecret[] {
  return ofType(graph, "aws:secretsmanager/secret:Secret").map(({ id: arn, inputs, outputs }) => {
    const of = (type: string, key: string) => ofType(graph, type).find(({ inputs }) => inputs[key] === arn);
    const policy = of("aws:secretsmanager/secretPolicy:SecretPolicy", "secretArn");
    const rotation = of("aws:secretsmanager/secretRotation:SecretRotation", "secretId");
    return {
      arn,
      name: String(outputs.name),
      client: clientIn.exec(String(outputs.name))?.[1] ?? "",
      tags: (inputs.tags ?? {}) as Record<string, string>,
      versions: new SecretVersions(clock),
      policy: policy && denyingPolicyOf(policy, "secretsmanager"),
      rotationFunction: rotation && String(rotation.inputs.rotationLambdaArn),
    };
  });
}

type Fields = Readonly<Record<string, unknown>>;
type Operation = (secret: LocalSecret, fields: Fields) => unknown;

/** Starts a rotation and returns without waiting for it. @throws ServiceError if one is pending */
export type Rotate = (secret: LocalSecret, token: string) => void;

const target = "secretsmanager.";
const type = "application/x-amz-json-1.1";

export function secretsManager(region: string, secrets: readonly LocalSecret[], rotate: Rotate): Service {
  const operations = new Map(Object.entries({ ...reads, ...writes, RotateSecret: rotateBy(rotate) }));
  const operationOf = (request: ServiceRequest) => (request.header("x-amz-target") ?? "").slice(target.length);
  return {
    name: "secretsmanager",
    region,
    operationOf,
    respond: async (request) => {
      const name = operationOf(request);
      const operation = operations.get(name);
      if (operation === undefined) throw new ServiceError(400, "UnknownOperationException", "no such operation here");
      const fields = fieldsOf(request);
      const secret = secrets.find(({ arn, name: own }) => [arn, own].includes(String(fields.SecretId)));
      // Permission is checked first, as in AWS: a caller without it must not learn whether the secret exists.
      const resource = secret?.arn ?? String(fields.SecretId);
      permit(request.principal, request.at, {
        action: `secretsmanager:${name}`,
        resource,
        resourcePolicy: secret?.policy,
      });
      if (secret === undefined) {
        throw new ServiceError(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
      }
      return Promise.resolve(json(200, operation(secret, fields), type));
    },
  };
}

const reads: Readonly<Record<string, Operation>> = {
  DescribeSecret: ({ arn, name, tags, versions, rotationFunction }) => ({
    ARN: arn,
    Name: name,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    RotationEnabled: rotationFunction !== undefined,
    RotationLambdaARN: rotationFunction,
    VersionIdsToStages: Object.fromEntries(versions.list().map(([id, { labels }]) => [id, [...labels]])),
  }),
  GetSecretValue: ({ arn, name, versions }, fields) => {
    const { id, version } = versions.read(text(fields.VersionId), text(fields.VersionStage));
    return {
      ARN: arn,
      Name: name,
      VersionId: id,
      SecretString: version.value,
      VersionStages: [...version.labels],
      CreatedDate: version.createdAt / 1000,
    };
  },
  ListSecretVersionIds: ({ arn, name, versions }) => ({
    ARN: arn,
    Name: name,
    Versions: versions.list().map(([VersionId, { labels, createdAt }]) => ({
      VersionId,
      VersionStages: [...labels],
      CreatedDate: createdAt / 1000,
    })),
  }),
};

const writes: Readonly<Record<string, Operation>> = {
  PutSecretValue: ({ arn, name, versions }, fields) => {
    const value = text(fields.SecretString);
    if (value === undefined) throw new ServiceError(400, "InvalidParameterException", "You must provide SecretString.");
    const id = text(fields.ClientRequestToken) ?? randomUUID();
    const labels = fields.VersionStages as string[] | undefined;
    const version = versions.put(id, value, labels);
    return { ARN: arn, Name: name, VersionId: id, VersionStages: [...version.labels] };
  },
  UpdateSecretVersionStage: ({ arn, name, versions }, fields) => {
    versions.update(String(fields.VersionStage), text(fields.MoveToVersionId), text(fields.RemoveFromVersionId));
    return { ARN: arn, Name: name };
  },
};

function rotateBy(rotate: Rotate): Operation {
  return (secret, fields) => {
    const token = text(fields.ClientRequestToken) ?? randomUUID();
    rotate(secret, token);
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
