import { expect } from "chai";
import { compare } from "../../costs/comparison";
import { arrivals, secondsOfDay } from "../../costs/day";
import { capacity, endpointDay, invocationsPerInstance } from "../../costs/endpoint-day";
import { functionDay } from "../../costs/function-day";
import { endpointInstanceTypes, hasGpu } from "../../infra/settings/instance-types";
import { instances } from "../../costs/prices";

const cpu = instances.find(({ type }) => type === "ml.c5.large")!;
const model = { megabytes: 100, cpuMs: 97, kilobytes: 8 };
const always = (perSecond: number, seconds = secondsOfDay) => new Float64Array(seconds).fill(perSecond);

describe("The costs of a day", () => {
  it("have arrivals of the mean that is asked for, more by day than by night, and the same each time", () => {
    for (const rate of [0.5, 20, 400]) {
      const day = arrivals(rate);
      const sum = (from: number, to: number) => day.subarray(from * 3600, to * 3600).reduce((all, one) => all + one, 0);
      expect(sum(0, 24) / secondsOfDay, `${rate}`).to.be.closeTo(rate, rate * 0.02);
      expect(sum(12, 16), `${rate}`).to.be.above(3 * sum(0, 4));
      expect(arrivals(rate)).to.deep.equal(day);
      expect(arrivals(rate, 2)).not.to.deep.equal(day);
    }
  });

  it("are of the function: requests, GB-seconds, and each start", () => {
    // 86,400 requests of 100 ms, and one at a time: 0.1 at once, so at most ceil(0.1 + 3√0.1) = 2 environments.
    const { dollars, requests, coldStarts } = functionDay(always(1), model);
    expect([requests, coldStarts]).to.deep.equal([86_400, 2]);
    // 1769 MB are 1.7275390625 GB: 8,640 s of requests and 2 × 0.8 s of starts are 14,928.7016 GB-s, 0.248812 dollars.
    expect(dollars).to.be.closeTo(0.01728 + 0.248812, 0.00001);
  });

  it("count a start again after ten minutes without requests", () => {
    const day = always(0);
    day[0] = day[60 * 60] = 1;
    expect(functionDay(day, model).coldStarts).to.equal(4);
    day[60 * 60] = 0;
    day[9 * 60] = 1;
    expect(functionDay(day, model).coldStarts).to.equal(2);
  });

  const plan = { instance: cpu, minInstances: 2, maxInstances: 8, targetShare: 0.7 };

  it("are of an endpoint: its instances, what passes through it, and the function that waits", () => {
    const day = endpointDay(always(1), model, plan);
    expect(day).to.deep.include({ requests: 86_400, meanInstances: 2, mostInstances: 2, late: 0, refused: 0 });
    // 48 h × 0.102; 86,400 × 8 KB = 0.6592 GB × 0.016; 86,400 × 0.2 / 1,000,000; 86,400 × 105 ms × 0.5 GB × 0.0000166667.
    expect(day.dollars).to.be.closeTo(4.896 + 0.010547 + 0.01728 + 0.0756, 0.00001);
  });

  it("scale an endpoint out after three minutes above its target and six of start, and in after fifteen below", () => {
    // An instance computes 2 × 1000 / 97 = 20.6 requests per second, and is kept at 0.7 of it: 865 a minute.
    expect(capacity(cpu, model)).to.be.closeTo(20.62, 0.01);
    expect(invocationsPerInstance(plan, model)).to.equal(865);
    // 40 requests per second are 1,200 a minute for each of two: ceil(2 × 1200 / 865) = 3, billed from minute 3 on.
    const hour = always(40, 3600);
    const { mostInstances, meanInstances, late, refused } = endpointDay(hour, model, plan);
    expect([mostInstances, late, refused]).to.deep.equal([3, 0, 0]);
    expect(meanInstances).to.be.closeTo((3 * 2 + 57 * 3) / 60, 1e-9);
    // With a third serving from minute 9 on and nobody calling from minute 20 on: two again 15 minutes later.
    hour.fill(0, 20 * 60);
    expect(endpointDay(hour, model, plan).meanInstances).to.be.closeTo((3 * 2 + 32 * 3 + 25 * 2) / 60, 1e-9);
  });

  it("refuse what an endpoint cannot compute in time, and let the function wait for the rest", () => {
    // Two instances compute 41.24 of 60 requests per second: 18.76 too many each second, of which 28 s × 41.24 can wait.
    const { refused, late, mostInstances } = endpointDay(always(60, 180), model, { ...plan, maxInstances: 2 });
    const [capacityOfTwo, seconds] = [(2 * 2 * 1000) / 97, 180];
    expect(refused).to.equal(Math.round((60 - capacityOfTwo) * seconds - 28 * capacityOfTwo));
    expect(late).to.be.above(0);
    expect(mostInstances).to.equal(2);
  });

  it("name instance types that endpoints have, and what a function is too small for", () => {
    for (const { type, gpu } of instances) {
      expect(endpointInstanceTypes).to.include(type);
      expect(hasGpu(type), type).to.equal(gpu);
    }
    expect(compare({ ...model, megabytes: 201 }, 1).function).to.equal(undefined);
    expect(compare(model, 1).function).to.be.above(0);
  });
});
