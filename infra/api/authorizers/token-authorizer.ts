// The Lambda authorizer of a REST API: it checks the tokens of one OIDC issuer. Separate from the model function
// because it must reach the issuer, whereas the model function needs no access to the internet.

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { environment } from "../../../contract";
import type { CodeStore } from "../../base/code-store";
import { bundle } from "../../base/bundle";
import { ServerlessFunction } from "../../function/function";
import type { FunctionNetwork } from "../../function/function-network";
import type { Location } from "../../base/location";
import { truststoreFile } from "../../settings/truststore";

/**
 * Seconds that API Gateway caches an authorizer's answer; the cached policy itself ends with the token. Tokens are
 * verified offline, so that a revoked one works until it expires.
 */
export const authorizerCacheSeconds = 60;

export interface TokenAuthorizerArgs {
  readonly location: Location;
  /** Last part of the function's physical name. */
  readonly role: string;
  readonly codeStore: CodeStore;
  /** KMS key of the environment and the logs. */
  readonly keyArn: pulumi.Input<string>;
  /** Issuer, exactly as in the tokens' `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** PEM file of the only authorities trusted for the issuer; empty: the public ones. */
  readonly authorities: string;
  /** Reserved concurrent executions; 0: none. */
  readonly concurrency: number;
  /** VPC placement, from where it must reach the issuer; absent: outside any VPC, in Lambda's own network. */
  readonly network?: FunctionNetwork;
}

/** Beside the function's code: an environment takes 4 KB. */
const authoritiesFile = "issuer-authorities.pem";

export class TokenAuthorizer extends pulumi.ComponentResource {
  readonly function: ServerlessFunction;

  constructor(name: string, args: TokenAuthorizerArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TokenAuthorizer", name, {}, options);
    const files: Record<string, string> =
      args.authorities === "" ? {} : { [authoritiesFile]: readFileSync(truststoreFile(args.authorities), "utf8") };
    this.function = new ServerlessFunction(
      name,
      {
        location: args.location,
        role: args.role,
        handler: "authorizer.handler",
        code: args.codeStore.upload(`${name}-code`, bundle("authorizer", files), this),
        environment: {
          [environment.tokenIssuer]: args.issuer,
          [environment.tokenAudience]: args.audience,
          ...(args.authorities === "" ? {} : { [environment.issuerAuthorities]: authoritiesFile }),
        },
        keyArn: args.keyArn,
        // A verification takes microseconds; the memory buys CPU for the first one, which waits for the imports.
        memory: 512,
        // API Gateway waits up to 29 s for an authorizer; requests to the issuer time out far earlier.
        timeout: 10,
        joinsNetworks: true,
        network: args.network,
        // A reservation keeps a flood of tokens from taking executions from the model function.
        concurrency: args.concurrency,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
