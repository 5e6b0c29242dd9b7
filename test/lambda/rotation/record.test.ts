import { expect } from "chai";
import { measuresLine, recordLine } from "../../../lambda/core/rotation/rotation-record";

describe("Functions: the rotation's log", () => {
  it("carries the sweep's measures as CloudWatch metrics without dimensions, in seconds", () => {
    expect(
      JSON.parse(measuresLine({ keys: 2, keyAge: 90_400, pendingAge: 0 }, "model-serving-dev", 1_800)),
    ).to.deep.equal({
      _aws: {
        Timestamp: 1_800,
        CloudWatchMetrics: [
          {
            Namespace: "model-serving-dev",
            Dimensions: [[]],
            Metrics: [
              { Name: "ApiKeys", Unit: "Count" },
              { Name: "ApiKeyAge", Unit: "Seconds" },
              { Name: "PendingVersionAge", Unit: "Seconds" },
            ],
          },
        ],
      },
      ApiKeys: 2,
      ApiKeyAge: 90,
      PendingVersionAge: 0,
    });
  });

  it("is one line an event", () => {
    const record = { level: "error", event: "setSecret", ms: 3, requestId: "1", version: "2", cause: "a\nb" } as const;
    expect(recordLine(record)).not.to.include("\n");
    expect(JSON.parse(recordLine(record))).to.deep.equal(record);
  });
});
