// A call as the router passes it to the protections, with the fields that a test changes.

import type { ApiRequest } from "../../../../local/server/api-request";

export const api = {
  id: "abcde12345",
  stage: "dev",
  region: "eu-central-1",
  account: "123456789012",
  partition: "aws",
} as const;

export const now = Date.parse("2026-11-21T08:00:00Z");

export function aRequest(different: Partial<ApiRequest> = {}): ApiRequest {
  const path = different.path ?? "/mymodel";
  return {
    api,
    requestId: "5a1d6e0c-0f0e-4b5e-9d3b-000000000001",
    method: "POST",
    stagePath: `/${api.stage}${path}`,
    resource: "/mymodel",
    pathParameters: {},
    rawQuery: "",
    headers: [["host", "localhost:8443"]],
    body: Buffer.from("{}"),
    sourceIp: "127.0.0.1",
    receivedAt: now,
    ...different,
    path,
  };
}
