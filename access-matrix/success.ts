// The status that a route answers to a valid request that is let in.

import type { Integration, OpenApiOperation } from "../graph/openapi";
import { NotUnderstood } from "./not-understood";

/**
 * @param where URN and route, for the error message
 * @returns the status, and whether the gateway answers by itself (mock integration)
 * @throws NotUnderstood for another integration, and for a mock whose answer depends on the request
 */
export function successOf(operation: OpenApiOperation, where: string): { success: number; mock: boolean } {
  const integration = operation["x-amazon-apigateway-integration"];
  if (String(integration?.type).toLowerCase() === "aws_proxy") return { success: 200, mock: false };
  const success = String(integration?.type).toLowerCase() === "mock" ? mockStatus(integration!) : Number.NaN;
  if (Number.isNaN(success))
    throw new NotUnderstood(where, "its integration is neither a Lambda proxy nor a mock with one answer");
  return { success, mock: true };
}

/** Whether a template of the answer leaves the status alone: of what it may override, it names headers only. */
function keepsStatus(template: string): boolean {
  return !/status/i.test(template) && !/responseOverride(?!\.header\.)/.test(template);
}

/** The status of a mock whose templates decide none by the request; otherwise NaN. */
function mockStatus({ requestTemplates = {}, responses = {} }: Integration): number {
  const answers = Object.values(responses).flatMap(({ responseTemplates = {} }) => Object.values(responseTemplates));
  if (Object.values(requestTemplates).some((template) => /[$#]/.test(template))) return Number.NaN;
  if (!answers.every(keepsStatus)) return Number.NaN;
  const selected = [...new Set(Object.values(requestTemplates).map((template) => statusIn(template)))];
  const [only = ""] = selected;
  return selected.length === 1 ? Number((responses[only] ?? responses.default)?.statusCode) : Number.NaN;
}

function statusIn(template: string): string {
  try {
    return String((JSON.parse(template) as { statusCode?: unknown }).statusCode);
  } catch {
    return "";
  }
}
