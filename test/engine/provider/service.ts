// The provider protocol on top of the simulated cloud. Unlike Pulumi's provider helper it supports previews, in which
// computed values are unknown, and detailed diffs, in which a change of one property shows as that property.
// Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto

import { basename } from "node:path";
import {
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { defaultRegion } from "../../../graph/simulate";
import { simulateInvoke } from "../../../graph/data-sources";
import type { Cloud } from "./cloud";
import { created, previewed, updated, visible } from "./computed";
import { construct } from "./construct";
import { type Change, differences, topLevel } from "./difference";
import { imported } from "./existing";
import { nameIsTaken, withName } from "./naming";
import { replaces } from "../../../graph/resource-types";

type Tree = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<Change, readonly [plain: number, replacing: number]>> = {
  add: [provider.PropertyDiff.Kind.ADD, provider.PropertyDiff.Kind.ADD_REPLACE],
  delete: [provider.PropertyDiff.Kind.DELETE, provider.PropertyDiff.Kind.DELETE_REPLACE],
  update: [provider.PropertyDiff.Kind.UPDATE, provider.PropertyDiff.Kind.UPDATE_REPLACE],
};

/**
 * A property that the provider reads back although the program does not set it, so that every update would remove it.
 * Source: https://github.com/hashicorp/terraform-provider-aws/issues/38259
 */
const readBack: Readonly<Record<string, string>> = { "aws:sagemaker/pipeline:Pipeline": "pipelineDefinition" };

/** Simulated faults: logical names of the resources concerned. */
export interface Trouble {
  /** Creation and update are refused. */
  readonly failing: ReadonlySet<string>;
  /** Creation and update have no effect and are never answered. */
  readonly hanging: ReadonlySet<string>;
}

const hasComponents = basename(process.argv[1] ?? "") === "pulumi-resource-awsx";

/** Stands for an answer that never comes. */
class Silence extends Error {}

export function providerService(cloud: Cloud, { failing, hanging }: Trouble): UntypedServiceImplementation {
  const refuse = (name: string) => {
    if (failing.has(name)) throw new Error(`the simulated cloud refuses ${name}`);
    if (!hanging.has(name)) return;
    cloud.noteHanging(name);
    throw new Silence();
  };
  return {
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion("999.0.0")),
    configure: unary(() =>
      // The engine requires plugins with components to accept secrets; this one's component has none.
      new provider.ConfigureResponse().setSupportspreview(true).setAcceptsecrets(hasComponents),
    ),
    cancel: unary(() => new Empty()),
    checkConfig: unary((request: provider.CheckRequest) => new provider.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE)),

    invoke: unary((request: provider.InvokeRequest) =>
      new provider.InvokeResponse().setReturn(
        struct(simulateInvoke(request.getTok(), tree(request.getArgs()), defaultRegion)),
      ),
    ),

    check: unary((request: provider.CheckRequest) => {
      const seed = request.getRandomseed_asU8();
      const inputs = withName(
        typeOf(request),
        request.getName(),
        tree(request.getOlds()),
        tree(request.getNews()),
        seed,
      );
      return new provider.CheckResponse().setInputs(struct(inputs));
    }),

    diff: unary((request: provider.DiffRequest) => difference(typeOf(request), request)),

    create: unary((request: provider.CreateRequest) => {
      const [type, name, urn, inputs] = [
        typeOf(request),
        request.getName(),
        request.getUrn(),
        tree(request.getProperties()),
      ];
      if (request.getPreview())
        return new provider.CreateResponse().setProperties(struct(previewed(type, name, urn, inputs)));
      refuse(name);
      const { id, outputs } = created({ type, name, urn, generation: cloud.nextGeneration(urn) }, inputs);
      cloud.add(type, id);
      return new provider.CreateResponse().setId(id).setProperties(struct(outputs));
    }),

    update: unary((request: provider.UpdateRequest) => {
      if (!request.getPreview()) refuse(request.getName());
      const [olds, oldInputs, news] = [request.getOlds(), request.getOldInputs(), request.getNews()].map(tree);
      const outputs = updated(typeOf(request), olds!, oldInputs!, news!, request.getPreview());
      return new provider.UpdateResponse().setProperties(struct(outputs));
    }),

    construct: (call: ServerUnaryCall<provider.ConstructRequest, unknown>, answer: sendUnaryData<unknown>) => {
      construct(call.request, process.argv[2] ?? "").then(
        (response) => answer(null, response),
        (error: Error) => answer({ code: status.UNKNOWN, details: error.message }, null),
      );
    },

    delete: unary((request: provider.DeleteRequest) => {
      cloud.remove(typeOf(request), request.getId());
      return new Empty();
    }),

    read: unary((request: provider.ReadRequest) => {
      const response = new provider.ReadResponse().setId(request.getId());
      if (request.getProperties() !== undefined) {
        const [type, id] = [typeOf(request), request.getId()];
        if (!cloud.has(type, id) && imported(type, id) === undefined) return response.setId("");
        const changes = cloud.changesOf(request.getUrn().split("::").at(-1)!);
        const [properties, inputs] = [request.getProperties(), request.getInputs()].map(tree);
        return response
          .setProperties(struct({ ...properties, ...changes }))
          .setInputs(struct({ ...inputs, ...changes }));
      }
      // An import: the engine knows only the id.
      const inputs = imported(typeOf(request), request.getId());
      return inputs === undefined
        ? response.setId("")
        : response.setProperties(struct(inputs)).setInputs(struct(inputs));
    }),
  };
}

function difference(type: string, request: provider.DiffRequest): provider.DiffResponse {
  const [before, after] = [tree(request.getOldInputs()), tree(request.getNews())];
  const changes = differences(visible(before), visible(after));
  const property = readBack[type];
  if (property !== undefined && after[property] === undefined) changes.set(property, "delete");
  // The engine leaves it to the provider where it refreshes.
  for (const path of request.getIgnorechangesList()) changes.delete(path);
  const response = new provider.DiffResponse().setHasdetaileddiff(true);
  for (const [path, change] of changes) {
    const replacing = replaces(type, path);
    response.addDiffs(topLevel(path));
    if (replacing) response.addReplaces(topLevel(path));
    const kind = kinds[change][replacing ? 1 : 0] as provider.PropertyDiff.Kind;
    response.getDetaileddiffMap().set(path, new provider.PropertyDiff().setKind(kind).setInputdiff(true));
  }
  const replaced = response.getReplacesList().length > 0;
  const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
  return response
    .setChanges(changes.size > 0 ? DIFF_SOME : DIFF_NONE)
    .setDeletebeforereplace(replaced && nameIsTaken(type, before, after));
}

/** The type token, from the request's own field or else from the URN. */
function typeOf(request: { getType(): string; getUrn(): string }): string {
  return request.getType() || request.getUrn().split("::")[2]!.split("$").at(-1)!;
}

function tree(struct: Struct | undefined): Tree {
  return (struct?.toJavaScript() ?? {}) as Tree;
}

function struct(tree: Tree): Struct {
  return Struct.fromJavaScript(tree as Record<string, JavaScriptValue>);
}

/** Handles one call; an exception is reported to the engine as that resource's error. */
function unary<Request, Response>(answer: (request: Request) => Response): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    try {
      callback(null, answer(call.request));
    } catch (error) {
      if (error instanceof Silence) return;
      callback({ code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }, null);
    }
  };
}
