// An HTTP backend on the internet answers everybody unless it requires a client certificate. Lambda uses IAM.

import { restApiType, restStageType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { documentOperations } from "../../queries/operations";
import { text } from "../../queries/read";
import { flaw, type Rule } from "../../queries/rule";

export const backendKnowsItsGateway: Rule = {
  name: "backend-knows-its-gateway",
  says: "A REST stage presents a client certificate to its HTTP backends.",
  types: [restStageType],
  check: (stage, view) => {
    const behind = view
      .ofType(restApiType)
      .filter((api) => view.points(stage, "restApi", api))
      .some(hasHttpBackend);
    if (!behind) return undefined;
    return text(stage.inputs.clientCertificateId) === "" ? [flaw("clientCertificateId is not set")] : [];
  },
};

function hasHttpBackend(api: Resource): boolean {
  return documentOperations(api).some(({ integration }) => /^http(_proxy)?$/i.test(text(integration.type)));
}
