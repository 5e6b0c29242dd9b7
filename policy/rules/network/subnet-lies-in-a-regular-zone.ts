// Whoever takes the first zones of a region may get a Local Zone, whose name sorts before the regular ones: it has
// neither Lambda nor most endpoints. Where no zone is named, AWS chooses one, possibly one that Lambda refuses.
// Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html (codes and ids)

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

/** A region's code and a letter; those of Local and Wavelength Zones have more parts. */
const regularName = /^[a-z]{2,3}(-[a-z]+)+-\d[a-z]$/;
const regularId = /^[a-z]+\d-az\d+$/;
/** Zones in which Lambda accepts no subnet. */
export const refusedZoneIds = ["use1-az3"];

export const subnetLiesInARegularZone: Rule = {
  name: "subnet-lies-in-a-regular-zone",
  description: "A subnet names its zone: an availability zone, no Local or Wavelength Zone.",
  severity: "medium",
  controls: ["OWN.SubnetZone"],
  types: ["aws:ec2/subnet:Subnet"],
  check: ({ inputs }) => {
    const [name, id] = [text(inputs.availabilityZone), text(inputs.availabilityZoneId)];
    return unmet({
      "neither availabilityZone nor availabilityZoneId is set": name !== "" || id !== "",
      "availabilityZone is no regular zone": name === "" || regularName.test(name),
      "availabilityZoneId is no regular zone": id === "" || regularId.test(id),
      "availabilityZoneId is a zone that Lambda refuses": !refusedZoneIds.includes(id),
    });
  },
};
