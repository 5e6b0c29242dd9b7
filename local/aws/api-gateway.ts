// Stand-in for API Gateway's control plane: the part of its REST API that manages API keys and usage plan keys.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html

import { partitionOf } from "../../contract";
import { type Graph, ofType } from "../../graph/resource";
import type { HttpResponse } from "../server/http-message";
import type { ApiKeyStore, StoredKey } from "./api-key-store";
import { permit } from "./permission";
import { fieldsOf, json, type Service, type ServiceRequest, ServiceError } from "./service";

interface ControlRoute {
  readonly operation: string;
  readonly method: string;
  /** Path segments; `*` matches any one segment. */
  readonly path: readonly string[];
  readonly run: (request: ServiceRequest, ids: readonly string[]) => HttpResponse;
}

export function apiGatewayControl(region: string, graph: Graph, store: ApiKeyStore, clock: () => number): Service {
  const plans = new Set(ofType(graph, "aws:apigateway/usagePlan:UsagePlan").map(({ id }) => id));
  const control = `arn:${partitionOf(region)}:apigateway:${region}::`;
  const permitted = (request: ServiceRequest, method: string, path: string, tags: Record<string, string> = {}) =>
    permit(request.principal, request.at, {
      action: `apigateway:${method}`,
      resource: `${control}${path}`,
      keys: tags,
      rest: true,
    });
  const keyOf = (id: string): StoredKey => {
    const key = store.get(id);
    if (key === undefined) throw new ServiceError(404, "NotFoundException", "Invalid API Key identifier specified");
    return key;
  };
  const planOf = (id: string): string => {
    if (!plans.has(id)) throw new ServiceError(404, "NotFoundException", "Invalid Usage Plan ID specified");
    return id;
  };
  const ownTags = (id: string) => tagKeys("resource", store.get(id)?.tags ?? {});

  const routes: readonly ControlRoute[] = [
    {
      operation: "CreateApiKey",
      method: "POST",
      path: ["apikeys"],
      run: (request) => {
        const body = fieldsOf(request);
        const tags = (body.tags ?? {}) as Record<string, string>;
        permitted(request, "POST", "/apikeys", tagKeys("request", tags));
        if (Object.keys(tags).length > 0) {
          const ofKey = encodeURIComponent(`${control}/apikeys/new`);
          permitted(request, "PUT", `/tags/${ofKey}`, tagKeys("request", tags));
        }
        const value = String(body.value);
        if (!/^.{20,128}$/.test(value)) {
          throw new ServiceError(400, "BadRequestException", "API Key value should be at least 20 characters");
        }
        if (store.has(value)) throw new ServiceError(409, "ConflictException", "API Key already exists");
        const key = store.add({
          name: String(body.name ?? ""),
          value,
          tags,
          description: String(body.description ?? ""),
          enabled: body.enabled === true,
          createdAt: clock(),
        });
        return json(201, shown(key, true));
      },
    },
    {
      operation: "GetApiKeys",
      method: "GET",
      path: ["apikeys"],
      run: (request) => {
        permitted(request, "GET", "/apikeys");
        const found = store.all().filter(({ name }) => name.startsWith(request.query.get("name") ?? ""));
        // Pages are small, so that a caller that ignores `position` is noticed.
        const start = Number(request.query.get("position") ?? 0);
        const page = found.slice(start, start + pageSize);
        const position = start + pageSize < found.length ? String(start + pageSize) : undefined;
        const values = request.query.get("includeValues") === "true";
        return json(200, { item: page.map((key) => shown(key, values)), position });
      },
    },
    {
      operation: "UpdateApiKey",
      method: "PATCH",
      path: ["apikeys", "*"],
      run: (request, [id]) => {
        permitted(request, "PATCH", `/apikeys/${id!}`, ownTags(id!));
        const key = keyOf(id!);
        const { patchOperations } = fieldsOf(request) as {
          patchOperations?: { op: string; path: string; value: string }[];
        };
        for (const { op, path, value } of patchOperations ?? []) {
          if (op === "replace" && path === "/description") key.description = value;
          else if (op === "replace" && path === "/enabled") key.enabled = value === "true";
          else throw new ServiceError(400, "BadRequestException", `Invalid patch path '${path}'`);
        }
        return json(200, shown(key, false));
      },
    },
    {
      operation: "DeleteApiKey",
      method: "DELETE",
      path: ["apikeys", "*"],
      run: (request, [id]) => {
        permitted(request, "DELETE", `/apikeys/${id!}`, ownTags(id!));
        store.delete(keyOf(id!).id);
        return json(202, undefined);
      },
    },
    {
      operation: "CreateUsagePlanKey",
      method: "POST",
      path: ["usageplans", "*", "keys"],
      run: (request, [plan]) => {
        permitted(request, "POST", `/usageplans/${plan!}/keys`);
        const key = keyOf(String(fieldsOf(request).keyId));
        if (key.planIds.has(planOf(plan!))) {
          throw new ServiceError(409, "ConflictException", "Usage Plan already contains the key");
        }
        key.planIds.add(plan!);
        return json(201, { id: key.id, type: "API_KEY", name: key.name });
      },
    },
    {
      operation: "GetUsagePlanKey",
      method: "GET",
      path: ["usageplans", "*", "keys", "*"],
      run: (request, [plan, id]) => {
        permitted(request, "GET", `/usageplans/${plan!}/keys/${id!}`);
        const key = keyOf(id!);
        if (!key.planIds.has(planOf(plan!))) {
          throw new ServiceError(404, "NotFoundException", "Invalid Usage Plan Key identifier specified");
        }
        return json(200, { id: key.id, type: "API_KEY", name: key.name });
      },
    },
  ];
  return {
    name: "apigateway",
    region,
    operationOf: (request) => routeOf(routes, request)?.operation ?? "",
    respond: async (request) => {
      const route = routeOf(routes, request);
      if (route === undefined) throw new ServiceError(404, "NotFoundException", "no such operation here");
      const ids = request.path.filter((_, index) => route.path[index] === "*");
      return Promise.resolve(route.run(request, ids));
    },
  };
}

const pageSize = 2;

function routeOf(routes: readonly ControlRoute[], { method, path }: ServiceRequest): ControlRoute | undefined {
  return routes.find(
    (route) =>
      route.method === method &&
      route.path.length === path.length &&
      route.path.every((segment, index) => segment === "*" || segment === path[index]),
  );
}

function shown(key: StoredKey, withValue: boolean): object {
  const { id, name, description, enabled, tags, createdAt, value } = key;
  const createdDate = createdAt / 1000;
  return { id, name, description, enabled, tags, createdDate, ...(withValue ? { value } : {}) };
}

function tagKeys(kind: "request" | "resource", tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${kind}tag/${key.toLowerCase()}`, value]));
}

/** Id of the API that a usage plan covers; empty if there is none. */
export function planApiOf(graph: Graph, planId: string): string {
  const plan = ofType(graph, "aws:apigateway/usagePlan:UsagePlan").find(({ id }) => id === planId);
  const [stage] = (plan?.inputs.apiStages ?? []) as { apiId: string }[];
  return stage?.apiId ?? "";
}
