import { expect } from "chai";
import {
  endpointInstanceTypes,
  hasGpu,
  hasLocalDisks,
  instanceFault,
  usualInstanceType,
} from "../../../infra/settings/instance-types";
import { ownDisks } from "../../../policy/rules/training/endpoint-disks-are-encrypted-by-our-key";

describe("Infrastructure: the instance types of endpoints", () => {
  it("are those on which the engine runs, each named once", () => {
    expect(new Set(endpointInstanceTypes).size).to.equal(endpointInstanceTypes.length);
    for (const type of [
      "ml.t2.medium",
      "ml.m5.large",
      "ml.c6i.32xlarge",
      "ml.c7i.48xlarge",
      "ml.g5.xlarge",
      "ml.p6-b200.48xlarge",
    ])
      expect(endpointInstanceTypes, type).to.include(type);
    for (const type of endpointInstanceTypes) expect(type).to.match(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/);
    expect(instanceFault(usualInstanceType, "us-east-1")).to.equal(undefined);
  });

  it("say which has a GPU, and which has disks that a key of ours does not encrypt", () => {
    const which = (has: (type: string) => boolean) =>
      ["ml.m5.large", "ml.m5d.large", "ml.c6in.large", "ml.g4dn.xlarge", "ml.p5.48xlarge"].filter(has);
    expect(which(hasGpu)).to.deep.equal(["ml.g4dn.xlarge", "ml.p5.48xlarge"]);
    expect(which(hasLocalDisks)).to.deep.equal(["ml.m5d.large", "ml.g4dn.xlarge", "ml.p5.48xlarge"]);
  });

  it("have disks of their own where the policy pack, which shares no code with this, says so, too", () => {
    for (const type of endpointInstanceTypes) expect(ownDisks.test(type), type).to.equal(hasLocalDisks(type));
  });

  const faults: [type: string, region: string, what: RegExp, instead: string][] = [
    ["m5.large", "us-east-1", /did you mean ml\.m5\.large\?/, "ml.m5.large"],
    ["ml.m5.8xlarge", "us-east-1", /is not an instance type of SageMaker's endpoints; did you mean/, "ml.m5.large"],
    ["enormous", "us-east-1", /^is not an instance type of SageMaker's endpoints$/, "ml.m5.large"],
    ["ml.c7g.large", "us-east-1", /Arm64/, "ml.m5.large"],
    ["ml.p6e-gb200.36xlarge", "us-east-1", /Arm64/, "ml.m5.large"],
    ["ml.inf2.xlarge", "us-east-1", /accelerator/, "ml.m5.large"],
    ["ml.p3.2xlarge", "us-east-1", /no longer/, "ml.m5.large"],
    ["ml.g6.xlarge", "eu-west-1", /has a GPU that AWS does not offer in eu-west-1/, "ml.g5.xlarge"],
    ["ml.g5.xlarge", "af-south-1", /has a GPU that AWS does not offer in af-south-1/, "ml.g4dn.xlarge"],
    ["ml.g5.xlarge", "ca-west-1", /has a GPU that AWS does not offer in ca-west-1/, "ml.m5.large"],
  ];
  for (const [type, region, what, instead] of faults)
    it(`are not ${type} in ${region}`, () => {
      const fault = instanceFault(type, region);
      expect(fault?.what).to.match(what);
      expect(fault?.instead).to.equal(instead);
      expect(instanceFault(instead, region), "the cure is no cure").to.equal(undefined);
    });

  it("have a cure in every region, and none is refused where the table knows nothing", () => {
    const regions = ["us-east-1", "eu-west-1", "ap-southeast-4", "me-south-1", "ap-south-2"];
    for (const region of regions)
      for (const type of endpointInstanceTypes.filter(hasGpu)) {
        const fault = instanceFault(type, region);
        if (fault !== undefined) expect(instanceFault(fault.instead, region), `${type} ${region}`).to.equal(undefined);
      }
    expect(instanceFault("ml.g5.xlarge", "cn-north-1")).to.equal(undefined);
  });
});
