// The console's page: four views of a local run.

import { type ComponentChildren, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CallSummary, MatrixView, StackView } from "../wire";
import { AccessView } from "./access";
import { CallsView } from "./calls";
import { frames, get, takeToken } from "./connection";
import { ModelsView } from "./models";
import { Overview } from "./overview";
import { ResourcesView } from "./resources";
import { TryView } from "./try";

/** Calls that the page keeps: as many as the server. */
const mostCalls = 2_000;

const views = {
  "": "Overview",
  try: "Try it",
  calls: "Calls",
  access: "Who may call",
  models: "Models and keys",
  resources: "Resources",
} as const;
type View = keyof typeof views;

function useHash(): [View, string] {
  const read = (): string => location.hash.replace(/^#\/?/, "");
  const [hash, setHash] = useState(read);
  useEffect(() => {
    const changed = (): void => setHash(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const [view = "", argument = ""] = hash.split("/", 2);
  return [view in views ? (view as View) : "", argument];
}

/** The calls so far, the newest first, and whether the run still tells of new ones. */
function useCalls(): { calls: readonly CallSummary[]; live: boolean } {
  const [calls, setCalls] = useState<readonly CallSummary[]>([]);
  const [live, setLive] = useState(false);
  useEffect(() => {
    const stopped = new AbortController();
    void (async () => {
      try {
        for await (const frame of frames(stopped.signal)) {
          setLive(true);
          if ("calls" in frame && frame.calls.length > 0) {
            const newest = [...frame.calls].reverse();
            setCalls((known) => [...newest, ...known].slice(0, mostCalls));
          }
        }
      } catch {
        // The heading says so.
      }
      setLive(false);
    })();
    return () => stopped.abort();
  }, []);
  return { calls, live };
}

function App() {
  const [view, argument] = useHash();
  const [loaded, setLoaded] = useState<{ stack: StackView; matrix: MatrixView }>();
  const [problem, setProblem] = useState("");
  const { calls, live } = useCalls();
  useEffect(() => {
    Promise.all([get<StackView>("/api/stack"), get<MatrixView>("/api/matrix")]).then(
      ([stack, matrix]) => setLoaded({ stack, matrix }),
      (error: Error) => setProblem(error.message),
    );
  }, []);
  return (
    <>
      <header>
        <h1>
          {loaded === undefined ? "Local run" : `Stack ${loaded.stack.stack}`}
          <span class={live ? "live" : "ended"} role="status">
            {live ? "running" : "not connected"}
          </span>
        </h1>
        <nav aria-label="Views">
          {Object.entries(views).map(([path, title]) => (
            <a key={path} href={`#/${path}`} aria-current={path === view ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
      </header>
      <main>
        {problem !== "" && <p class="problem">{problem}</p>}
        {loaded !== undefined && shown(view, argument, loaded.stack, loaded.matrix, calls)}
      </main>
    </>
  );
}

function shown(
  view: View,
  argument: string,
  stack: StackView,
  matrix: MatrixView,
  calls: readonly CallSummary[],
): ComponentChildren {
  if (view === "try") return <TryView stack={stack} matrix={matrix} />;
  if (view === "calls") return <CallsView calls={calls} chosen={Number(argument)} />;
  if (view === "access") return <AccessView matrix={matrix} />;
  if (view === "models") return <ModelsView />;
  if (view === "resources") return <ResourcesView chosen={decodeURIComponent(argument)} />;
  return <Overview stack={stack} calls={calls} />;
}

takeToken();
render(<App />, document.getElementById("app")!);
