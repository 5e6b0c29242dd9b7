// A Lambda function with what every function of this project needs. Guarantees: a role limited to the listed actions,
// an encrypted log group that expires, an encrypted environment, traces, and a published version behind an alias.

import { LogGroup } from "@pulumi/aws/cloudwatch";
import { Role, RolePolicy } from "@pulumi/aws/iam";
import { Alias, Function, Permission } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { runtime } from "../../bundling";
import { arn, type Location } from "../base/location";
import type { MonitoredFunction } from "../base/monitored";
import { serviceTrust } from "../base/policy-statements";
import { type FunctionNetwork, networkStatements, vpcArguments } from "./function-network";
import type { Warmth } from "../settings/warm-settings";
import { architecture } from "./layer";
import { WarmCapacity } from "./warm-capacity";

/** Location of a function's code in S3. */
export interface FunctionCode {
  readonly s3Bucket: pulumi.Input<string>;
  readonly s3Key: pulumi.Input<string>;
  readonly s3ObjectVersion: pulumi.Input<string>;
}

export interface ServerlessFunctionArgs {
  readonly location: Location;
  /** Last part of the physical name: `<prefix>-<role>`. */
  readonly role: string;
  /** `<file>.<export>` in the code. */
  readonly handler: string;
  readonly code: FunctionCode;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** KMS key of the environment and the logs. */
  readonly keyArn: pulumi.Input<string>;
  /** MB. */
  readonly memory: number;
  /** Seconds. Behind API Gateway less than its 29, so that the log shows the function's own error. */
  readonly timeout: number;
  readonly layers?: readonly pulumi.Input<string>[];
  /**
   * Reserved concurrent executions; absent or 0: none, so that it shares the account's (AWS's own 0 would disable it).
   */
  readonly concurrency?: number;
  /** Whether a setting can put the function into a VPC: its role then always has the rights to enter and leave one. */
  readonly joinsNetworks: boolean;
  /** VPC placement; absent: outside any VPC, in Lambda's own network with internet access. */
  readonly network?: FunctionNetwork;
  /** What its code calls, and so has to be there before it. */
  readonly after?: readonly pulumi.Resource[];
}

/** Name of the alias that callers invoke: a new version takes over in one step. */
const aliasName = "live";

export class ServerlessFunction extends pulumi.ComponentResource {
  readonly functionName: string;
  /** ARN of the alias, known before anything is deployed. */
  readonly aliasArn: string;
  /** The execution role. */
  readonly role: Role;
  /** Unqualified ARN, for services that cannot invoke an alias; known only once the function exists. */
  readonly arn: pulumi.Output<string>;
  readonly monitored: MonitoredFunction;
  private readonly alias: Alias;

  constructor(name: string, args: ServerlessFunctionArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Function", name, {}, options);
    const { location } = args;
    this.functionName = `${location.prefix}-${args.role}`;
    this.aliasArn = arn(location, "lambda", `function:${this.functionName}:${aliasName}`);

    this.monitored = {
      name,
      functionName: this.functionName,
      ...(args.concurrency ? { reserved: args.concurrency } : {}),
    };
    const logGroup = new LogGroup(
      `${name}-logs`,
      { name: `/aws/lambda/${this.functionName}`, retentionInDays: 365, kmsKeyId: args.keyArn },
      { parent: this },
    );
    this.role = new Role(`${name}-role`, { assumeRolePolicy: JSON.stringify(trust) }, { parent: this });
    const policy = new RolePolicy(
      `${name}-policy`,
      {
        role: this.role.name,
        policy: pulumi
          .output(args.keyArn)
          .apply((key) => JSON.stringify(rolePolicy(location, this.functionName, key, args.joinsNetworks))),
      },
      { parent: this },
    );
    const lambda = new Function(
      `${name}-function`,
      {
        name: this.functionName,
        role: this.role.arn,
        runtime: runtime.lambda,
        architectures: [architecture.lambda],
        handler: args.handler,
        ...args.code,
        layers: [...(args.layers ?? [])],
        environment: { variables: args.environment },
        kmsKeyArn: args.keyArn,
        memorySize: args.memory,
        timeout: args.timeout,
        tracingConfig: { mode: "Active" },
        loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
        publish: true,
        ...(args.network === undefined ? {} : vpcArguments(args.network)),
        ...(args.concurrency ? { reservedConcurrentExecutions: args.concurrency } : {}),
      },
      { parent: this, dependsOn: [policy, ...(args.after ?? [])] },
    );
    this.arn = lambda.arn;
    this.alias = new Alias(
      `${name}-alias`,
      { name: aliasName, functionName: lambda.name, functionVersion: lambda.version },
      { parent: this },
    );
    this.registerOutputs({ functionName: this.functionName });
  }

  /** Keeps environments of the alias initialised. */
  keepWarm(name: string, warmth: Warmth, parent: pulumi.Resource): void {
    const { functionName, alias } = this;
    new WarmCapacity(name, { functionName, aliasName, alias, warmth }, { parent });
  }

  /** Lets API Gateway invoke the alias for the given execute-api ARN, and for nothing else. */
  allowApiGateway(name: string, sourceArn: pulumi.Input<string>, parent: pulumi.Resource): void {
    this.allow(name, "apigateway.amazonaws.com", sourceArn, parent);
  }

  /** Lets a service invoke the alias on behalf of one resource, and for nothing else. */
  allow(name: string, principal: string, sourceArn: pulumi.Input<string>, parent: pulumi.Resource): Permission {
    return new Permission(
      name,
      {
        function: this.alias.functionName,
        qualifier: this.alias.name,
        action: "lambda:InvokeFunction",
        principal,
        sourceArn,
      },
      { parent },
    );
  }
}

/** Only Lambda may assume the role. */
export const trust = serviceTrust("lambda");

/**
 * Allows writing to its own log group, sending traces and decrypting its environment; with `joinsNetworks`, also being
 * attached to a VPC and detached from it.
 */
export function rolePolicy(location: Location, functionName: string, keyArn: string, joinsNetworks: boolean): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: arn(location, "logs", `log-group:/aws/lambda/${functionName}:*`),
      },
      {
        Sid: "Traces",
        Effect: "Allow",
        // X-Ray supports no resource-level permissions for these two actions.
        Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        Resource: "*",
      },
      {
        Sid: "Environment",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: keyArn,
      },
      ...(joinsNetworks ? networkStatements(arn(location, "lambda", `function:${functionName}`)) : []),
    ],
  };
}
