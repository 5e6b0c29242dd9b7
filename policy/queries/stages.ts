// Shared by the rules on stages and custom domains: the types of domains, and the settings of a REST stage's routes.

import type { Resource } from "../../graph/resource";
import { at } from "./read";
import type { View } from "./view";

export const restDomainType = "aws:apigateway/domainName:DomainName";
export const httpDomainType = "aws:apigatewayv2/domainName:DomainName";
/**
 * Requests per second, and a burst, that API Gateway serves to all callers of an account: a limit above throttles nobody.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const [mostRate, mostBurst] = [10_000, 5_000];

const settingsType = "aws:apigateway/methodSettings:MethodSettings";

/** All MethodSettings of a REST stage. Those of a single route take precedence over those of all routes. */
export function methodSettings(stage: Resource, view: View): readonly Resource[] {
  return view.ofType(settingsType).filter((settings) => sameStage(settings, stage, view));
}

/** The MethodSettings of a REST stage that apply to all routes. */
export function settingsOfAll(stage: Resource, view: View): Resource | undefined {
  return methodSettings(stage, view).find(({ inputs }) => inputs.methodPath === "*/*");
}

/** Whether settings belong to a stage, which they identify by its API and its name. */
function sameStage(settings: Resource, stage: Resource, view: View): boolean {
  const api = at(stage.inputs, "restApi");
  return (
    settings.inputs.stageName === stage.inputs.stageName &&
    (settings.inputs.restApi === api || view.points(settings, "restApi", stage))
  );
}
