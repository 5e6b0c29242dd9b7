// The timeline: every call from anywhere, the newest first, and why each was answered as it was.

import { useMemo, useState } from "preact/hooks";
import type { CallSummary } from "../wire";
import { CallDetail } from "./call-detail";
import { gateText } from "./gate-texts";

/** Rows that are drawn; more are found by the filter. */
const mostRows = 200;

export function CallsView({ calls, chosen }: { calls: readonly CallSummary[]; chosen: number }) {
  const [filter, setFilter] = useState("");
  const [refusedOnly, setRefusedOnly] = useState(false);
  const [paused, setPaused] = useState<readonly CallSummary[]>();
  const [compared, setCompared] = useState<number>();
  const shown = paused ?? calls;
  const found = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return shown.filter((call) => {
      if (refusedOnly && call.status < 400) return false;
      const { target, method, path, status, reason = "", gate, requestId = "" } = call;
      const text = `${target} ${method} ${path} ${status} ${reason} ${gateText(gate).label} ${requestId}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }, [shown, filter, refusedOnly]);
  return (
    <>
      <form class="bar" onSubmit={(event) => event.preventDefault()}>
        <label>
          Filter{" "}
          <input
            type="search"
            value={filter}
            placeholder="status, path, reason …"
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={refusedOnly}
            onInput={(event) => setRefusedOnly(event.currentTarget.checked)}
          />{" "}
          refused only
        </label>
        <button type="button" aria-pressed={paused !== undefined} onClick={() => setPaused(paused ? undefined : calls)}>
          {paused === undefined ? "Pause" : `Resume (${calls.length - paused.length} new)`}
        </button>
        <span role="status">
          {found.length} of {shown.length} calls
        </span>
      </form>
      {shown.length === 0 && (
        <p>
          No call yet. Send one from <a href="#/try">Try it</a>, or from anywhere else: it shows up here.
        </p>
      )}
      <div class={Number.isInteger(chosen) && chosen > 0 ? "split" : ""}>
        <div class="scroll" tabIndex={0} role="region" aria-label="Calls, the newest first">
          <table class="calls">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Status</th>
                <th scope="col">Call</th>
                <th scope="col">Answered by</th>
                <th scope="col">ms</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, mostRows).map((call) => (
                <tr key={call.id} class={call.id === chosen ? "chosen" : ""}>
                  <td>{new Date(call.at).toLocaleTimeString()}</td>
                  <td>
                    <Status status={call.status} />
                  </td>
                  <td>
                    <a href={`#/calls/${call.id}`} aria-current={call.id === chosen ? "true" : undefined}>
                      {call.method} {call.path}
                    </a>
                    <small> {call.target}</small>
                  </td>
                  <td>
                    {gateText(call.gate).label}
                    {call.reason !== undefined && <small> {call.reason}</small>}
                  </td>
                  <td>{call.ms.toFixed(1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length > mostRows && <p>The {mostRows} newest are shown: filter for the others.</p>}
        </div>
        {chosen > 0 && (
          <div>
            <CallDetail key={chosen} id={chosen} compare={setCompared} />
            {compared !== undefined && compared !== chosen && (
              <>
                <h2>Compared with</h2>
                <CallDetail key={`with ${compared}`} id={compared} />
              </>
            )}
          </div>
        )}
      </div>
    </>
  );
}

export function Status({ status }: { status: number | "no answer" }) {
  const kind = status === "no answer" || status >= 400 ? "refused" : "allowed";
  return <span class={`status ${kind}`}>{status}</span>;
}
