// The function that checks tokens for a REST API: those of any OIDC issuer. Separate from the model function because it
// talks to the issuer, and the model function talks to nobody.

import * as pulumi from "@pulumi/pulumi";
import { environment } from "../../contract";
import type { CodeStore } from "./code-store";
import { bundle } from "./bundle";
import { ServerlessFunction } from "./function";
import type { FunctionNetwork } from "./function-network";
import type { Location } from "./location";

/** How long API Gateway remembers a Lambda authorizer's answer, in seconds: as long does a revoked token still work. */
export const authorizerCacheSeconds = 60;

export interface TokenAuthorizerArgs {
  readonly location: Location;
  /** Last part of the function's physical name. */
  readonly role: string;
  readonly codeStore: CodeStore;
  /** KMS key of environment and logs. */
  readonly keyArn: pulumi.Input<string>;
  /** Exactly as in the tokens' `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Executions reserved; 0: none. */
  readonly concurrency: number;
  /** Where it runs: it has to reach the issuer; absent: in a network of Lambda's. */
  readonly network?: FunctionNetwork;
}

export class TokenAuthorizer extends pulumi.ComponentResource {
  readonly function: ServerlessFunction;

  constructor(name: string, args: TokenAuthorizerArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TokenAuthorizer", name, {}, options);
    this.function = new ServerlessFunction(
      name,
      {
        location: args.location,
        role: args.role,
        handler: "authorizer.handler",
        code: args.codeStore.upload(`${name}-code`, bundle("authorizer"), this),
        environment: {
          [environment.tokenIssuer]: args.issuer,
          [environment.tokenAudience]: args.audience,
        },
        keyArn: args.keyArn,
        // A verification takes microseconds; memory buys the CPU share that the first one, with its imports, waits for.
        memory: 512,
        // API Gateway gives an authorizer up to 29 s; the issuer's answer is bounded far below.
        timeout: 10,
        network: args.network,
        // Who sends tokens by the thousand takes no execution from the model function.
        concurrency: args.concurrency,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
