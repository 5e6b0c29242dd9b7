// The private network's only path to S3: a gateway endpoint, a route within AWS that is free of charge. Separate from
// the network because its policy names buckets of components that are created after the network. Guarantees: only what
// its users may do anyway passes, with credentials of this account, and nothing else.

import { getRouteTableOutput, VpcEndpoint } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { endpointPolicy, readerStatements } from "../base/policy-statements";
import { endpointService, type Location } from "../base/location";
import type { Sagemaker } from "./sagemaker";
import { jobStorage } from "./pipeline/step-roles";

export interface StorageEndpointArgs {
  readonly location: Location;
  readonly vpcId: pulumi.Input<string>;
  /** Subnets whose route tables get the route to S3; one for each zone. */
  readonly subnetIds: pulumi.Output<string[]>;
  /** Number of the subnets. */
  readonly zones: number;
  /** Its jobs read and write their prefixes in the training bucket; the model function reads the published models. */
  readonly training: Pick<Sagemaker, "trainingBucketArn" | "published">;
  /** Whether there is a model function. */
  readonly serving: boolean;
}

export class StorageEndpoint extends pulumi.ComponentResource {
  constructor(name: string, args: StorageEndpointArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:StorageEndpoint", name, {}, options);
    const { location, vpcId, subnetIds, zones } = args;
    const { trainingBucketArn, published } = args.training;
    const modelsBucketArn = args.serving ? published.bucketArn : undefined;
    const tables = Array.from(
      { length: zones },
      (_, zone) =>
        getRouteTableOutput({ subnetId: subnetIds.apply((ids) => ids[zone]!) }, { parent: this }).routeTableId,
    );
    new VpcEndpoint(
      `${name}-s3`,
      {
        vpcId,
        vpcEndpointType: "Gateway",
        serviceName: endpointService(location.region, "s3"),
        routeTableIds: tables,
        policy: pulumi
          .all([trainingBucketArn, modelsBucketArn])
          .apply(([training, models]) =>
            JSON.stringify(
              endpointPolicy(location, [
                ...jobStorage(training),
                ...(models === undefined ? [] : readerStatements(models)),
              ]),
            ),
          ),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
