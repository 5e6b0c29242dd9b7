// Simulates the creation of a cloud resource: its id, ARN and other computed outputs in the form that the provider
// returns. Used by the mocks and by the simulated providers for the real engine. Deterministic and unique per URN.

import { createHash, createHmac } from "node:crypto";
import { resourceTypes } from "./resource-types";
import { type Context, type ResourceType, text } from "./types/resource-type";

export interface Request {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs of its provider, such as `region` or `project`. */
  readonly provider?: Readonly<Record<string, unknown>>;
  /** Secret from which simulated secrets derive; without it anyone can compute them. */
  readonly seed?: Buffer;
}

export interface Simulated {
  readonly id: string;
  /** The inputs and the computed properties. */
  readonly outputs: Record<string, unknown>;
  /** Paths of the outputs that the provider marks secret. */
  readonly secrets: readonly string[];
}

/** Region of resources if neither they nor their provider have one. */
export const defaultRegion = "us-east-1";

type Outputs = NonNullable<ResourceType["outputs"]>;

/** Of a type without computed outputs, and of a provider. */
const onlyId: Outputs = ({ physical }) => ({ id: physical });
const provider: Outputs = ({ uuid }) => ({ id: uuid("provider") });

/** Simulates the creation of a custom resource. */
export function simulate(request: Request): Simulated {
  const { type, urn, inputs, name } = request;
  const stable = (purpose: string) => createHash("sha256").update(`${urn}\0${purpose}`);
  const hex = (purpose: string, length: number) => stable(purpose).digest("hex").slice(0, length);
  const physical = ["name", "bucket", "domain", "statementId"]
    .map((key) => text(inputs[key]))
    .find((value) => value !== "");
  // The Terraform provider appends 26 digits (time, counter) to a prefix; Pulumi 7 random ones to the logical name.
  const autonamed = () => {
    const prefix = text(inputs.namePrefix);
    return prefix === "" ? `${name.toLowerCase()}-${hex("autoname", 7)}` : `${prefix}${hex("unique", 26)}`;
  };
  const context: Context = {
    inputs,
    region: text(inputs.region) || text(request.provider?.region) || defaultRegion,
    project: text(inputs.project) || text(request.provider?.project),
    physical: physical ?? autonamed(),
    hex,
    alphanumeric: (purpose, length) => {
      const digits = BigInt(`0x${stable(purpose).digest("hex")}`).toString(36);
      const more = BigInt(`0x${stable(`${purpose}+`).digest("hex")}`).toString(36);
      return (digits + more).slice(0, length);
    },
    secret: (purpose, length) =>
      createHmac("sha512", request.seed ?? Buffer.alloc(0))
        .update(`${urn}\0${purpose}`)
        .digest("base64")
        .replace(/[^A-Za-z0-9]/g, "")
        .slice(0, length),
    uuid: (purpose) => hex(purpose, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5"),
  };
  const compute = /^pulumi:providers:(aws|auth0|gcp)$/.test(type) ? provider : (resourceTypes[type]?.outputs ?? onlyId);
  const { secrets = [], ...computed } = compute(context);
  const { id, ...outputs } = computed;
  return { id, outputs: { ...inputs, ...outputs, ...(type.startsWith("aws:") ? { id } : {}) }, secrets };
}
