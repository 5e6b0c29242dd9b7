// What the role that deploys a stack may do, by the Pulumi resource types of the program. A test compares both ways:
// every type has its permissions here, and every permission here is needed by a type.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html

import { data } from "./data";
import { frontDoors } from "./front-doors";
import { functions } from "./functions";
import { monitoring } from "./monitoring";

export const permissions = { ...frontDoors, ...functions, ...data, ...monitoring };

/**
 * Pulumi functions that the program calls to look up the account, also in each preview, and the action that each needs.
 * None of the actions supports resource-level permissions; `getCallerIdentity` needs no permission.
 */
export const lookUps: Readonly<Record<string, string>> = {
  getPrefixList: "ec2:DescribePrefixLists",
  getRouteTable: "ec2:DescribeRouteTables",
  getSubnet: "ec2:DescribeSubnets",
  getAvailabilityZones: "ec2:DescribeAvailabilityZones",
};
