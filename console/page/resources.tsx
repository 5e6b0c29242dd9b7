// Every resource of the program: found by type and name, and opened with what decides about it.

import { useEffect, useState } from "preact/hooks";
import type { ResourceSummary, ResourceView } from "../wire";
import { get } from "./connection";

/** Rows that are drawn; more are found by the search. */
const mostRows = 300;

export function resourceLink(urn: string) {
  const [type = "", name = ""] = urn.split("::").slice(2);
  return (
    <a href={`#/resources/${encodeURIComponent(urn)}`}>
      <code>
        {type.split("$").at(-1)} {name}
      </code>
    </a>
  );
}

export function ResourcesView({ chosen }: { chosen: string }) {
  const [all, setAll] = useState<readonly ResourceSummary[]>([]);
  const [problem, setProblem] = useState("");
  const [search, setSearch] = useState("");
  useEffect(() => {
    get<readonly ResourceSummary[]>("/api/resources").then(setAll, (error: Error) => setProblem(error.message));
  }, []);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ type, name }) => words.every((word) => `${type} ${name}`.toLowerCase().includes(word)));
  if (problem !== "") return <p class="problem">{problem}</p>;
  return (
    <>
      <p class="bar">
        <label>
          Search{" "}
          <input
            type="search"
            value={search}
            placeholder="type or name"
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <span role="status">
          {found.length} of {all.length} resources
        </span>
      </p>
      <div class={chosen === "" ? "" : "split"}>
        <ul class="resources">
          {found.slice(0, mostRows).map(({ urn }) => (
            <li key={urn}>{resourceLink(urn)}</li>
          ))}
        </ul>
        {chosen !== "" && <Resource key={chosen} urn={chosen} />}
      </div>
    </>
  );
}

function Resource({ urn }: { urn: string }) {
  const [view, setView] = useState<ResourceView>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const path = `/api/resources/${encodeURIComponent(urn)}`;
    get<ResourceView>(path).then(setView, (error: Error) => setProblem(error.message));
  }, [urn]);
  if (problem !== "") return <p class="problem">{problem}</p>;
  if (view === undefined) return <p>Loading …</p>;
  return (
    <article aria-label={view.name}>
      <h2>{view.name}</h2>
      <p>
        <code>{view.type}</code>
        {view.id !== "" && (
          <>
            , id <code>{view.id}</code>
          </>
        )}
        {view.line !== undefined && (
          <>
            , made at <code>{view.line}</code>
          </>
        )}
      </p>
      {view.notEnforced.map((why) => (
        <p key={why} class="reason">
          Not enforced here: {why}
        </p>
      ))}
      <h3>Policy pack</h3>
      {view.findings.length === 0 && <p>No rule finds anything.</p>}
      <ul>
        {view.findings.map(({ rule, severity, message, status, reason }) => (
          <li key={rule + message}>
            <b>{rule}</b> ({severity}, {status}): {message} {reason !== undefined && <small>{reason}</small>}
          </li>
        ))}
      </ul>
      <h3>IAM policies that name it</h3>
      {view.reachedBy.length === 0 && <p>None.</p>}
      <ul>
        {view.reachedBy.map((by, index) => (
          <li key={index}>
            {resourceLink(by.urn)} {by.allows ? "allows" : "denies"} {by.actions.join(", ")}
          </li>
        ))}
      </ul>
      <details>
        <summary>
          Depends on {view.dependencies.length} resources; {view.dependents.length} depend on it
        </summary>
        <ul>
          {view.dependencies.map((other) => (
            <li key={other}>depends on {resourceLink(other)}</li>
          ))}
          {view.dependents.map((other) => (
            <li key={other}>{resourceLink(other)} depends on it</li>
          ))}
        </ul>
      </details>
      <details open>
        <summary>Inputs</summary>
        <pre tabIndex={0} role="region" aria-label="Inputs">
          {JSON.stringify(view.inputs, undefined, 2)}
        </pre>
      </details>
    </article>
  );
}
