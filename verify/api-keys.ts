// The API key of a deployed API or client: the environment's, else the one that the outputs name by its id, else the rotated
// one in its secret.

import { regionOf } from "../graph/resource";
import { secretField } from "../contract";
import { type AwsCommand, type Json, textOf } from "./aws-command";
import { ofClient, variable } from "./environment";
import { type Found, NotTried, type Owner } from "./source";

/**
 * @param regional the AWS CLI in a region
 * @throws NotTried if there is none, or it may not be read
 */
export async function deployedApiKey(
  { api, client }: Owner,
  outputs: Json,
  regional: (region: string) => AwsCommand,
): Promise<Found<string>> {
  const name = ofClient("VERIFY_API_KEY", client);
  if (process.env[name]) return variable(name, "");
  const clients = outputs.apiGatewayClients as Readonly<Record<string, { keyId?: string }>> | undefined;
  const keyId = client === undefined ? outputs.apiGatewayKeyId : clients?.[client]?.keyId;
  if (typeof keyId === "string") {
    const aws = regional(regionOf(api.arn));
    const key = await aws("apigateway", "get-api-key", "--api-key", keyId, "--include-value");
    return { value: textOf(key.value, "the API key's value"), from: "aws apigateway get-api-key" };
  }
  const secrets = outputs.awsSecretIds as Json | undefined;
  const secretId = client === undefined ? outputs.awsSecretId : secrets?.[client];
  if (typeof secretId !== "string") throw new NotTried(`no API key: the outputs name none (${name})`);
  const secret = await regional(regionOf(secretId))("secretsmanager", "get-secret-value", "--secret-id", secretId);
  const value = (JSON.parse(textOf(secret.SecretString, "the secret's value")) as Json)[secretField];
  return { value: textOf(value, "the secret's API key"), from: "aws secretsmanager get-secret-value" };
}
