// The source of a deployed stack: its outputs, what AWS reports (the CLI only reads), and the caller's own credentials, from
// AWS or from the environment (docs/verify.md). A secret goes from there into the call and nowhere else.

import { readJson } from "../doctor/command";
import { AccessKeys } from "./access-keys";
import { urlOutputs } from "./addresses";
import { deployedApiKey } from "./api-keys";
import { awsCommand, type AwsCommand, type Json } from "./aws-command";
import { variable, variableFile } from "./environment";
import { IssuerTokens } from "./issuer-tokens";
import type { Found, Source } from "./source";
import { defaultUrlOf, routesOf } from "./standing-apis";

/** Outputs with the target of an own domain's DNS record, which may not exist yet. */
const targets: Readonly<Record<string, string>> = {
  apiGateway: "apiGatewayDomainTarget",
  auth0Authorizer: "auth0AuthorizerDomainTarget",
  httpApi: "httpApiDomainTarget",
};

/**
 * @param settings of the stack, by key
 * @param ca PEM of the only authority to trust; absent: the public ones
 * @throws Error if the stack's outputs cannot be read
 */
export async function deployedSource(
  stack: string,
  settings: Readonly<Record<string, string>>,
  ca?: string,
): Promise<Source> {
  const outputs = await outputsOf(stack);
  const profile = settings["aws:profile"] ? ["--profile", settings["aws:profile"]] : [];
  const regional = (region: string): AwsCommand => awsCommand(...profile, "--region", region);
  const aws = regional(settings.awsRegion ?? "");
  const signers = new AccessKeys(aws);
  const tokens = new IssuerTokens(outputs, regional, ca);
  const keys = new Map<string, Promise<Found<string>>>();
  return {
    outputs,
    ca,
    hostOf: ({ name }) => {
      const target = outputs[targets[name] ?? ""];
      return typeof target === "string" ? target : undefined;
    },
    defaultUrl: (api) => defaultUrlOf(api, aws),
    routes: async (api) => {
      const value = await routesOf(api, String(outputs[urlOutputs[api.name] ?? ""]), aws);
      return { value, from: "the stage's export" };
    },
    apiKey: (owner) => {
      const of = `${owner.api.name} ${owner.client ?? ""}`;
      const found = keys.get(of) ?? deployedApiKey(owner, outputs, regional);
      keys.set(of, found);
      return found;
    },
    spentApiKey: async () =>
      variable("VERIFY_SPENT_API_KEY", "it would use up the key's quota: give a key without any left"),
    accessKey: (signer, owner) => signers.of(signer, owner),
    token: (kind, authorization, owner) => tokens.of(kind, authorization, owner),
    certificate: async (kind) => {
      const prefix = kind === "right certificate" ? "VERIFY_CLIENT" : "VERIFY_EXPIRED_CLIENT";
      const { value: cert, from } = variableFile(`${prefix}_CERT`, kind);
      return { value: { cert, key: variableFile(`${prefix}_KEY`, `key of the ${kind}`).value }, from };
    },
    otherAddress: async () =>
      variable("VERIFY_OTHER_ADDRESS", "no address of this machine outside the allowed networks"),
  };
}

async function outputsOf(stack: string): Promise<Json> {
  const result = await readJson("pulumi", ["stack", "output", "--json", "--non-interactive", "--stack", stack]);
  if (result.ok) return result.json as Json;
  const why = result.missing ? "the Pulumi CLI is not installed" : result.reason;
  throw new Error(`the outputs of the stack ${stack} cannot be read: ${why}: pulumi login, then pulumi stack ls`);
}
