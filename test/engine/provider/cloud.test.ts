import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Cloud } from "./cloud";

describe("the simulated cloud", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cloud-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("refuses a second thing of a name that is taken, and takes it once the first is gone", () => {
    const cloud = new Cloud(folder);
    cloud.add("aws:s3/bucket:Bucket", "code");
    expect(() => new Cloud(folder).add("aws:s3/bucket:Bucket", "code")).to.throw("already exists");
    cloud.add("aws:iam/role:Role", "code");
    cloud.remove("aws:s3/bucket:Bucket", "code");
    cloud.add("aws:s3/bucket:Bucket", "code");
    expect(cloud.standing()).to.deep.equal([
      { type: "aws:iam/role:Role", id: "code" },
      { type: "aws:s3/bucket:Bucket", id: "code" },
    ]);
  });

  it("counts what is made for a URN, over processes", () => {
    expect(new Cloud(folder).nextGeneration("urn:a")).to.equal(1);
    expect(new Cloud(folder).nextGeneration("urn:a")).to.equal(2);
    expect(new Cloud(folder).nextGeneration("urn:b")).to.equal(1);
  });
});
