// An existing VPC: whether its subnets are what the stack needs, and whether the training jobs find their endpoints there.

import { bad, type CheckResult, good, unknown } from "./check-result";
import type { CommandResult } from "./command";

type Settings = Readonly<Record<string, string>>;
type AwsCommand = (...args: string[]) => Promise<CommandResult>;

export function checkExistingVpc(aws: AwsCommand, settings: Settings): Promise<CheckResult>[] {
  return [subnets(aws, settings), ...(settings.sagemaker === "true" ? [endpoints(aws, settings)] : [])];
}

interface Subnet {
  readonly SubnetId: string;
  readonly VpcId: string;
  readonly AvailabilityZoneId: string;
}

async function subnets(aws: AwsCommand, { vpcId, subnetIds = "[]" }: Settings): Promise<CheckResult> {
  const ids = JSON.parse(subnetIds) as string[];
  const result = await aws("ec2", "describe-subnets", "--subnet-ids", ...ids);
  if (!result.ok) return bad(`subnets of the network: ${result.reason}: pulumi config set --path 'subnetIds[0]' <id>`);
  const { Subnets: found = [] } = result.json as { Subnets?: readonly Subnet[] };
  const strange = found.filter(({ VpcId }) => VpcId !== vpcId).map(({ SubnetId }) => SubnetId);
  if (strange.length > 0) return bad(`subnets of the network: not in vpcId: ${strange.join(", ")}`);
  const zones = new Set(found.map(({ AvailabilityZoneId }) => AvailabilityZoneId));
  return zones.size < 2
    ? bad(
        "subnets of the network: all are in one zone: pulumi config set --path 'subnetIds[1]' <id of a subnet in another>",
      )
    : good(`subnets of the network: ${found.length}, in ${zones.size} zones`);
}

/** Which the training jobs use, and the model function to read what they published. */
async function endpoints(aws: AwsCommand, { vpcId, awsRegion }: Settings): Promise<CheckResult> {
  const result = await aws("ec2", "describe-vpc-endpoints", "--filters", `Name=vpc-id,Values=${vpcId}`);
  if (!result.ok) return unknown(`endpoints of the network: ${result.reason}`);
  const { VpcEndpoints: found = [] } = result.json as { VpcEndpoints?: readonly { ServiceName: string }[] };
  const missing = ["s3", "logs", "monitoring"].filter(
    (service) => !found.some(({ ServiceName }) => ServiceName.endsWith(`.${awsRegion}.${service}`)),
  );
  return missing.length === 0
    ? good("endpoints of the network: S3, CloudWatch Logs and metrics")
    : unknown(
        `endpoints of the network: the VPC has none of its own for ${missing.join(", ")}: training jobs need another way there`,
      );
}
