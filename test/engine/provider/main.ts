// A simulated provider plugin, started by the engine: serves the provider protocol on a free local port and prints the
// port. The name of the executable (`pulumi-resource-aws`, `-gcp`, …) decides which provider it is.
// Source: https://www.pulumi.com/docs/iac/packages-and-automation/pulumi-packages/authoring/ (provider plugins)

import { basename } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Cloud } from "./cloud";
import { providerService } from "./service";

/** Largest gRPC message, 400 MB like the engine's own limit: text assets in archives are sent inline. */
const messageLimit = 400 * 1024 * 1024;

const folder = process.env.SIMULATED_CLOUD;
if (folder === undefined) throw new Error("SIMULATED_CLOUD: names no folder for what exists in the simulated cloud");

const packageName = basename(process.argv[1]!).replace("pulumi-resource-", "");
const server = new Server({
  "grpc.max_receive_message_length": messageLimit,
  "grpc.max_send_message_length": messageLimit,
});
const named = (variable: string) => new Set((process.env[variable] ?? "").split(",").filter((name) => name !== ""));
const trouble = { failing: named("SIMULATED_FAILURES"), hanging: named("SIMULATED_HANGS") };
server.addService(ResourceProviderService, providerService(new Cloud(folder), trouble));
// The engine keeps stdin open as long as it runs: without this, a provider would outlive a killed engine.
process.stdin.on("end", () => process.exit()).resume();
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw new Error(`the simulated provider ${packageName} cannot listen`, { cause: error });
  process.stdout.write(`${port}\n`);
});
