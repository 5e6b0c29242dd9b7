// An existing VPC: its subnets, routes, endpoints and flow log are its owner's; the stack adds security groups alone. Guarantees:
// nothing enters, what goes out is restricted, and the subnets lie in the VPC, in its range and in two zones.

import { getSubnet, SecurityGroup } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { ProviderResource } from "@pulumi/pulumi";
import type { Location, VpcConfig } from "../base/location";
import { userError } from "../base/user-error";
import type { FunctionNetwork } from "../function/function-network";
import { liesIn } from "../settings/network-settings";
import type { Settings } from "../settings/settings";
import { https, s3Addresses } from "./instance-network";
import { authorizersUseNat, endpointNames, functionEgress, functionGroup } from "./network";

export interface ExistingNetworkArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** Whether the model function is deployed. */
  readonly serving: boolean;
}

export class ExistingNetwork extends pulumi.ComponentResource {
  /** Placement of the model function; absent if it is not deployed. */
  readonly isolated?: FunctionNetwork;
  /** Placement of authorizers, which leave by the VPC's own way; absent: they run outside the VPC. */
  readonly throughNat?: FunctionNetwork;
  /** Placement of the training jobs; absent without the module `sagemaker`. */
  readonly jobs?: pulumi.Output<VpcConfig>;
  /** Placement of the endpoints' engines; absent without endpoints. */
  readonly engines?: pulumi.Output<VpcConfig>;
  /** The owner's: they get no endpoint from this stack. */
  readonly subnets = undefined;
  readonly runtime = undefined;

  constructor(name: string, args: ExistingNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ExistingNetwork", name, {}, options);
    const { location, settings } = args;
    const { vpcId, networkRange } = settings;
    const subnetIds = [...settings.subnetIds];
    const group = (role: string, description: string, egress: object[]) =>
      new SecurityGroup(
        `${name}-${role}`,
        { vpcId, description, ingress: [], egress: egress as never },
        { parent: this },
      ).id;
    const endpoints = args.serving ? endpointNames(location, settings) : [];
    const storage = settings.sagemaker || endpoints.length > 0 ? s3Addresses(location, this) : undefined;
    const instances = (role: string, who: string, reads: string, from: pulumi.Input<string>) =>
      group(role, `${who}: nothing in; out to S3 and the endpoints of CloudWatch`, [
        { ...https, prefixListIds: [from], description: `S3 of this region: ${reads}` },
        { ...https, cidrBlocks: [networkRange], description: "Endpoints of CloudWatch: logs and metrics" },
      ]).apply((id) => ({ subnets: subnetIds, securityGroups: [id] }));
    const withNat = authorizersUseNat(settings);
    // The VPC's default group may allow anything: it is not this stack's.
    const closedGroupId =
      args.serving || withNat
        ? group("closed", "Of functions that are being deleted: nothing in, nothing out", [])
        : "";
    const placed = (securityGroupId: pulumi.Input<string>) => ({ subnetIds, closedGroupId, securityGroupId });
    if (args.serving) {
      const egress = functionEgress(
        settings.sagemaker ? storage : undefined,
        endpoints.length > 0 ? [networkRange] : [],
      );
      this.isolated = placed(group("isolated", functionGroup(endpoints.length > 0), egress));
    }
    if (storage !== undefined && settings.sagemaker)
      this.jobs = instances("jobs-group", "Training jobs", "the training bucket", storage);
    if (storage !== undefined && endpoints.length > 0)
      this.engines = instances("jobs-engines", "Engines of endpoints", "their models", storage);
    if (withNat)
      this.throughNat = placed(
        group(
          "issuers",
          "Authorizers: nothing in; out to issuers over HTTPS, whose addresses nobody knows beforehand",
          [{ ...https, cidrBlocks: ["0.0.0.0/0"], description: "Issuers of tokens, anywhere" }],
        ),
      );
    this.registerOutputs({});
  }
}

/**
 * Looks the subnets up. @throws pulumi.RunError if one is not in the VPC or in its range, or if all are in one zone
 */
export async function requireSubnets(
  { vpcId, subnetIds, networkRange }: Pick<Settings, "vpcId" | "subnetIds" | "networkRange">,
  provider: ProviderResource,
): Promise<void> {
  const zones = new Set<string>();
  for (const [index, id] of subnetIds.entries()) {
    const cure = `pulumi config set --path 'subnetIds[${index}]' <id>`;
    const subnet = await getSubnet({ id, vpcId }, { provider }).catch((error: Error) => {
      throw userError(`subnetIds[${index}]: is no subnet of vpcId (${error.message.split("\n")[0]}): ${cure}`);
    });
    // Not known where the program is evaluated without an account.
    const known = (subnet as Partial<typeof subnet>).cidrBlock !== undefined;
    if (known && !liesIn(subnet.cidrBlock, networkRange))
      throw userError(
        `networkRange: does not hold subnetIds[${index}], ${subnet.cidrBlock}: pulumi config set networkRange <the VPC's range>`,
      );
    zones.add(subnet.availabilityZone);
  }
  if (zones.size < 2)
    throw userError(
      "subnetIds: are all in one zone: pulumi config set --path 'subnetIds[1]' <id of a subnet in another>",
    );
}
