// Whether what runs in subnets and security groups stays in the program's network: its endpoints then limit where data can go.

import { violation, type Violation } from "../../queries/rule";
import type { View } from "../../queries/view";

/** @param about what runs there */
export function strayFrom(
  { subnets, groups }: { readonly subnets: readonly string[]; readonly groups: readonly string[] },
  view: View,
  about: string,
): Violation[] {
  const strange = (ids: readonly string[], of: string) =>
    ids.some((id) => !view.ofType(of).some((one) => one.id === id));
  return [
    ...(strange(subnets, "aws:ec2/subnet:Subnet") ? [violation("a subnet is not of this program", about)] : []),
    ...(strange(groups, "aws:ec2/securityGroup:SecurityGroup")
      ? [violation("a group is not of this program", about)]
      : []),
    ...(subnets.some((id) => leadsOut(id, view)) ? [violation("a route leads out of a subnet", about)] : []),
  ];
}

/** Whether the subnet's route table has Route resources, which lead out: VPC endpoints add their routes themselves. */
function leadsOut(subnet: string, view: View): boolean {
  const tables = view
    .ofType("aws:ec2/routeTableAssociation:RouteTableAssociation")
    .filter(({ inputs }) => inputs.subnetId === subnet)
    .map(({ inputs }) => inputs.routeTableId);
  // A subnet without an associated table uses the VPC's main table, which is not in the graph: it may lead out.
  return (
    tables.length === 0 || view.ofType("aws:ec2/route:Route").some(({ inputs }) => tables.includes(inputs.routeTableId))
  );
}
