import { expect } from "chai";
import { runtime } from "@pulumi/pulumi";
import { created, previewed, updated } from "./computed";

const domain = "aws:apigatewayv2/domainName:DomainName";
const name = "models";
const urn = `urn:pulumi:dev::model-serving::${domain}::${name}`;
const configuration = { certificateArn: "arn:c", endpointType: "REGIONAL", securityPolicy: "TLS_1_2" };
const inputs = { domainName: "models.example.com", domainNameConfiguration: configuration, tags: { a: "1" } };

type Nested = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe("what the simulated cloud computes", () => {
  it("is unknown in a preview, within an object of the inputs too, where leaving it out would say that there is none", () => {
    const outputs = previewed(domain, name, urn, inputs);
    expect(outputs).to.deep.equal({
      ...inputs,
      domainNameConfiguration: {
        ...configuration,
        targetDomainName: runtime.unknownValue,
        hostedZoneId: runtime.unknownValue,
      },
    });
  });

  it("is there once the thing stands, and stays over an update beside what was changed", () => {
    const { outputs } = created({ type: domain, name, urn, generation: 1 }, inputs);
    const { targetDomainName } = (outputs as Nested).domainNameConfiguration!;
    expect(targetDomainName).to.match(/^d-.*\.execute-api\./);
    const changed = { ...inputs, domainNameConfiguration: { ...configuration, certificateArn: "arn:d" } };
    for (const preview of [true, false]) {
      const after = updated(domain, outputs, inputs, changed, preview) as Nested;
      expect(after.domainNameConfiguration).to.deep.include({ certificateArn: "arn:d", targetDomainName });
    }
  });

  it("keeps no input that the program took away, at any depth", () => {
    const { outputs } = created({ type: domain, name, urn, generation: 1 }, inputs);
    const less = { domainName: inputs.domainName, domainNameConfiguration: { certificateArn: "arn:c" } };
    const after = updated(domain, outputs, inputs, less, false) as Nested;
    expect(after).not.to.have.property("tags");
    expect(Object.keys(after.domainNameConfiguration!).sort()).to.deep.equal([
      "certificateArn",
      "hostedZoneId",
      "targetDomainName",
    ]);
  });
});
