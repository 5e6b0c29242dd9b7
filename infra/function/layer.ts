// A Lambda layer from the code store: uploaded only when its content changed.

import { LayerVersion } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../base/code-store";
import { architecture } from "./native-library";

/** @returns ARN of the layer version */
export function layer(
  name: string,
  archive: pulumi.asset.Archive,
  codeStore: CodeStore,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const version = new LayerVersion(
    name,
    {
      ...codeStore.upload(name, archive, parent),
      layerName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
      compatibleArchitectures: [architecture.lambda],
    },
    { parent },
  );
  return version.arn;
}
