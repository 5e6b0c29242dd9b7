// What the project knows of a resource type: its simulated outputs, which changes replace it, and its review.

import { partitionOf } from "../../contract";

/** The simulated AWS account; AWS's documentation uses this number in examples. */
export const account = "123456789012";

export type Inputs = Readonly<Record<string, unknown>>;

/** What a row computes its outputs from. Generated texts are stable per resource and purpose. */
export interface Context {
  readonly inputs: Inputs;
  readonly region: string;
  /** Google Cloud project of the resource or its provider; else empty. */
  readonly project: string;
  /** Physical name: input `name`, `bucket`, `domain` or `statementId`; else generated from `namePrefix` or by Pulumi. */
  readonly physical: string;
  /** Lower-case hex digits. */
  hex(purpose: string, length: number): string;
  /** Lower-case letters and digits. */
  alphanumeric(purpose: string, length: number): string;
  uuid(purpose: string): string;
  /** Letters and digits that cannot be computed without the seed. */
  secret(purpose: string, length: number): string;
}

export interface ResourceType {
  /**
   * Id and computed outputs in the form of the provider, of which `secrets` are secret; absent: only an id. It gives what the
   * program or a check reads.
   */
  readonly outputs?: (context: Context) => { id: string; secrets?: readonly string[]; [output: string]: unknown };
  /**
   * Input properties that the provider cannot change in place, so that a change replaces the resource.
   * Source: the type's page (`documentation(type)`), "Changes to this property will trigger replacement", and the
   * provider's schema behind it (`ForceNew` in hashicorp/terraform-provider-aws, auth0/terraform-provider-auth0).
   */
  readonly replaceOnChanges: readonly string[];
  /** Where the commands are that empty it, if its service deletes it only when nothing is in it. */
  readonly emptiedFirst?: string;
  /**
   * Why the program may have resources of this type: what one opens to whom is read by rules of the policy, or it opens
   * nothing. Absent: the program creates none, and the policy flags one.
   */
  readonly reviewed?: "read by rules" | "opens nothing";
}

/** By type token. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export const arn = (service: string, region: string, resource: string) =>
  `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;

/** The value if it is a string, else an empty string (an input that is missing or still unknown). */
export const text = (value: unknown) => (typeof value === "string" ? value : "");
