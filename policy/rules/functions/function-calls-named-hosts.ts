// An address in a function's environment gets what the function sends: a new key, for example, which the rotation tries at the API.

import type { Resource } from "../../../graph/resource";
import { functionType } from "../../queries/lambda-functions";
import { at, record, text } from "../../queries/read";
import { textOf } from "../../queries/references";
import { type Rule, violation, type Violation } from "../../queries/rule";
import type { View } from "../../queries/view";

/** Whose tokens are accepted, and whose pages may call, are settings, and in the access matrix: the function does not call there. */
const accepted = /(ISSUER|AUDIENCE|ORIGIN)$/;

export const functionCallsNamedHosts: Rule = {
  name: "function-calls-named-hosts",
  description:
    "Addresses in a function's environment are https, and of APIs or domains of this program; accepted issuers and origins aside.",
  severity: "medium",
  controls: ["API7", "API10"],
  types: [functionType],
  check: (resource, view) => {
    const addresses = Object.entries(record(at(resource.inputs, "environment", "variables")))
      .map(([name, value]) => ({ name, value: text(value) }))
      .filter(({ value }) => /^https?:\/\//i.test(value));
    if (addresses.length === 0) return undefined;
    return addresses.flatMap(({ name, value }) => faults(name, value, resource, view));
  },
};

function faults(name: string, value: string, resource: Resource, view: View): Violation[] {
  if (!/^https:/i.test(value)) return [violation("an address is not https", name)];
  if (accepted.test(name)) return [];
  const host = /^https:\/\/([^/:?#]*)/i.exec(value)![1]!;
  const apis = view.ofType("aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api").map(({ id }) => id);
  const ours =
    apis.some((id) => host.startsWith(`${id}.execute-api.`)) ||
    view.resources.some(({ type, inputs }) => /:DomainName$/.test(type) && inputs.domainName === host);
  return ours || textOf(resource) === "" ? [] : [violation("an address is none of this program's", name)];
}
