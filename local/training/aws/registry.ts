// Stand-in for SageMaker's model registry: the model packages of one group, kept as files, and the events of their
// changes.
// https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { partitionOf } from "../../../contract";
import { permit } from "../../aws/permission";
import { fieldsOf, json, type Service, ServiceError } from "../../aws/service";
import type { Principal } from "../../iam/identities";

export interface RegistryLocation {
  readonly region: string;
  readonly account: string;
  /** Name of the model package group. */
  readonly group: string;
  /** Folder of the packages: one `<version>.json` each. */
  readonly folder: string;
}

export class Registry {
  constructor(
    private readonly location: RegistryLocation,
    private readonly clock: () => number,
  ) {
    mkdirSync(location.folder, { recursive: true, mode: 0o700 });
  }

  /** CreateModelPackage. @returns the package's ARN. @throws ServiceError for another group, or a missing permission */
  create(principal: Principal, request: Readonly<Record<string, unknown>>): string {
    const { group, folder } = this.location;
    if (request.ModelPackageGroupName !== group) {
      throw new ServiceError(400, "ValidationException", "no such model package group here");
    }
    const at = this.clock();
    const resource = this.arn(`model-package-group/${group}`);
    permit(principal, at, { action: "sagemaker:CreateModelPackageGroup", resource });
    for (const action of ["CreateModelPackage", "AddTags", "DescribeModelPackage"]) {
      const resources = [this.arn(`model-package-group/${group}`), this.arn(`model-package/${group}/1`)];
      for (const resource of resources) permit(principal, at, { action: `sagemaker:${action}`, resource });
    }
    for (let version = readdirSync(folder).length + 1; ; version++) {
      const arn = this.arn(`model-package/${group}/${version}`);
      const described = {
        ...request,
        ModelPackageArn: arn,
        ModelPackageVersion: version,
        ModelPackageStatus: "Completed",
        CreationTime: at / 1000,
      };
      try {
        writeFileSync(this.file(version), JSON.stringify(described, null, 2), { mode: 0o600, flag: "wx" });
        return arn;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  }

  /**
   * UpdateModelPackage by a person, so no role's permission is checked.
   * @throws ServiceError if there is no such package
   */
  approve(arn: string): void {
    const described = { ...this.described(arn), ModelApprovalStatus: "Approved" };
    writeFileSync(this.file(Number(arn.split("/").pop())), JSON.stringify(described, null, 2), { mode: 0o600 });
  }

  /** The package as DescribeModelPackage returns it. @throws ServiceError if there is none */
  described(arn: string): Record<string, unknown> {
    const version = new RegExp(`^${this.arn(`model-package/${this.location.group}`)}/(\\d{1,9})$`).exec(arn)?.[1];
    try {
      return JSON.parse(readFileSync(this.file(Number(version)), "utf8")) as Record<string, unknown>;
    } catch {
      throw new ServiceError(400, "ValidationException", `ModelPackage ${arn} does not exist.`);
    }
  }

  /**
   * The event that SageMaker sends to EventBridge when a package's state changes. @throws ServiceError if there is none
   */
  eventOf(arn: string): Record<string, unknown> {
    const { ModelPackageGroupName, ModelPackageVersion, ModelPackageStatus, ModelApprovalStatus } = this.described(arn);
    const { region, account } = this.location;
    return {
      version: "0",
      id: `local-${this.clock()}`,
      "detail-type": "SageMaker Model Package State Change",
      source: "aws.sagemaker",
      account,
      time: new Date(this.clock()).toISOString(),
      region,
      resources: [arn],
      detail: {
        ModelPackageArn: arn,
        ModelPackageGroupName,
        ModelPackageVersion,
        ModelPackageStatus,
        ModelApprovalStatus,
      },
    };
  }

  /** The registry's part of SageMaker's API: DescribeModelPackage only. */
  service(): Service {
    return {
      name: "sagemaker",
      region: this.location.region,
      operationOf: (request) => request.header("x-amz-target")?.split(".")[1] ?? "",
      respond: (request) => {
        if (request.header("x-amz-target") !== "SageMaker.DescribeModelPackage") {
          throw new ServiceError(400, "UnknownOperationException", "no such operation here");
        }
        const { ModelPackageName: arn } = fieldsOf(request) as { ModelPackageName: string };
        permit(request.principal, request.at, { action: "sagemaker:DescribeModelPackage", resource: arn });
        return Promise.resolve(json(200, this.described(arn), "application/x-amz-json-1.1"));
      },
    };
  }

  private arn(resource: string): string {
    const { region, account } = this.location;
    return `arn:${partitionOf(region)}:sagemaker:${region}:${account}:${resource}`;
  }

  private file(version: number): string {
    return join(this.location.folder, `${version}.json`);
  }
}
