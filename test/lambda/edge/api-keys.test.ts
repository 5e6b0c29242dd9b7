import { expect } from "chai";
import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { apiKeys } from "../../../lambda/edge/api-keys";

/** API Gateway's control plane, as far as it answers: by the operation's name, a code or nothing. */
function clientThat(refuses: Readonly<Record<string, string>>): { client: APIGatewayClient; asked: string[] } {
  const asked: string[] = [];
  const send = (command: object): Promise<object> => {
    const operation = command.constructor.name.replace(/Command$/, "");
    asked.push(operation);
    const code = refuses[operation];
    if (code !== undefined) return Promise.reject(Object.assign(new Error("refused"), { name: code }));
    return Promise.resolve({});
  };
  return { client: { send } as unknown as APIGatewayClient, asked };
}

const place = { secretId: "arn", usagePlanId: () => Promise.resolve("plan"), prefix: "ours" };
const key = { id: "key", version: "version" };

const codeOf = (work: Promise<void>): Promise<string> =>
  work.then(
    () => "joined",
    (error: Error) => error.message,
  );

describe("Functions: the API keys of a secret, in API Gateway", () => {
  it("join a plan once: a key that is there already stays", async () => {
    const { client, asked } = clientThat({ CreateUsagePlanKey: "ConflictException" });
    expect(await codeOf(apiKeys(client, place).join(key))).to.equal("joined");
    expect(asked).to.deep.equal(["CreateUsagePlanKey", "GetUsagePlanKey"]);
  });

  it("have not joined where the conflict is with another plan of the stage: clients would call by its limits", async () => {
    const { client } = clientThat({ CreateUsagePlanKey: "ConflictException", GetUsagePlanKey: "NotFoundException" });
    expect(await codeOf(apiKeys(client, place).join(key))).to.match(/^GetUsagePlanKey: NotFoundException/);
  });
});
