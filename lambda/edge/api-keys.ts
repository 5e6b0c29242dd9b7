// The API keys of one secret in API Gateway, recognised by a tag and by the prefix of their names.
// Source: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html

import {
  type APIGatewayClient,
  type ApiKey,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  GetApiKeysCommand,
  GetUsagePlanKeyCommand,
  UpdateApiKeyCommand,
} from "@aws-sdk/client-api-gateway";
import { keyTag } from "../../contract";
import { descriptionOf, retiredAtOf, type RotatedKey } from "../core/rotation/key-lifetime";
import type { ApiKeys } from "../core/rotation/rotation-context";
import { sending, unless } from "./aws-error";

/** How a secret's API keys are recognised, and which usage plan they belong to. */
export interface KeyScope {
  /** ARN of the secret: the value of the keys' tag. */
  readonly secretId: string;
  /** Looked up only when a key joins the plan, so that keys can be deleted even if the secret no longer exists. */
  readonly usagePlanId: () => Promise<string>;
  /** Prefix of the keys' names, `<prefix>/<version of the secret>`. */
  readonly prefix: string;
}

/** The methods reject with AwsError; `join` also with whatever `usagePlanId` rejects with. */
export function apiKeys(client: APIGatewayClient, { secretId, usagePlanId: planOf, prefix }: KeyScope): ApiKeys {
  const start = `${prefix}/`;
  return {
    async list() {
      const found: RotatedKey[] = [];
      for (let position: string | undefined, more = true; more; more = position !== undefined) {
        const page = await sending("GetApiKeys", () =>
          client.send(new GetApiKeysCommand({ nameQuery: start, includeValues: false, limit: 500, position })),
        );
        for (const { id, name = "", tags, description = "" } of page.items ?? []) {
          if (id === undefined || !name.startsWith(start) || tags?.[keyTag] !== secretId) continue;
          found.push({ id, version: name.slice(start.length), retiredAt: retiredAtOf(description) });
        }
        position = page.position;
      }
      return found;
    },

    async create(version, value) {
      const request = {
        name: `${start}${version}`,
        description: descriptionOf(undefined),
        value,
        enabled: true,
        tags: { [keyTag]: secretId },
      };
      const made = await sending(
        "CreateApiKey",
        (): Promise<ApiKey> => client.send(new CreateApiKeyCommand(request)),
        "code alone",
      ).catch(unless("ConflictException", undefined));
      return made?.id === undefined ? undefined : { id: made.id, version };
    },

    async join({ id: keyId }) {
      const usagePlanId = await planOf();
      await sending("CreateUsagePlanKey", () =>
        client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: "API_KEY" })),
      ).catch(unless("ConflictException", undefined));
      // A conflict can also mean that the key is in another plan of the same stage: check that it is in this one.
      await sending("GetUsagePlanKey", () => client.send(new GetUsagePlanKeyCommand({ usagePlanId, keyId })));
    },

    async mark({ id: apiKey }, retiredAt) {
      const patchOperations = [{ op: "replace" as const, path: "/description", value: descriptionOf(retiredAt) }];
      // A key that was deleted meanwhile needs no mark.
      await sending("UpdateApiKey", () => client.send(new UpdateApiKeyCommand({ apiKey, patchOperations }))).catch(
        unless("NotFoundException", undefined),
      );
    },

    async remove({ id: apiKey }) {
      await sending("DeleteApiKey", () => client.send(new DeleteApiKeyCommand({ apiKey }))).catch(
        unless("NotFoundException", undefined),
      );
    },
  };
}
