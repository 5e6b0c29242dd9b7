// Simulates the resources that the component awsx:ec2:Vpc creates, for the arguments used here. A remote component
// creates its children in its plugin; without this, the graph would contain neither the subnets nor their routes.
// Source: https://github.com/pulumi/pulumi-awsx/blob/master/awsx/ec2/vpc.ts

/**
 * Creates a child resource with a type token, a logical name and inputs; without `parent` the component is the parent.
 */
export type Make<Child> = (type: string, name: string, inputs: Record<string, unknown>, parent?: Child) => Child;

interface SubnetSpec {
  readonly type: "Public" | "Private" | "Isolated";
  readonly name?: string;
  readonly cidrBlocks: readonly string[];
}

export interface VpcOutputs {
  readonly vpcId: unknown;
  readonly publicSubnetIds: readonly unknown[];
  readonly privateSubnetIds: readonly unknown[];
  readonly isolatedSubnetIds: readonly unknown[];
}

/**
 * @param idOf gets a child's id, for the inputs of other children
 * @throws Error for arguments that are not simulated
 */
export function awsxVpc<Child>(
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  make: Make<Child>,
  idOf: (child: Child) => unknown,
): VpcOutputs {
  const { cidrBlock, availabilityZoneNames: zones, natGateways, subnetSpecs, subnetStrategy, ...more } = inputs;
  const known = new Set(["enableDnsHostnames", "enableDnsSupport", "tags"]);
  const strange = Object.keys(more).find((key) => !known.has(key));
  if (strange !== undefined) throw new Error(`awsx:ec2:Vpc ${name}: ${strange} is not simulated`);
  if (subnetStrategy !== "Auto") throw new Error(`awsx:ec2:Vpc ${name}: only the subnet strategy Auto is simulated`);
  const specs = (subnetSpecs ?? []) as readonly SubnetSpec[];
  if (
    !Array.isArray(zones) ||
    specs.length === 0 ||
    !specs.every(({ cidrBlocks }) => cidrBlocks?.length === zones.length)
  )
    throw new Error(`awsx:ec2:Vpc ${name}: only named zones, and subnets with a cidrBlock for each, are simulated`);
  const { strategy = "OnePerAz" } = (natGateways ?? {}) as { strategy?: "None" | "Single" | "OnePerAz" };
  const vpc = make("aws:ec2/vpc:Vpc", name, { ...more, cidrBlock, tags: { Name: name } });
  const inVpc = { vpcId: idOf(vpc) };
  // awsx creates it whether or not a route uses it.
  const internet = make("aws:ec2/internetGateway:InternetGateway", name, inVpc, vpc);
  const ids = { Public: [] as unknown[], Private: [] as unknown[], Isolated: [] as unknown[] };
  const gateways: Child[] = [];
  // Public subnets first: the routes of a zone's private subnets lead to the NAT gateway in its public one.
  const ordered = [...specs].sort((one, other) => order.indexOf(one.type) - order.indexOf(other.type));
  for (let zone = 0; zone < zones.length; zone++) {
    for (const spec of ordered) {
      const subnetName = `${name}-${spec.name ?? spec.type.toLowerCase()}-${zone + 1}`;
      const subnet = make(
        "aws:ec2/subnet:Subnet",
        subnetName,
        {
          ...inVpc,
          availabilityZone: zones[zone] as unknown,
          cidrBlock: spec.cidrBlocks[zone],
          mapPublicIpOnLaunch: spec.type === "Public",
          tags: { Name: subnetName, SubnetType: spec.type },
        },
        vpc,
      );
      ids[spec.type].push(idOf(subnet));
      const table = make("aws:ec2/routeTable:RouteTable", subnetName, inVpc, subnet);
      const association = { routeTableId: idOf(table), subnetId: idOf(subnet) };
      make("aws:ec2/routeTableAssociation:RouteTableAssociation", subnetName, association, table);
      if (spec.type === "Public" && (strategy === "OnePerAz" || (strategy === "Single" && gateways.length === 0))) {
        const address = make("aws:ec2/eip:Eip", `${name}-${zone + 1}`, {}, subnet);
        const nat = { subnetId: idOf(subnet), allocationId: idOf(address) };
        gateways.push(make("aws:ec2/natGateway:NatGateway", `${name}-${zone + 1}`, nat, subnet));
      }
      const out =
        spec.type === "Public"
          ? { gatewayId: idOf(internet) }
          : spec.type === "Private" && strategy !== "None"
            ? { natGatewayId: idOf(gateways[strategy === "Single" ? 0 : zone]!) }
            : undefined;
      if (out !== undefined)
        make(
          "aws:ec2/route:Route",
          subnetName,
          { routeTableId: idOf(table), ...out, destinationCidrBlock: "0.0.0.0/0" },
          table,
        );
    }
  }
  return {
    vpcId: idOf(vpc),
    publicSubnetIds: ids.Public,
    privateSubnetIds: ids.Private,
    isolatedSubnetIds: ids.Isolated,
  };
}

const order = ["Public", "Private", "Isolated"];
