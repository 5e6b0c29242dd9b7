// Compares the resources of two versions: added, removed, replaced, or changed in some properties. Direct consequences are
// reported with the change that causes them: new function versions and their aliases, a new deployment of a changed API.

import { replaces } from "../../graph/resource-types";
import type { Comparable, ComparableResource } from "../version/snapshot";
import { differences, documentOf, isTree, type PropertyChange, shown } from "./differences";

export interface ResourceChange {
  readonly op: "added" | "removed" | "changed" | "replaced";
  /** Pulumi type token. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** URN of the parent; empty for the stack's own children. */
  readonly parent: string;
  /** Of an added resource, what it grants. */
  readonly changes: readonly PropertyChange[];
  /** Protected in Pulumi (`protect`) because it holds data: removing or replacing it fails. */
  readonly protected: boolean;
  /** What the deployment also does because of this change, one phrase each. */
  readonly consequences: readonly string[];
}

type Resources = readonly ComparableResource[];

export function resourceChanges(before: Resources, after: Resources): ResourceChange[] {
  const old = new Map(before.map((resource) => [resource.urn, resource]));
  const next = new Map(after.map((resource) => [resource.urn, resource]));
  const plain = (op: "added" | "removed", resource: ComparableResource): ResourceChange => ({
    ...naming(resource),
    op,
    changes: op === "added" ? grantsOf(resource.type, resource.inputs) : [],
    protected: resource.protect,
    consequences: [],
  });
  const all = [
    ...before.flatMap((resource) => {
      const now = next.get(resource.urn);
      return now === undefined ? [plain("removed", resource)] : changeOf(resource, now);
    }),
    ...after.filter(({ urn }) => !old.has(urn)).map((resource) => plain("added", resource)),
  ];
  return folded(all, after);
}

function naming(resource: ComparableResource): Pick<ResourceChange, "type" | "name" | "urn" | "parent"> {
  const { type, name, urn, parent } = resource;
  return { type, name, urn, parent };
}

function changeOf(before: ComparableResource, after: ComparableResource): ResourceChange[] {
  const changes: PropertyChange[] = [
    ...differences(before.inputs, after.inputs),
    ...(before.protect === after.protect
      ? []
      : [{ path: "protect", before: String(before.protect), after: String(after.protect) }]),
  ];
  if (changes.length === 0) return [];
  const op = changes.some(({ path }) => replaces(after.type, path)) ? "replaced" : "changed";
  return [{ ...naming(after), op, changes, protected: before.protect, consequences: [] }];
}

const code = "aws:s3/bucketObjectv2:BucketObjectv2";
const lambdaFunction = "aws:lambda/function:Function";
const alias = "aws:lambda/alias:Alias";
const layer = "aws:lambda/layerVersion:LayerVersion";
const deployments = ["aws:apigateway/deployment:Deployment", "aws:apigatewayv2/deployment:Deployment"];
const stages = ["aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage"];

/** Drops a deployment that is replaced only because its API changed, and adds each change's consequences. */
function folded(all: readonly ResourceChange[], after: Resources): ResourceChange[] {
  const follows = new Map<string, string>();
  for (const change of all) {
    const deployment = after.find(({ urn }) => urn === change.urn);
    if (deployment === undefined || !deployments.includes(change.type) || change.op !== "replaced") continue;
    if (!change.changes.every(({ path }) => path.startsWith("triggers"))) continue;
    const api = Object.values(deployment.propertyDependencies)
      .flat()
      .find((urn) =>
        all.some((other) => other.urn === urn && other.changes.some(({ path }) => path.startsWith("body"))),
      );
    if (api !== undefined) follows.set(change.urn, api);
  }
  return all
    .filter(({ urn }) => !follows.has(urn))
    .map((change) => ({
      ...change,
      consequences: [
        ...deploymentsOf(change.urn, follows, after),
        ...(change.type === code || change.type === layer || change.type === lambdaFunction
          ? versionsOf(change, after)
          : []),
      ],
    }));
}

function deploymentsOf(api: string, follows: ReadonlyMap<string, string>, after: Resources): string[] {
  return [...follows]
    .filter(([, followed]) => followed === api)
    .map(([deployment]) => {
      const served = after.filter(({ type, propertyDependencies }) => {
        return stages.includes(type) && Object.values(propertyDependencies).flat().includes(deployment);
      });
      return ["a new deployment", ...served.map(({ name }) => `served by ${name}`)].join(" ");
    });
}

/** Functions that get a new version because code, layer or configuration changed, and the aliases that serve it. */
function versionsOf(change: ResourceChange, after: Resources): string[] {
  if (change.op === "added" || change.op === "removed") return [];
  const dependOn = (urn: string, type: string, properties: readonly string[]) =>
    after.filter(
      (resource) =>
        resource.type === type && properties.some((property) => resource.propertyDependencies[property]?.includes(urn)),
    );
  const functions =
    change.type === lambdaFunction
      ? after.filter(({ urn }) => urn === change.urn)
      : [change.urn, ...dependOn(change.urn, layer, ["s3ObjectVersion"]).map(({ urn }) => urn)].flatMap((urn) =>
          dependOn(urn, lambdaFunction, ["s3ObjectVersion", "layers"]),
        );
  return functions.map(({ urn, name }) => {
    const aliases = dependOn(urn, alias, ["functionVersion"]).map((found) => `served by ${found.name}`);
    return [`a new version of ${name}`, ...aliases].join(" ");
  });
}

/** Types of which every property is shown: they let somebody do something, or send data somewhere. */
const granting =
  /:(iam|ram|organizations|vpc)\/|polic|role|permission|grant|attachment|member|binding|iam|securitygroup|(bucket|object|network)acl|subscription|eventtarget|connection|peering|invit|replicat|functionurl|oidc|federat|identityprovider|bucketlogging|flowlog|deliverystream|poolclient|index\/client/i;

/** Properties that are shown of any type. */
const shownAlways = /principal|cidr|destination|members?$|^endpoint$|url$|uri$|accounts?$|role(arn)?$/i;

/** Properties that say nothing about who may do what. */
const neverShown = /^(tags|tagsAll|description|name|namePrefix|path|forceDetachPolicies)$/;

/** One entry for each statement of an IAM policy that allows something, and one for all other properties. */
function grantsOf(type: string, inputs: Readonly<Record<string, Comparable>>): PropertyChange[] {
  const all = granting.test(type.slice(type.indexOf(":")));
  const entries = Object.entries(inputs).filter(([, value]) => value !== null && value !== "");
  const statements = entries.flatMap(([key, value]) =>
    (statementsOf(value) ?? []).map((after, index) => ({ path: `${key}.${index}`, after })),
  );
  const others = entries
    .filter(
      ([key, value]) => (all || shownAlways.test(key)) && !neverShown.test(key) && statementsOf(value) === undefined,
    )
    .map(([key, value]) => `${key} ${shown(value)}`);
  const allowing = statements.filter(({ after }) => !after.startsWith("Deny; "));
  return [...allowing, ...(others.length === 0 ? [] : [{ path: "properties", after: others.join("; ") }])];
}

/** The statements of an IAM policy, a line each; `undefined` if the value is none. */
function statementsOf(value: Comparable): string[] | undefined {
  const document = documentOf(value);
  if (!isTree(document) || document.Statement === undefined) return undefined;
  const { Statement: found } = document;
  return (Array.isArray(found) ? found : [found]).map(statement);
}

/** For example `Allow; Principal {"Service":"lambda.amazonaws.com"}; Action sts:AssumeRole`. */
function statement(value: Comparable): string {
  if (!isTree(value)) return shown(value);
  const parts = Object.entries(value).filter(([key]) => key !== "Sid" && key !== "Effect");
  const words = parts.map(([key, item]) => `${key} ${typeof item === "string" ? item : shown(item)}`);
  return [typeof value.Effect === "string" ? value.Effect : "no effect", ...words].join("; ");
}
