// Shared by the rules on Lambda functions: their resource type, which function a URI or ARN names, and which are behind an API.

import { functionOfUri, functionRef } from "../../graph/function-ref";
import { httpApiType, restApiType } from "../../graph/openapi";
import type { Resource } from "../../graph/resource";
import { authorizersOf } from "./authorizers";
import { documentOperations } from "./operations";
import { text } from "./read";
import type { View } from "./view";

export const functionType = "aws:lambda/function:Function";

/** Whether an invocation URI or ARN refers to the function, with or without an alias. @param name physical name */
export function callsFunction(uri: string, name: string): boolean {
  return name !== "" && (functionOfUri(uri) ?? functionRef(uri))?.name === name;
}

/** Whether a route or authorizer in an API's document invokes the function. */
export function isBehindGateway({ inputs }: Resource, view: View): boolean {
  return view.ofType(restApiType, httpApiType).some((api) => {
    const uris = documentOperations(api).map(({ integration }) => text(integration.uri));
    return [...uris, ...authorizersOf(api, view).map(({ uri }) => uri)].some((uri) =>
      callsFunction(uri, text(inputs.name)),
    );
  });
}
