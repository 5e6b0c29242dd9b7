// The program, as its architecture diagram: settings → components, in dependency order → outputs. A component is
// imported when it is needed, so that a preview pays for the modules that are on. Importable any number of times.

import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./infra/settings";

async function program(): Promise<Record<string, pulumi.Input<unknown>>> {
  const settings = readSettings();
  for (const module of ["auth0Authorizer", "httpApi", "secrets", "sagemaker"] as const) {
    if (settings[module])
      await pulumi.log.warn(`${module} is on, but this version has no such module: it creates nothing`);
  }
  // The model function, and what it needs, exist only when something invokes it.
  if (!settings.apiGateway) return {};

  const { connect } = await import("./infra/connection");
  const { location, options } = await connect(settings.awsRegion);

  const { Encryption } = await import("./infra/encryption");
  const { keyArn } = new Encryption("encryption", { location }, options);

  const { CodeStore } = await import("./infra/parts/code-store");
  const codeStore = new CodeStore("code-store", { location, keyArn, protect: settings.protectData }, options);

  const { ModelService } = await import("./infra/model-service");
  const model = new ModelService("model", { location, settings, codeStore, keyArn }, options);

  const { ApiGateway } = await import("./infra/api-gateway");
  const api = new ApiGateway(
    "apiGateway",
    { location, settings, function: model.function, codeStore, keyArn },
    options,
  );
  return api.outputs;
}

// Pulumi's runner calls what a CommonJS module exports as a whole; a default export it would take for stack outputs, and
// deploy nothing.
export = program;
