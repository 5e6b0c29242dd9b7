// Where the APIs of a stack answer, from its outputs.

import type { Api } from "../access-matrix/apis";
import type { Endpoint } from "../access-matrix/endpoints";
import { NotTried, type Source } from "./source";

/** The output with each API's URL. */
export const urlOutputs: Readonly<Record<string, string>> = {
  apiGateway: "apiGatewayBaseUrl",
  auth0Authorizer: "apiUrl",
  httpApi: "apiGatewayUrl",
};

export interface Address {
  /** Scheme, host and port of the URL. */
  readonly origin: URL;
  /** Host to connect to. */
  readonly host: string;
}

/** @throws NotTried if the address is not known */
export async function addressOf(api: Api, endpoint: Endpoint, source: Source): Promise<Address> {
  const main = new URL(urlOf(api, source));
  const hasDomain = api.endpoints.some(({ domain }) => domain !== undefined);
  if (endpoint.domain === undefined) {
    const origin = hasDomain ? new URL(await source.defaultUrl(api)) : main;
    return { origin, host: origin.hostname };
  }
  if (main.hostname !== endpoint.domain)
    throw new NotTried(`the output ${urlOutputs[api.name]} does not name the domain ${endpoint.domain}`);
  return { origin: main, host: source.hostOf(api) ?? main.hostname };
}

/** @throws NotTried if the stack has no output for the API */
function urlOf({ name }: Api, { outputs }: Source): string {
  const url = outputs[urlOutputs[name] ?? ""];
  if (typeof url === "string" && url.startsWith("https://")) return url;
  throw new NotTried(`the stack has no output ${urlOutputs[name] ?? `for ${name}`}`);
}
