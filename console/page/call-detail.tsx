// One call: each gate in AWS's order with its time and verdict, the reason, what declares the gate, both messages, and the log lines.

import { useEffect, useState } from "preact/hooks";
import type { Answered, CallView, GateView, OwnRequest } from "../wire";
import { Status } from "./calls";
import { get, post } from "./connection";
import { gateText } from "./gate-texts";
import { MessageView } from "./message";
import { resourceLink } from "./resources";

export function CallDetail({ id, compare }: { id: number; compare?: (id: number) => void }) {
  const [call, setCall] = useState<CallView>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    get<CallView>(`/api/calls/${id}`).then(setCall, (error: Error) => setProblem(error.message));
  }, [id]);
  const [edited, setEdited] = useState<string>();
  const replay = async (): Promise<void> => {
    try {
      const own: OwnRequest = edited === undefined ? {} : { text: edited };
      const { call: next } = await post<Answered>(`/api/calls/${id}/replay`, own);
      if (next !== undefined) location.hash = `#/calls/${next}`;
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  if (problem !== "") return <p class="problem">{problem}</p>;
  if (call === undefined) return <p>Loading …</p>;
  return (
    <article aria-label={`Call ${id}`}>
      <h2>
        <Status status={call.status} /> {call.method} {call.path}
      </h2>
      <p>
        {call.target}
        {call.requestId !== undefined && (
          <>
            , request <code>{call.requestId}</code>
          </>
        )}
      </p>
      {call.reason !== undefined && (
        <p class="reason">
          <b>{gateText(call.gate).label}:</b> {call.reason}
          {call.responseType !== undefined && <small> ({call.responseType})</small>}
        </p>
      )}
      <p class="bar">
        <button type="button" onClick={() => void replay()}>
          Send again{edited === undefined ? "" : " as edited"}
        </button>
        {edited === undefined && call.request.text !== undefined && call.request.size > 0 && (
          <button type="button" onClick={() => setEdited(call.request.text)}>
            Edit the body
          </button>
        )}
        {compare && (
          <button type="button" onClick={() => compare(id)}>
            Keep for comparison
          </button>
        )}
      </p>
      {edited !== undefined && (
        <label>
          Body; credentials and other headers stay what they were
          <textarea
            rows={6}
            spellcheck={false}
            value={edited}
            onInput={(event) => setEdited(event.currentTarget.value)}
          />
        </label>
      )}
      <ol class="gates" aria-label="Gates in their order">
        {call.gates.map((gate) => (
          <Gate key={gate.name} gate={gate} of={call.ms} />
        ))}
      </ol>
      {call.lines.length > 0 && (
        <details>
          <summary>Log lines of the functions ({call.lines.length})</summary>
          <pre tabIndex={0}>{call.lines.join("\n")}</pre>
        </details>
      )}
      <MessageView title="Request" message={call.request} />
      <MessageView title="Response" message={call.response} />
    </article>
  );
}

const signs = { passed: "✓", answered: "✓", refused: "✕" } as const;

function Gate({ gate: { name, ms, verdict, resources }, of }: { gate: GateView; of: number }) {
  const { label, meaning } = gateText(name);
  return (
    <li class={verdict}>
      <span aria-hidden="true">{signs[verdict]}</span> <b>{label}</b> {verdict} <small>{ms.toFixed(2)} ms</small>
      <progress max={Math.max(of, 0.001)} value={ms} aria-label={`${label}: share of the time`} />
      <small>{resources.length === 0 ? "nothing in this program declares it" : meaning}</small>
      {verdict !== "passed" && resources.length > 0 && (
        <ul>
          {resources.map((urn) => (
            <li key={urn}>{resourceLink(urn)}</li>
          ))}
        </ul>
      )}
    </li>
  );
}
