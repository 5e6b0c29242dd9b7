import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { ofType } from "../../graph/resource";
import { account } from "../../graph/types/resource-type";

interface KeyPolicy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Condition?: { readonly ArnLike?: Readonly<Record<string, string | readonly string[]>> };
  }[];
}

/** Whether IAM's `ArnLike` holds for groups, whose names have no colon. */
const matches = (pattern: string, arn: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^:]*")}$`).test(arn);

describe("Infrastructure: log groups", () => {
  for (const stack of ["dev", "prod"]) {
    // CloudWatch Logs refuses to make a group with a key whose policy does not name the group.
    it(`are each named by the policy of their key (${stack})`, async () => {
      const graph = await evaluate({ stack });
      const groups = ofType(graph, "aws:cloudwatch/logGroup:LogGroup");
      expect(groups).not.to.have.lengthOf(0);
      for (const { inputs } of groups) {
        const key = ofType(graph, "aws:kms/key:Key").find(({ outputs }) => outputs.arn === inputs.kmsKeyId)!;
        const { Statement } = JSON.parse(String(key.inputs.policy)) as KeyPolicy;
        const allowed = Statement.find(({ Sid }) => Sid === "Logs")?.Condition?.ArnLike;
        const patterns = [allowed?.["kms:EncryptionContext:aws:logs:arn"] ?? []].flat();
        const region = String(key.outputs.arn).split(":")[3];
        const arn = `arn:aws:logs:${region}:${account}:log-group:${String(inputs.name)}`;
        expect(
          patterns.some((pattern) => matches(pattern, arn)),
          arn,
        ).to.equal(true);
      }
    });
  }
});
