// The private network's one way to S3: a route within AWS, free of charge. Separate from the network, since its policy names the
// buckets, whose users stand in the network. Guarantees: what its users may do passes, for this account, and nothing else.

import { getRouteTableOutput, VpcEndpoint } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { endpointPolicy } from "./parts/endpoint-policy";
import type { Location } from "./parts/location";
import { jobStorage } from "./parts/step-roles";
import { readerStatements } from "./parts/published-bucket";

export interface StorageEndpointArgs {
  readonly location: Location;
  readonly vpcId: pulumi.Input<string>;
  /** Whose routes it joins; one for each zone. */
  readonly subnetIds: pulumi.Output<string[]>;
  readonly zones: number;
  /** Bucket of the training: jobs read and write their prefixes. */
  readonly trainingBucketArn: pulumi.Input<string>;
  /** Bucket of the published models, where the model function reads it. */
  readonly modelsBucketArn: pulumi.Input<string> | undefined;
}

export class StorageEndpoint extends pulumi.ComponentResource {
  constructor(name: string, args: StorageEndpointArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:StorageEndpoint", name, {}, options);
    const { location, vpcId, subnetIds, zones } = args;
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
        serviceName: `com.amazonaws.${location.region}.s3`,
        routeTableIds: tables,
        policy: pulumi
          .all([args.trainingBucketArn, args.modelsBucketArn])
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
