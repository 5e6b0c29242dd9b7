// Proves a key in a process of its own, since Node reads NODE_EXTRA_CA_CERTS only at its start. Prints the verdict.

import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { requestTest, type TestedApi, signedRequestTest } from "../../../lambda/edge/key-test";

const [kind, api, apiKey] = process.argv.slice(2) as [string, string, string];
const proven = JSON.parse(api) as TestedApi;
const client = {
  config: {
    region: () => Promise.resolve("us-east-1"),
    credentials: () => Promise.resolve({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" }),
  },
} as unknown as APIGatewayClient;
const proof = kind === "signed" ? signedRequestTest(proven, client) : requestTest(proven);
void proof(apiKey).then((verdict) => process.stdout.write(verdict));
