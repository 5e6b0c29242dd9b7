// Replaces Pulumi's engine: answers every resource registration with simulated outputs, and records the resources.

import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { awsxVpc } from "./awsx-vpc";
import type { Resource } from "./resource";
import { defaultRegion, simulate } from "./simulate";
import { type Frame, ownLine } from "./untraced";
import { simulateInvoke } from "./data-sources";
import { decode, encode, type Plain } from "./wire";

type Callback = (error: unknown, response: unknown) => void;

/**
 * The parts used of a request to Pulumi's resource monitor (pulumi/proto/pulumi/resource.proto), whose type is private.
 */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  /** `<urn>::<id>` of the provider; empty for components. */
  getProvider(): string;
  getCustom(): boolean;
  /** Whether this is a remote component, which its plugin creates together with its children. */
  getRemote(): boolean;
  getObject(): Struct | undefined;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { forEach(visit: (value: { getUrnsList(): string[] }, key: string) => void): void };
  getProtect(): boolean | undefined;
  getDeletebeforereplace(): boolean;
  /** The calls that led to its constructor, the innermost first; empty unless the evaluation is traced. */
  getStacktrace(): { getFramesList(): Frame[] } | undefined;
}

interface InvokeRequest {
  getTok(): string;
  getProvider(): string;
  getArgs(): Struct | undefined;
}

export class Recorder extends MockMonitor {
  private readonly recorded = new Map<string, Resource>();
  /** Path, line and column of the compiled line that made each resource, by URN, of a traced evaluation. */
  readonly lines = new Map<string, string>();

  constructor(
    private readonly project: string,
    private readonly stack: string,
    private readonly seed?: Buffer,
  ) {
    super({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
  }

  /** All resources registered so far, sorted by URN, since the order of registration varies. */
  found(): Resource[] {
    return [...this.recorded.values()].sort((one, other) => (one.urn < other.urn ? -1 : 1));
  }

  override async registerResource(request: RegisterRequest, callback: Callback): Promise<void> {
    answered(callback, () => {
      const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
      const urn = this.urn(parent, type, name);
      if (this.recorded.has(urn)) throw new Error(`two resources have the URN ${urn}: give one another name`);
      const line = ownLine(request.getStacktrace()?.getFramesList() ?? []);
      if (line !== undefined) this.lines.set(urn, line);
      const inputs = decode(request.getObject()?.toJavaScript() ?? {}, urn);
      const simulated = request.getCustom()
        ? simulate({ type, name, urn, inputs: inputs.value, provider: this.providerOf(request), seed: this.seed })
        : { id: "", outputs: request.getRemote() ? this.remote(type, name, urn, inputs.value) : {}, secrets: [] };
      const propertyDependencies: Record<string, string[]> = {};
      request.getPropertydependenciesMap().forEach((value, key) => {
        propertyDependencies[key] = value.getUrnsList();
      });
      const secretOutputs = new Set([...inputs.secrets, ...simulated.secrets]);
      this.recorded.set(urn, {
        type,
        name,
        urn,
        id: simulated.id,
        parent: parent.includes("pulumi:pulumi:Stack") ? "" : parent,
        inputs: inputs.value,
        outputs: simulated.outputs,
        dependencies: request.getDependenciesList(),
        propertyDependencies,
        protect: request.getProtect() === true,
        deleteBeforeReplace: request.getDeletebeforereplace(),
        secrets: [
          ...inputs.secrets.map((path) => `inputs.${path}`),
          ...[...secretOutputs].map((path) => `outputs.${path}`),
        ],
      });
      return { urn, id: simulated.id, object: encode(simulated.outputs, secretOutputs) };
    });
  }

  override async invoke(request: InvokeRequest, callback: Callback): Promise<void> {
    try {
      const [token, args] = [request.getTok(), request.getArgs()?.toJavaScript() ?? {}];
      const simulated = simulateInvoke(token, args, String(this.providerOf(request).region ?? defaultRegion));
      const response = new InvokeResponse();
      response.setReturn(struct(encode({ ...simulated, ...this.lookUp(token, args) }, new Set())));
      callback(null, response);
    } catch (error) {
      callback(error, undefined);
    }
  }

  /**
   * Simulates a remote component's plugin: records the children and returns the outputs.
   * @throws Error for other types
   */
  private remote(type: string, name: string, urn: string, inputs: Plain): Plain {
    if (type !== "awsx:ec2:Vpc") throw new Error(`${urn}: remote components of the type ${type} are not simulated`);
    const provider = [...this.recorded.values()].find((known) => known.type === "pulumi:providers:aws")?.inputs ?? {};
    const outputs = awsxVpc<Resource>(
      name,
      inputs,
      (childType, childName, childInputs, parent) => {
        const childUrn = this.urn(parent?.urn ?? urn, childType, childName);
        const made = { type: childType, name: childName, urn: childUrn, inputs: childInputs };
        const { id, outputs } = simulate({ ...made, provider });
        const unrelated = { dependencies: [], propertyDependencies: {}, secrets: [] };
        const kept = { protect: false, deleteBeforeReplace: false };
        const child = { ...made, ...unrelated, ...kept, id, outputs, parent: parent?.urn ?? urn };
        this.recorded.set(childUrn, child);
        return child;
      },
      ({ id }) => id,
    );
    return { ...outputs };
  }

  /** The results of a data source that depend on recorded resources. */
  private lookUp(token: string, args: Plain): Plain {
    if (token !== "aws:ec2/getRouteTable:getRouteTable") return {};
    const association = [...this.recorded.values()].find(
      ({ type, inputs }) =>
        type === "aws:ec2/routeTableAssociation:RouteTableAssociation" && inputs.subnetId === args.subnetId,
    );
    if (association === undefined) throw new Error("getRouteTable: the subnet has no route table of this program");
    return { id: association.inputs.routeTableId, routeTableId: association.inputs.routeTableId };
  }

  /** Inputs of the request's provider, such as its region or Google Cloud project. */
  private providerOf(request: Pick<RegisterRequest, "getProvider">): Plain {
    const reference = request.getProvider();
    return this.recorded.get(reference.slice(0, reference.lastIndexOf("::")))?.inputs ?? {};
  }

  /** The URN that the engine would assign: its type part joins the types of all ancestors but the stack by `$`. */
  private urn(parent: string, type: string, name: string): string {
    const ancestors = parent.split("::")[2];
    const qualified = ancestors === undefined || ancestors === "pulumi:pulumi:Stack" ? type : `${ancestors}$${type}`;
    return `urn:pulumi:${this.stack}::${this.project}::${qualified}::${name}`;
  }

  override async readResource(_request: unknown, callback: Callback): Promise<void> {
    callback(new Error("reading existing resources (`.get`) is not simulated"), undefined);
  }

  override registerResourceOutputs(request: { getUrn(): string; getOutputs(): Struct }, callback: Callback): void {
    const urn = request.getUrn();
    const before = this.recorded.get(urn);
    if (before === undefined) {
      callback(new Error(`outputs of an unknown resource ${urn}`), undefined);
      return;
    }
    try {
      const { value, secrets } = decode(request.getOutputs().toJavaScript(), urn);
      this.recorded.set(urn, { ...before, outputs: value, secrets: secrets.map((path) => `outputs.${path}`) });
      callback(null, {});
    } catch (error) {
      callback(error, undefined);
    }
  }
}

/** Answers a registration with the protobuf message that Pulumi's SDK expects. */
function answered(callback: Callback, register: () => { urn: string; id: string; object: Plain }): void {
  try {
    const { urn, id, object } = register();
    const response = new RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(id);
    response.setObject(struct(object));
    callback(null, response);
  } catch (error) {
    callback(error, undefined);
  }
}

function struct(object: Plain): Struct {
  return Struct.fromJavaScript(object as Record<string, JavaScriptValue>);
}
