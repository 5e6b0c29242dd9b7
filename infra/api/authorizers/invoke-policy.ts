// A managed policy that lets a caller's role call the API under IAM. Separate from the API because the callers are
// outside the stack. Guarantees: it allows the routes of this API and stage, and nothing else.

import { Policy } from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { routes } from "../documents/routes";
import { arn, type Location } from "../../base/location";

export interface InvokePolicyArgs {
  readonly location: Location;
  readonly apiId: pulumi.Input<string>;
  readonly stageName: string;
  /** The plain route, for example `/mymodel`. */
  readonly plainPath: string;
}

export class InvokePolicy extends pulumi.ComponentResource {
  readonly policyArn: pulumi.Output<string>;

  constructor(name: string, args: InvokePolicyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:InvokePolicy", name, {}, options);
    const policy = new Policy(
      `${name}-policy`,
      {
        description: `Call the routes of ${args.location.prefix} ${args.stageName}`,
        policy: pulumi
          .output(args.apiId)
          .apply((id) => JSON.stringify(invokePolicy(args.location, id, args.stageName, args.plainPath))),
      },
      { parent: this },
    );
    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}

/** One ARN for each route, with `*` only in place of a path parameter. */
export function invokePolicy(location: Location, apiId: string, stageName: string, plainPath: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "execute-api:Invoke",
        Resource: routes(plainPath).map(({ method, path }) =>
          arn(location, "execute-api", `${apiId}/${stageName}/${method.toUpperCase()}${path.replace(/\{\w+\}/g, "*")}`),
        ),
      },
    ],
  };
}
