// The private network's only path to the endpoints: an interface endpoint of SageMaker's runtime. Guarantees: only calls of
// these endpoints pass, from the model function's security group, with credentials of this account.

import { SecurityGroup, VpcEndpoint } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { endpointPolicy, invokeStatements } from "../base/policy-statements";
import { endpointService, type Location } from "../base/location";
import { https } from "./instance-network";

export interface RuntimeEndpointArgs {
  readonly location: Location;
  readonly vpcId: pulumi.Input<string>;
  /** One in each zone: without it no such model answers, so it must not depend on one. */
  readonly subnetIds: pulumi.Input<string[]>;
  /** The model function's security group. */
  readonly callers: pulumi.Input<string>;
  /** Names of the endpoints. */
  readonly endpoints: readonly string[];
}

export class RuntimeEndpoint extends pulumi.ComponentResource {
  constructor(name: string, args: RuntimeEndpointArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:RuntimeEndpoint", name, {}, options);
    const { location, vpcId } = args;
    const group = new SecurityGroup(
      `${name}-group`,
      {
        vpcId,
        description: "Endpoint of SageMaker's runtime: in from the model function; nothing out",
        ingress: [{ ...https, securityGroups: [args.callers], description: "The model function: calls of endpoints" }],
        egress: [],
      },
      { parent: this },
    );
    new VpcEndpoint(
      `${name}-endpoint`,
      {
        vpcId,
        vpcEndpointType: "Interface",
        serviceName: endpointService(location.region, "sagemaker.runtime"),
        subnetIds: args.subnetIds,
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        policy: JSON.stringify(endpointPolicy(location, invokeStatements(location, args.endpoints))),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
