// Read-only checks of what endpoints need of the account: instances of their types, the engine's image, and that none is being
// changed or has failed.

import type { Graph, Resource } from "../graph/resource";
import { bad, type CheckResult, good, unknown } from "./check-result";
import type { CommandResult } from "./command";

type AwsCommand = (...args: string[]) => Promise<CommandResult>;

/** What a stack's endpoint runs on. */
interface Fleet {
  readonly endpoint: string;
  readonly instanceType: string;
  readonly minInstances: number;
  readonly maxInstances: number;
}

export function checkEndpoints(aws: AwsCommand, graph: Graph): Promise<CheckResult>[] {
  const fleets = fleetsOf(graph);
  if (fleets.length === 0) return [];
  const images = new Set(graph.resources.filter(({ type }) => type === "aws:sagemaker/model:Model").map(imageOf));
  return [
    instances(aws, fleets),
    ...[...images].map((uri) => image(aws, uri)),
    ...fleets.map(({ endpoint }) => state(aws, endpoint)),
  ];
}

function fleetsOf({ resources }: Graph): Fleet[] {
  const named = (type: string, is: (resource: Resource) => boolean) =>
    resources.find((resource) => resource.type === type && is(resource));
  return resources
    .filter(({ type }) => type === "aws:sagemaker/endpoint:Endpoint")
    .map(({ inputs }) => {
      const configuration = named(
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        ({ outputs }) => outputs.name === inputs.endpointConfigName,
      );
      const [variant] = configuration!.inputs.productionVariants as [
        { instanceType: string; initialInstanceCount: number },
      ];
      const range = named("aws:appautoscaling/target:Target", ({ inputs: { resourceId } }) =>
        String(resourceId).startsWith(`endpoint/${String(inputs.name)}/`),
      );
      return {
        endpoint: String(inputs.name),
        instanceType: variant.instanceType,
        minInstances: variant.initialInstanceCount,
        maxInstances: Number(range?.inputs.maxCapacity ?? variant.initialInstanceCount),
      };
    });
}

/**
 * The quota of each instance type, which most accounts have to ask for: it is 0 at first. An update needs twice the
 * instances, the new ones beside the old.
 * Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html (`<type> for endpoint usage`)
 */
async function instances(aws: AwsCommand, fleets: readonly Fleet[]): Promise<CheckResult> {
  const names = [...new Set(fleets.map(({ instanceType }) => `${instanceType} for endpoint usage`))];
  const applied = await quotas(aws, "list-service-quotas");
  if (!Array.isArray(applied)) return unknown(`endpoints' quotas: ${applied}`);
  // What was never changed may stand among the defaults alone.
  const all = names.every((name) => applied.some((quota) => quota.name === name))
    ? applied
    : [...applied, ...(await defaults(aws))];
  const lines = names.map((name) => {
    const own = fleets.filter(({ instanceType }) => name.startsWith(`${instanceType} `));
    const sum = (of: (fleet: Fleet) => number) => own.reduce((total, fleet) => total + of(fleet), 0);
    const most = sum(({ maxInstances }) => maxInstances);
    const needed = Math.max(most, 2 * sum(({ minInstances }) => minInstances));
    const { value, code } = all.find((quota) => quota.name === name) ?? {};
    return { type: own[0]!.instanceType, needed, value, code };
  });
  const text = ({ type, needed, value }: (typeof lines)[number]) =>
    `${type}: ${needed} are needed, ${value ?? "an unknown number"} can be`;
  const short = lines.filter(({ value, needed }) => value !== undefined && value < needed);
  if (short.length > 0) {
    const [{ type, code, needed }] = short as [(typeof lines)[number]];
    return bad(
      `endpoints' quotas (an update needs twice the instances): ${short.map(text).join("; ")}: aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code ${code} --desired-value ${needed}, or another instanceType than ${type}`,
    );
  }
  const known = lines.every(({ value }) => value !== undefined) ? good : unknown;
  return known(`endpoints' quotas: ${lines.map(text).join("; ")}`);
}

interface Quota {
  readonly name: string;
  readonly code: string;
  readonly value: number;
}

/** The quotas of instances of endpoints, or why they cannot be read. */
async function quotas(aws: AwsCommand, command: string): Promise<readonly Quota[] | string> {
  const query = "Quotas[?ends_with(QuotaName, ' for endpoint usage')].{name: QuotaName, code: QuotaCode, value: Value}";
  const result = await aws("service-quotas", command, "--service-code", "sagemaker", "--query", query);
  return result.ok ? (result.json as Quota[]) : result.reason;
}

async function defaults(aws: AwsCommand): Promise<readonly Quota[]> {
  const found = await quotas(aws, "list-aws-default-service-quotas");
  return Array.isArray(found) ? (found as readonly Quota[]) : [];
}

function imageOf({ inputs }: Resource): string {
  return String((inputs.primaryContainer as { image?: unknown } | undefined)?.image);
}

/** Whether the image's registry has it. Registries of others show their images only if they let us. */
async function image(aws: AwsCommand, uri: string): Promise<CheckResult> {
  const [, registry = "", repository = "", tag, digest] =
    /^(\d+)\.dkr\.ecr\.[^/]+\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(uri) ?? [];
  const id = digest === undefined ? `imageTag=${tag}` : `imageDigest=${digest}`;
  const described = await aws(
    ...["ecr", "describe-images", "--registry-id", registry, "--repository-name", repository, "--image-ids", id],
  );
  if (described.ok) {
    const { imageDetails: [found] = [] } = described.json as { imageDetails?: readonly { imageDigest?: string }[] };
    const pin = `pulumi config set endpointImageDigest ${found?.imageDigest ?? "<digest>"}`;
    return good(
      `engine's image: ${digest === undefined ? `${tag} is there; to pin it: ${pin}` : "the pinned one is there"}`,
    );
  }
  if (/ImageNotFound/.test(described.reason))
    return bad(`engine's image: the registry does not have ${id}: pulumi config rm endpointImageDigest`);
  return unknown(`engine's image: ${described.reason}`);
}

/** States in which an endpoint takes no change until it is `InService` again. */
const changing = ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"];

async function state(aws: AwsCommand, name: string): Promise<CheckResult> {
  const result = await aws("sagemaker", "describe-endpoint", "--endpoint-name", name);
  if (!result.ok)
    return /Could not find endpoint/.test(result.reason)
      ? good(`endpoint ${name}: this stack makes it`)
      : unknown(`endpoint ${name}: ${result.reason}`);
  const status = String((result.json as { EndpointStatus?: unknown }).EndpointStatus);
  if (status === "InService") return good(`endpoint ${name}: in service`);
  if (changing.includes(status))
    return bad(
      `endpoint ${name}: is ${status}, and takes no change meanwhile: aws sagemaker wait endpoint-in-service --endpoint-name ${name}`,
    );
  return bad(`endpoint ${name}: is ${status}: docs/runbook.md (Endpoint update failed)`);
}
