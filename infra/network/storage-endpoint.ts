// The private network's only path to S3: a gateway endpoint, a route within AWS that is free of charge. Separate from
// the network because its policy names buckets of components that are created after the network. Guarantees: only what
// its users may do anyway passes, with credentials of this account, and nothing else.

import { getRouteTableOutput, VpcEndpoint } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../base/code-store";
import { type Allowed, endpointPolicy, repositoryStatements } from "../base/policy-statements";
import { endpointService, type Location } from "../base/location";
import type { Settings } from "../settings/settings";

export interface StorageEndpointArgs {
  readonly location: Location;
  readonly vpcId: pulumi.Input<string>;
  /** Subnets whose route tables get the route to S3; one for each zone. */
  readonly subnetIds: pulumi.Output<string[]>;
  /** Number of the subnets. */
  readonly zones: number;
  readonly settings: Pick<Settings, "endpoints">;
  /** Holds the models of endpoints. */
  readonly codeStore: Pick<CodeStore, "bucketArn">;
  /** Says what its jobs, and the model function if there is one, may do in S3; absent: there is none. */
  readonly training: { storage(serving: boolean): pulumi.Output<Allowed[]> } | undefined;
  /** Whether there is a model function. */
  readonly serving: boolean;
}

export class StorageEndpoint extends pulumi.ComponentResource {
  constructor(name: string, args: StorageEndpointArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:StorageEndpoint", name, {}, options);
    const { location, vpcId, subnetIds, zones } = args;
    const models = args.settings.endpoints.map(({ model }) => model);
    const statements = pulumi
      .all([args.training?.storage(args.serving) ?? [], args.codeStore.bucketArn])
      .apply(([ofTraining, bucketArn]) => [
        ...ofTraining,
        ...(models.length > 0 ? repositoryStatements(bucketArn, models) : []),
      ]);
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
        policy: statements.apply((all) => JSON.stringify(endpointPolicy(location, all))),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
