// Where an endpoint becomes cheaper than the function, by requests per second and model: the table of docs/endpoints.md.

import { arrivals } from "./day";
import { endpointDay, type EndpointDay, invocationsPerInstance } from "./endpoint-day";
import { functionDay, type ModelWork } from "./function-day";
import { type Instance, instances } from "./prices";

/** Two instances, so that the failure of one is not an outage; the most is never reached in the tables. */
const [minInstances, maxInstances] = [2, 1000];

/** Shares of its capacity to which an endpoint's instances are kept; the cheapest that refuses few enough requests is taken. */
const targetShares = [0.7, 0.5, 0.35];
const mostRefused = 0.001;

/** MB up to which a model fits beside the function. */
const largestInFunction = 200;

/** Models of usual kinds, with the time that they take of one vCPU. */
export const models: readonly (ModelWork & { readonly name: string })[] = [
  { name: "table of numbers", megabytes: 1, cpuMs: 0.2, kilobytes: 1 },
  { name: "small image network", megabytes: 20, cpuMs: 15, kilobytes: 600 },
  { name: "large image network", megabytes: 100, cpuMs: 70, kilobytes: 600 },
  { name: "text encoder", megabytes: 190, cpuMs: 250, kilobytes: 10 },
  { name: "large text encoder", megabytes: 1300, cpuMs: 900, kilobytes: 10 },
];

/** Requests per second, the mean of a day, at which the tables look for the cheaper one. */
const rates = [1, 10, 30, 70, 100, 200, 500, 1000];
const shownRates = [1, 10, 100];
const planRate = 100;

export interface Plan extends EndpointDay {
  readonly type: string;
  /** The setting `invocationsPerInstance`. */
  readonly perMinute: number;
}

export interface Comparison {
  readonly rate: number;
  /** Dollars; `undefined`: the function cannot hold the model. */
  readonly function: number | undefined;
  readonly cpu: Plan;
  readonly gpu: Plan;
}

/** A day at a mean rate: in the function, and behind the cheapest endpoint with processors and with a GPU. */
export function compare(model: ModelWork, rate: number, day = arrivals(rate)): Comparison {
  return {
    rate,
    function: model.megabytes > largestInFunction ? undefined : functionDay(day, model).dollars,
    cpu: cheapestPlan(model, day, false),
    gpu: cheapestPlan(model, day, true),
  };
}

/** The cheapest endpoint that refuses at most `mostRefused` of the requests, or else the one that refuses the fewest. */
function cheapestPlan(model: ModelWork, day: Float64Array, gpu: boolean): Plan {
  const plans = instances
    .filter((instance) => instance.gpu === gpu && fits(model, instance))
    .flatMap((instance) =>
      targetShares.map((targetShare) => {
        const plan = { instance, minInstances, maxInstances, targetShare };
        return {
          type: instance.type,
          perMinute: invocationsPerInstance(plan, model),
          ...endpointDay(day, model, plan),
        };
      }),
    );
  const good = plans.filter(({ refused, requests }) => refused <= mostRefused * requests);
  const by = (key: "dollars" | "refused") => (best: Plan, other: Plan) => (other[key] < best[key] ? other : best);
  return good.length > 0 ? good.reduce(by("dollars")) : plans.reduce(by("refused"));
}

/** The engine and its library take about 1 GB, and the model twice its files. */
function fits({ megabytes }: ModelWork, { memory }: Instance): boolean {
  return 1 + (2 * megabytes) / 1024 <= memory;
}

/** The least of the rates from which on an endpoint stays cheaper than the function; `undefined`: none of them. */
export function cheaperFrom(compared: readonly Comparison[], kind: "cpu" | "gpu"): number | undefined {
  const dearer = compared.filter((one) => one.function !== undefined && one[kind].dollars >= one.function);
  const last = Math.max(0, ...dearer.map(({ rate }) => rate));
  return compared.map(({ rate }) => rate).find((rate) => rate > last);
}

/** The table of costs in docs/endpoints.md, in dollars a day. */
export function comparisonTable(): string {
  const days = new Map(rates.map((rate) => [rate, arrivals(rate)]));
  const rows = models.map((model) => {
    const compared = [...days].map(([rate, day]) => compare(model, rate, day));
    const from = (kind: "cpu" | "gpu"): string => {
      if (model.megabytes > largestInFunction) return "always";
      const rate = cheaperFrom(compared, kind);
      return rate === undefined ? "never" : `${rate}/s`;
    };
    const shown = shownRates.map((rate) => {
      const { function: alone, cpu, gpu } = compared.find((one) => one.rate === rate)!;
      return [alone, cpu.dollars, gpu.dollars].map((sum) => (sum === undefined ? "–" : sum.toFixed(2))).join(" · ");
    });
    return [model.name, model.megabytes, model.cpuMs, model.kilobytes, ...shown, from("cpu"), from("gpu")];
  });
  return markdown(
    ["model", "MB", "vCPU ms", "KB", ...shownRates.map((rate) => `${rate}/s`), "CPU from", "GPU from"],
    rows,
  );
}

/** The table of the endpoints behind those costs in docs/endpoints.md, at one rate. */
export function planTable(): string {
  const day = arrivals(planRate);
  const rows = models.flatMap((model) => {
    const { cpu, gpu } = compare(model, planRate, day);
    return [cpu, gpu].map(({ type, perMinute, requests, late, refused, meanInstances, mostInstances }) => {
      const share = (count: number) => `${((100 * count) / requests).toFixed(2)} %`;
      return [model.name, type, perMinute, meanInstances.toFixed(1), mostInstances, share(late), share(refused)];
    });
  });
  return markdown(["model", "instanceType", "invocationsPerInstance", "mean", "most", "waited over 1 s", "503"], rows);
}

function markdown(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
