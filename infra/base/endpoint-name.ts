// Names of SageMaker endpoints: plain values, so that the model function's manifest and its role name them.

import { createHash } from "node:crypto";
import { arn, type Location } from "./location";

/**
 * Maximum characters of an endpoint's name.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html (EndpointName)
 */
export const longestEndpoint = 63;

/** Beginning of the names of endpoints' log groups. */
export const endpointLogs = "/aws/sagemaker/Endpoints";

/** Prefix of the objects from which an endpoint is made, with a slash at its end. */
export const repositoryPrefix = (model: string): string => `endpoints/${model}/`;

/** Hex digits in which a name ends that does not hold the model's name as it is. */
const digits = 8;

/** Maximum characters of a stack's prefix, with which all names begin. */
export const longestEndpointPrefix = longestEndpoint - digits - 1;

/**
 * Name of a model's endpoint: `<prefix>-<model>`, or with a digest where a model's name has what endpoints' may not (they
 * have letters, digits and hyphens), is too long, or has capital letters: SageMaker does not tell them from small ones, and
 * ARNs have small ones.
 * @param longest characters, at most
 */
export function endpointName({ prefix }: Pick<Location, "prefix">, model: string, longest = longestEndpoint): string {
  const plain = `${prefix.toLowerCase()}-${model}`;
  const fits = plain.length <= longest && /^[a-z0-9]+(-+[a-z0-9]+)*$/.test(model);
  // A model could be called as another's name ends.
  if (fits && !new RegExp(`(^|-)[0-9a-f]{${digits}}$`).test(model)) return plain;
  const digest = createHash("sha256").update(plain).digest("hex").slice(0, digits);
  const start = plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longest - digits - 1);
  return `${start.replace(/-+$/, "")}-${digest}`;
}

/** ARN of an endpoint, from its name. */
export function endpointArn(location: Location, name: string): string {
  return arn(location, "sagemaker", `endpoint/${name}`);
}
