import { expect } from "chai";
import { afterCreate, renew, renewed } from "./renewal";

const lambdaFunction = "aws:lambda/function:Function";
const object = "aws:s3/bucketObjectv2:BucketObjectv2";
const layer = "aws:lambda/layerVersion:LayerVersion";
const arn = "arn:aws:lambda:us-east-1:123456789012:function:model";
const invocations = (version: number) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}:${version}/invocations`;

describe("outputs that AWS renews", () => {
  it("count a published function's version up in its number and its ARNs", () => {
    const olds = { arn, version: "9", qualifiedArn: `${arn}:9`, qualifiedInvokeArn: invocations(9) };
    const names = renewed(lambdaFunction, { publish: true }, ["memorySize"]);
    expect(renew(lambdaFunction, olds, names)).to.deep.equal({
      arn,
      version: "10",
      qualifiedArn: `${arn}:10`,
      qualifiedInvokeArn: invocations(10),
    });
  });

  it("leave a function alone that publishes no versions", () => {
    expect(renewed(lambdaFunction, {}, ["memorySize"])).to.deep.equal([]);
  });

  it("give an object another version with its content, and none with its tags", () => {
    expect(renewed(object, {}, ["source"])).to.deep.equal(["versionId", "etag"]);
    expect(renewed(object, {}, ["tags"])).to.deep.equal([]);
    const next = renew(object, { versionId: "one", key: "code" }, ["versionId"]);
    expect(next.key).to.equal("code");
    expect(next.versionId).to.match(/^[0-9a-f]{32}$/);
  });

  it("number a layer by how often it was made", () => {
    const outputs = {
      id: "arn:x:layer:native:1",
      arn: "arn:x:layer:native:1",
      version: "1",
      layerArn: "arn:x:layer:native",
    };
    expect(afterCreate(layer, outputs, 3)).to.deep.equal({
      id: "arn:x:layer:native:3",
      arn: "arn:x:layer:native:3",
      version: "3",
      layerArn: "arn:x:layer:native",
    });
  });
});
