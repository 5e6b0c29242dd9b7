// What a day costs behind an endpoint: its instances, scaled by target tracking with its delays, what goes through it, and
// the function before it, which is billed while it waits for the answer.
// Sources: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html and
// https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html

import type { Day, ModelWork } from "./function-day";
import { type Instance, prices } from "./prices";

export interface EndpointDay extends Day {
  /** Instances, the mean of the day and the most at a time. */
  readonly meanInstances: number;
  readonly mostInstances: number;
  /** Requests that waited for more than a second, and those answered with 503 because they could not be computed in time. */
  readonly late: number;
  readonly refused: number;
}

export interface EndpointPlan {
  readonly instance: Instance;
  readonly minInstances: number;
  readonly maxInstances: number;
  /**
   * Share of what an instance can compute to which target tracking keeps it: the rest is for what comes until another one
   * serves.
   */
  readonly targetShare: number;
}

/** GB of the function that only passes requests on: the least that `modelMemory` accepts. */
const gatekeeperMemory = 0.5;
/** Milliseconds of a request beside the model: validation, the call and the way there and back. */
const hopMs = 8;
/** Seconds within which the function has to answer. */
const timeout = 28;

/** Minutes until a new instance serves: the machine, the image and the model. */
const startMinutes = 6;
/** Target tracking acts after 3 minutes above its target, and after 15 minutes below nine tenths of it. */
const minutesAbove = 3;
const minutesBelow = 15;
const scaleInShare = 0.9;
/** Minutes after a change in which there is no further one (the default cooldown of endpoint variants). */
const cooldownMinutes = 5;

/** A GPU computes about thirty times as fast as one vCPU, but no request in less than a millisecond: measure your model. */
export const gpuMs = (model: ModelWork): number => model.gpuMs ?? Math.max(1, model.cpuMs / 30);

/** Requests per second that an instance computes. */
export function capacity({ parallel, gpu }: Instance, model: ModelWork): number {
  return (parallel * 1000) / (gpu ? gpuMs(model) : model.cpuMs);
}

/** The setting `invocationsPerInstance` that keeps an instance at its target: requests per minute. */
export function invocationsPerInstance({ instance, targetShare }: EndpointPlan, model: ModelWork): number {
  return Math.max(1, Math.floor(60 * targetShare * capacity(instance, model)));
}

/** @param arrivals requests in each second */
export function endpointDay(arrivals: Float64Array, model: ModelWork, plan: EndpointPlan): EndpointDay {
  const { instance } = plan;
  const each = capacity(instance, model);
  const serviceMs = hopMs + (instance.gpu ? gpuMs(model) : model.cpuMs);
  const fleet = new Fleet(plan, invocationsPerInstance(plan, model));
  let [requests, late, refused, backlog, waitedMs, instanceMinutes, mostInstances] = [0, 0, 0, 0, 0, 0, 0];
  for (let minute = 0; minute * 60 < arrivals.length; minute++) {
    let inMinute = 0;
    for (const count of arrivals.subarray(minute * 60, minute * 60 + 60)) {
      const perSecond = each * fleet.serving;
      inMinute += count;
      backlog = Math.max(0, backlog + count - perSecond);
      const surplus = Math.max(0, backlog - timeout * perSecond);
      backlog -= surplus;
      refused += surplus;
      const wait = backlog / perSecond;
      if (wait > 1) late += count - surplus;
      waitedMs += 1000 * wait * count;
    }
    requests += inMinute;
    instanceMinutes += fleet.billed;
    mostInstances = Math.max(mostInstances, fleet.billed);
    fleet.observe(inMinute);
  }
  const gatekeeperGbSeconds = (gatekeeperMemory * (requests * serviceMs + waitedMs)) / 1000;
  const dollars =
    (instanceMinutes / 60) * instance.hour +
    ((requests * model.kilobytes) / 1024 / 1024) * prices.endpointGb +
    requests * prices.lambdaRequest +
    gatekeeperGbSeconds * prices.lambdaGbSecond;
  return {
    dollars,
    requests,
    meanInstances: instanceMinutes / (arrivals.length / 60),
    mostInstances,
    late: Math.round(late),
    refused: Math.round(refused),
  };
}

/** The instances of an endpoint, minute by minute, as target tracking changes their number. */
class Fleet {
  /** Those that serve, and those that are billed: a new one is billed while it starts. */
  serving: number;
  billed: number;
  private minute = 0;
  private quietUntil = 0;
  private ready = Infinity;
  /** Requests per instance in the last minutes, newest last. */
  private readonly seen: number[] = [];

  constructor(
    private readonly plan: EndpointPlan,
    /** Requests per minute and instance. */
    private readonly target: number,
  ) {
    this.serving = this.billed = plan.minInstances;
  }

  /** A minute ends, in which so many requests came. */
  observe(requests: number): void {
    this.minute++;
    if (this.minute >= this.ready) {
      this.serving = this.billed;
      this.ready = Infinity;
    }
    this.seen.push(requests / this.serving);
    if (this.seen.length > minutesBelow) this.seen.shift();
    // An endpoint that is being changed takes no further change.
    if (this.ready !== Infinity || this.minute < this.quietUntil) return;
    const { minInstances, maxInstances } = this.plan;
    const wanted = Math.ceil((this.serving * this.seen.at(-1)!) / this.target);
    const within = Math.min(maxInstances, Math.max(minInstances, wanted));
    const above = this.seen.slice(-minutesAbove);
    if (above.length === minutesAbove && above.every((one) => one > this.target) && within > this.serving) {
      this.billed = within;
      this.ready = this.minute + startMinutes;
      this.quietUntil = this.ready + cooldownMinutes;
    } else if (
      this.seen.length === minutesBelow &&
      this.seen.every((one) => one < scaleInShare * this.target) &&
      within < this.serving
    ) {
      this.serving = this.billed = within;
      this.quietUntil = this.minute + cooldownMinutes;
    }
  }
}
