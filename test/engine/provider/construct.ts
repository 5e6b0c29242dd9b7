// Remote components: the plugin creates a component's children through the engine that requested it. Pulumi's provider
// helper has this only for providers that it serves itself, so this reproduces it for the one component that is used.
// Source: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/provider/server.ts (construct)

import * as pulumi from "@pulumi/pulumi";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { serializeResourceProperties } from "@pulumi/pulumi/runtime/rpc";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { awsxVpc } from "../../../graph/awsx-vpc";

/** Functions of Pulumi's runtime without type declarations. */
const settings = require("@pulumi/pulumi/runtime/settings") as {
  resetOptions(
    ...options: [
      project: string,
      stack: string,
      parallel: number,
      engine: string,
      monitor: string,
      preview: boolean,
      organization: string,
    ]
  ): void;
  waitForRPCs(): Promise<void>;
};
const { DependencyProviderResource, DependencyResource } = require("@pulumi/pulumi/resource") as {
  DependencyProviderResource: new (reference: string) => pulumi.ProviderResource;
  DependencyResource: new (urn: string) => pulumi.Resource;
};

class Child extends pulumi.CustomResource {}

class Vpc extends pulumi.ComponentResource {
  readonly outputs: pulumi.Inputs;

  constructor(name: string, inputs: Readonly<Record<string, unknown>>, options: pulumi.ComponentResourceOptions) {
    super("awsx:ec2:Vpc", name, {}, options);
    this.outputs = {
      ...awsxVpc<Child>(
        name,
        inputs,
        (...child) => this.make(...child),
        ({ id }) => id,
      ),
    };
    this.registerOutputs(this.outputs);
  }

  private make(type: string, name: string, inputs: Record<string, unknown>, parent: Child | undefined): Child {
    return new Child(type, name, inputs, { parent: parent ?? this });
  }
}

/** @param engine address of the engine, which it passes to a plugin as an argument */
export async function construct(
  request: provider.ConstructRequest,
  engine: string,
): Promise<provider.ConstructResponse> {
  if (request.getType() !== "awsx:ec2:Vpc")
    throw new Error(`remote components of the type ${request.getType()} are not simulated`);
  const [project, stack, monitor] = [request.getProject(), request.getStack(), request.getMonitorendpoint()];
  settings.resetOptions(
    project,
    stack,
    request.getParallel(),
    engine,
    monitor,
    request.getDryrun(),
    request.getOrganization(),
  );
  const providers = [...request.getProvidersMap().entries()].map(
    ([, reference]) => new DependencyProviderResource(reference),
  );
  const inputs = (request.getInputs()?.toJavaScript() ?? {}) as Record<string, unknown>;
  const vpc = new Vpc(request.getName(), inputs, { providers, parent: new DependencyResource(request.getParent()) });
  const [state] = await serializeResourceProperties("awsx:ec2:Vpc", vpc.outputs);
  const urn = await new Promise<string>((resolve) => vpc.urn.apply(resolve));
  await settings.waitForRPCs();
  return new provider.ConstructResponse()
    .setUrn(urn)
    .setState(Struct.fromJavaScript(state as Record<string, JavaScriptValue>));
}
