// The models as the function describes them, and the API keys with a rotation to rehearse.

import { useEffect, useState } from "preact/hooks";
import type { KeysView, MetricsView, ModelView, RotationStep } from "../wire";
import { get, post } from "./connection";

export function ModelsView() {
  const [models, setModels] = useState<readonly ModelView[] | Error>();
  useEffect(() => {
    get<readonly ModelView[]>("/api/models").then(setModels, setModels);
  }, []);
  return (
    <section aria-labelledby="models">
      <h2 id="models">Models</h2>
      {models instanceof Error && <p class="problem">{models.message}</p>}
      {Array.isArray(models) && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Models">
          <table>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Version</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {(models as readonly ModelView[]).map(({ name, version, state, reason }) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td>
                    <code>{version}</code>
                  </td>
                  <td>
                    {state} {reason && <small>{reason}</small>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Metrics />
      <Keys />
    </section>
  );
}

interface Sum {
  readonly series: string;
  readonly value: number;
}

/** Counters as they are, and of histograms the mean in milliseconds. */
function sumsOf(text: string): Sum[] {
  const lines = text.split("\n").flatMap((line) => {
    const [, name, labels, value] = /^(\w+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    return name === undefined || name.endsWith("_bucket") ? [] : [{ name, labels: labels ?? "", value: Number(value) }];
  });
  return lines.flatMap(({ name, labels, value }): Sum[] => {
    if (name.endsWith("_count")) return [];
    if (!name.endsWith("_sum")) return [{ series: `${name} ${labels}`, value }];
    const family = name.slice(0, -"_sum".length);
    const count = lines.find((other) => other.name === `${family}_count` && other.labels === labels)?.value ?? 0;
    return [{ series: `${family}, mean in ms ${labels}`, value: (value / count) * 1000 }];
  });
}

function Metrics() {
  const [view, setView] = useState<MetricsView | Error>();
  const load = (): void => void get<MetricsView>("/api/metrics").then(setView, setView);
  useEffect(load, []);
  return (
    <>
      <h2>Metrics</h2>
      {view instanceof Error && <p class="problem">{view.message}</p>}
      <p class="bar">
        <button type="button" onClick={load}>
          Count again
        </button>
      </p>
      {view !== undefined && !(view instanceof Error) && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Metrics">
          <table>
            <tbody>
              {sumsOf(view.text).map(({ series, value }) => (
                <tr key={series}>
                  <th scope="row">
                    <code>{series}</code>
                  </th>
                  <td>{Number.isInteger(value) ? value : value.toFixed(2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Keys() {
  const [view, setView] = useState<KeysView>();
  const [steps, setSteps] = useState<readonly RotationStep[] | Error | "waiting">();
  const load = (): void => void get<KeysView>("/api/keys").then(setView, setSteps);
  useEffect(load, []);
  const rotate = async (client: string): Promise<void> => {
    setSteps("waiting");
    const path = `/api/keys/${encodeURIComponent(client)}/rotate`;
    setSteps(await post<readonly RotationStep[]>(path).catch((error: Error) => error));
    load();
  };
  return (
    <>
      <h2>API keys</h2>
      {view?.secrets.length === 0 && (
        <p>
          No key rotates in this run: <code>npm start -- --set secrets=true</code>
        </p>
      )}
      <ul>
        {view?.keys.map(({ id, name, enabled, createdAt, current }) => (
          <li key={id}>
            {name} <code>{id}</code>, made at {new Date(createdAt).toLocaleString()},{" "}
            {current ? "the current one" : enabled ? "still valid until its overlap ends" : "disabled"}
          </li>
        ))}
      </ul>
      <p class="bar">
        {view?.secrets.map(({ client, arn }) => (
          <button key={arn} type="button" disabled={steps === "waiting"} onClick={() => void rotate(client)}>
            Rotate the key {client === "" ? "" : `of ${client}`}
          </button>
        ))}
      </p>
      <div aria-live="polite">
        {steps === "waiting" && <p>Rotating …</p>}
        {steps instanceof Error && <p class="problem">{steps.message}</p>}
        {Array.isArray(steps) && (
          <ol>
            {(steps as readonly RotationStep[]).map(({ step, outcome, ms, cause }) => (
              <li key={step}>
                <b>{step}</b> {outcome} <small>{ms} ms</small> {cause}
              </li>
            ))}
          </ol>
        )}
      </div>
    </>
  );
}
