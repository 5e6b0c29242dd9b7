// What rules on Lambda functions share: the type, and which functions stand behind a gateway.

import type { Resource } from "../graph/resource";
import { documentOperations, httpApiType, restApiType } from "./operations";
import { authorizersOf } from "./authorizers";
import { text } from "./read";
import type { View } from "./view";

export const functionType = "aws:lambda/function:Function";

/** Whether a gateway's route or authorizer calls the function. */
export function isBehindGateway({ inputs }: Resource, view: View): boolean {
  return view.ofType(restApiType, httpApiType).some((api) => {
    const uris = documentOperations(api).map(({ integration }) => text(integration.uri));
    return [...uris, ...authorizersOf(api, view).map(({ uri }) => uri)].some((uri) =>
      callsFunction(uri, text(inputs.name)),
    );
  });
}

/** Whether an invocation URI or ARN names the function, with or without an alias. */
export function callsFunction(uri: string, name: string): boolean {
  return name !== "" && uri.split(":function:")[1]?.split(/[:/]/)[0] === name;
}
