import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";

const dev = (set: Record<string, unknown> = {}) => evaluate({ stack: "dev", set });

/** What keeps the model function warm, by type: the inputs of each. */
function warming(graph: Graph): [type: string, name: string, inputs: Record<string, unknown>][] {
  const order = ["ProvisionedConcurrencyConfig", "Target", "Policy", "ScheduledAction"];
  return graph.resources
    .filter(({ type }) => /appautoscaling|provisionedConcurrency/.test(type))
    .map(({ type, name, inputs }): [string, string, Record<string, unknown>] => [type.split(":").at(-1)!, name, inputs])
    .sort(([one, name], [other, next]) => order.indexOf(one) - order.indexOf(other) || name.localeCompare(next));
}

const alias = { functionName: "model-serving-dev-model", qualifier: "live" };
const place = {
  resourceId: "function:model-serving-dev-model:live",
  scalableDimension: "lambda:function:ProvisionedConcurrency",
  serviceNamespace: "lambda",
};
const scaling = {
  ...place,
  policyType: "TargetTrackingScaling",
  targetTrackingScalingPolicyConfiguration: {
    targetValue: 0.7,
    predefinedMetricSpecification: { predefinedMetricType: "LambdaProvisionedConcurrencyUtilization" },
  },
};

describe("Infrastructure: warm capacity", () => {
  it("is none where no setting asks for it", async () => {
    expect(warming(await dev())).to.deep.equal([]);
    expect(warming(await evaluate({ stack: "prod" }))).to.deep.equal([]);
  });

  it("is a fixed number of environments of the live alias", async () => {
    expect(warming(await dev({ modelWarm: 2, modelConcurrency: 5 }))).to.deep.equal([
      ["ProvisionedConcurrencyConfig", "model-warm-environments", { ...alias, provisionedConcurrentExecutions: 2 }],
    ]);
  });

  it("follows the load up to a most", async () => {
    const graph = await dev({ modelWarm: 2, modelWarmMost: 8 });
    expect(warming(graph)).to.deep.equal([
      ["ProvisionedConcurrencyConfig", "model-warm-environments", { ...alias, provisionedConcurrentExecutions: 2 }],
      ["Target", "model-warm-range", { ...place, minCapacity: 2, maxCapacity: 8 }],
      ["Policy", "model-warm-scaling", scaling],
    ]);
  });

  it("exists during hours alone, by a schedule and nothing beside it", async () => {
    const hours = { modelWarm: 1, modelWarmMost: 4, modelWarmHours: "MON-FRI 6-18" };
    const scheduled = (hour: number, minCapacity: number, maxCapacity: number) => ({
      ...place,
      schedule: `cron(0 ${hour} ? * MON-FRI *)`,
      timezone: "UTC",
      scalableTargetAction: { minCapacity, maxCapacity },
    });
    const graph = await dev(hours);
    expect(warming(graph)).to.deep.equal([
      ["Target", "model-warm-range", { ...place, minCapacity: 0, maxCapacity: 4 }],
      ["Policy", "model-warm-scaling", scaling],
      ["ScheduledAction", "model-warm-begin", scheduled(6, 1, 4)],
      ["ScheduledAction", "model-warm-end", scheduled(18, 0, 0)],
    ]);
    const daily = warming(await dev({ modelWarm: 1, modelWarmHours: "0-23" }));
    expect(daily.map(([type, , inputs]) => [type, inputs.schedule])).to.deep.equal([
      ["Target", undefined],
      ["ScheduledAction", "cron(0 0 ? * * *)"],
      ["ScheduledAction", "cron(0 23 ? * * *)"],
    ]);
  });

  const refused: [set: Record<string, unknown>, line: RegExp][] = [
    [
      { modelWarm: 6, modelConcurrency: 5 },
      /modelWarm: is more than the 5 executions that modelConcurrency reserves: pulumi config set modelWarm 5/,
    ],
    [
      { modelWarm: 2, modelWarmMost: 6, modelConcurrency: 5 },
      /modelWarmMost: is more than the 5 .*: pulumi config set modelWarmMost 5/,
    ],
    [{ modelWarm: 3, modelWarmMost: 2 }, /modelWarmMost: is less than modelWarm: pulumi config set modelWarmMost 3/],
    [{ modelWarmMost: 2 }, /modelWarmMost: has no effect without modelWarm: pulumi config set modelWarm 1/],
    [{ modelWarmHours: "6-18" }, /modelWarmHours: has no effect without modelWarm/],
    [{ modelWarm: 1, modelWarmHours: "18-6" }, /modelWarmHours: do not end after they begin, on the same day/],
    [
      { modelWarm: 1, modelWarmHours: "6-24" },
      /modelWarmHours: is not hours of a day in UTC: pulumi config set modelWarmHours 'MON-FRI 6-18'/,
    ],
  ];
  for (const [set, line] of refused)
    it(`refuses ${JSON.stringify(set)}`, async () => {
      const fault = await dev(set).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(fault).to.match(line);
    });
});
