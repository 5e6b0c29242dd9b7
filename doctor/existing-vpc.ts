// An existing VPC: whether its subnets are what the stack needs, and whether training jobs, engines and the function find their
// VPC endpoints there.

import { bad, type CheckResult, good, unknown } from "./check-result";
import type { CommandResult } from "./command";

type Settings = Readonly<Record<string, string>>;
type AwsCommand = (...args: string[]) => Promise<CommandResult>;

export function checkExistingVpc(aws: AwsCommand, settings: Settings): Promise<CheckResult>[] {
  const hosts = (JSON.parse(settings.endpoints || "[]") as unknown[]).length > 0;
  const services = [...(hosts || settings.sagemaker === "true" ? cloudWatchAndS3 : []), ...(hosts ? runtime : [])];
  return [subnets(aws, settings), ...(services.length > 0 ? [endpoints(aws, settings, services)] : [])];
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

interface Service {
  /** End of its name in a region. */
  readonly id: string;
  readonly title: string;
}

/** What SageMaker's instances use, and the model function to read what training jobs published. */
const cloudWatchAndS3: readonly Service[] = [
  { id: "s3", title: "S3" },
  { id: "logs", title: "CloudWatch Logs" },
  { id: "monitoring", title: "CloudWatch metrics" },
];

/** What the model function calls SageMaker endpoints by. */
const runtime: readonly Service[] = [{ id: "sagemaker.runtime", title: "SageMaker's runtime" }];

async function endpoints(
  aws: AwsCommand,
  { vpcId, awsRegion }: Settings,
  services: readonly Service[],
): Promise<CheckResult> {
  const result = await aws("ec2", "describe-vpc-endpoints", "--filters", `Name=vpc-id,Values=${vpcId}`);
  if (!result.ok) return unknown(`endpoints of the network: ${result.reason}`);
  const { VpcEndpoints: found = [] } = result.json as { VpcEndpoints?: readonly { ServiceName: string }[] };
  const missing = services.filter(
    ({ id }) => !found.some(({ ServiceName }) => ServiceName.endsWith(`.${awsRegion}.${id}`)),
  );
  return missing.length === 0
    ? good(`endpoints of the network: ${services.map(({ title }) => title).join(", ")}`)
    : unknown(
        `endpoints of the network: the VPC has none of its own for ${missing.map(({ id }) => id).join(", ")}: training jobs, engines and the function need another way there`,
      );
}
