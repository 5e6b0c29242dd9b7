// What AWS reports of an API that stands: the URL of its default endpoint, and the routes of its stage.

import { regionOf } from "../graph/resource";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Api } from "../access-matrix/apis";
import { dnsSuffix } from "../contract";
import { operationsOf, parseDocument } from "../graph/openapi";
import { type AwsCommand, textOf } from "./aws-command";
import { NotTried, type StandingRoute } from "./source";

/**
 * The id of an API with an own domain, from the domain's mapping.
 * @throws NotTried if the domain maps none
 */
async function mappedId({ kind, endpoints, stage }: Api, aws: AwsCommand): Promise<string> {
  const domain = endpoints.map((endpoint) => endpoint.domain).find((name) => name !== undefined);
  if (domain === undefined) throw new NotTried("neither the outputs nor a domain name the API");
  const command =
    kind === "REST" ? ["apigateway", "get-base-path-mappings"] : (["apigatewayv2", "get-api-mappings"] as const);
  const { items, Items } = await aws(...command, "--domain-name", domain);
  const mappings = ((items ?? Items) as readonly Readonly<Record<string, unknown>>[] | undefined) ?? [];
  const own = mappings.find((mapping) => (mapping.stage ?? mapping.Stage) === stage);
  return textOf(own?.restApiId ?? own?.ApiId, `the mapping of ${domain}`);
}

/** URL of the default endpoint of an API with an own domain. */
export async function defaultUrlOf(api: Api, aws: AwsCommand): Promise<string> {
  const region = regionOf(api.arn);
  return `https://${await mappedId(api, aws)}.execute-api.${region}.${dnsSuffix(region)}`;
}

/**
 * The routes of the stage, from its export.
 * @param url of the API, from the outputs
 */
export async function routesOf(api: Api, url: string, aws: AwsCommand): Promise<StandingRoute[]> {
  const [, named] = /^https:\/\/(\w{10})\.execute-api\./.exec(url) ?? [];
  const id = named ?? (await mappedId(api, aws));
  const folder = await mkdtemp(join(tmpdir(), "verify-"));
  const file = join(folder, "export.json");
  try {
    if (api.kind === "REST") {
      const form = ["--export-type", "oas30", "--parameters", "extensions=apigateway", "--accepts", "application/json"];
      await aws("apigateway", "get-export", "--rest-api-id", id, "--stage-name", api.stage, ...form, file);
    } else {
      const form = ["--specification", "OAS30", "--output-type", "JSON"];
      await aws("apigatewayv2", "export-api", "--api-id", id, "--stage-name", api.stage, ...form, file);
    }
    const document = parseDocument(await readFile(file, "utf8"));
    return [...operationsOf(document)].map(({ method, path }) => ({ method, path }));
  } catch (error) {
    throw error instanceof NotTried ? error : new NotTried(`the export of ${api.name}: ${(error as Error).message}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
