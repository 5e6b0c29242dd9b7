// A form for every route: the credential by one choice, the working one or each mistake that the access matrix knows; the answer beside
// what the matrix expects.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Answered, CellView, ExampleView, MatrixView, OwnRequest, StackView } from "../wire";
import { verdictOf } from "./access";
import { Status } from "./calls";
import { get, post } from "./connection";
import { MessageView } from "./message";
import { type Language, languages, sampleOf } from "./samples";

const right = "all right";

export function TryView({ stack, matrix }: { stack: StackView; matrix: MatrixView }) {
  const routes = useMemo(() => {
    const called = matrix.cells.filter(({ place }) => place === "route" || place === "preflight");
    return [...Map.groupBy(called, ({ api, address, method, path }) => `${method} ${path} — ${api} at ${address}`)];
  }, [matrix]);
  const usual = routes.findIndex(([, [cell]]) => cell!.method === "POST" && !/^\/v\d/.test(cell!.path));
  const [route, setRoute] = useState(Math.max(usual, 0));
  const cells = routes[route]?.[1] ?? [];
  const [credential, setCredential] = useState(right);
  const cell = cells.find((one) => one.credential === credential) ?? cells.at(-1);
  const [model, setModel] = useState(stack.standardModel ?? "");
  const [contentType, setContentType] = useState("application/json");
  const [more, setMore] = useState("");
  const [text, setText] = useState("");
  const [file, setFile] = useState<{ name: string; base64: string }>();
  const [answered, setAnswered] = useState<Answered | Error | "waiting">();
  const takesBody = cell?.method === "POST";
  const columns = cell?.path.startsWith("/v1/") === true;
  useEffect(() => {
    setFile(undefined);
    get<ExampleView>(`/api/example?model=${encodeURIComponent(model)}`).then(
      (example) => setText(columns ? example.columns : example.v2),
      () => setText(""),
    );
  }, [model, columns]);
  if (cell === undefined) return <p>The program has no route.</p>;
  const own: OwnRequest = {
    model,
    ...(takesBody ? { headers: { "content-type": contentType, ...headersIn(more) } } : {}),
    ...(takesBody ? (file === undefined ? { text } : { base64: file.base64 }) : {}),
  };
  const send = async (): Promise<void> => {
    setAnswered("waiting");
    setAnswered(await post<Answered>(`/api/cells/${cell.id}`, own).catch((error: Error) => error));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="fields">
        <Choice label="Route" value={String(route)} change={(value) => setRoute(Number(value))}>
          {routes.map(([title], index) => [String(index), title])}
        </Choice>
        {cell.path.includes("{model}") && (
          <Choice label="Model" value={model} change={setModel}>
            {stack.models.map((name) => [name, name])}
          </Choice>
        )}
        <Choice label="Credential" value={cell.credential} change={setCredential}>
          {cells.map((one) => [one.credential, `${one.credential} — expects ${one.status}`])}
        </Choice>
      </div>
      <p>
        <small>
          Asks for {cell.asks === "" ? "nothing" : cell.asks}. {matrix.meanings[cell.credential] ?? ""}
        </small>
      </p>
      {takesBody && (
        <>
          <div class="fields">
            <label>
              Content type <input value={contentType} onInput={(event) => setContentType(event.currentTarget.value)} />
            </label>
            <label>
              Other headers{" "}
              <input
                value={more}
                placeholder="Inference-Header-Content-Length: 120; …"
                onInput={(event) => setMore(event.currentTarget.value)}
              />
            </label>
            <label>
              Body from a file{" "}
              <input type="file" onChange={(event) => void read(event.currentTarget.files?.[0]).then(setFile)} />
            </label>
          </div>
          {file === undefined ? (
            <label>
              Body
              <textarea
                rows={8}
                spellcheck={false}
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            </label>
          ) : (
            <p>
              The body is {file.name}.{" "}
              <button type="button" onClick={() => setFile(undefined)}>
                Use the text instead
              </button>
            </p>
          )}
        </>
      )}
      <p class="bar">
        <button type="submit" class="main" disabled={answered === "waiting"}>
          Send
        </button>
        {(Object.keys(languages) as Language[]).map((language) => (
          <button
            key={language}
            type="button"
            onClick={() =>
              void navigator.clipboard.writeText(sampleOf(language, urlOf(cell, stack, model), cell, own, stack.ca))
            }
          >
            Copy as {languages[language]}
          </button>
        ))}
      </p>
      <Result answered={answered} expected={cell.status} />
    </form>
  );
}

function Choice(props: {
  label: string;
  value: string;
  change: (value: string) => void;
  children: [string, string][];
}) {
  return (
    <label>
      {props.label}{" "}
      <select value={props.value} onChange={(event) => props.change(event.currentTarget.value)}>
        {props.children.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function Result({
  answered,
  expected,
}: {
  answered: Answered | Error | "waiting" | undefined;
  expected: CellView["status"];
}) {
  if (answered === undefined) return null;
  const { sign, text } = verdictOf(answered);
  return (
    <section aria-label="Answer" aria-live="polite">
      <h2>
        {typeof answered === "object" && !(answered instanceof Error) && <Status status={answered.status} />} {sign}{" "}
        {text}
      </h2>
      {typeof answered === "object" && !(answered instanceof Error) && (
        <>
          <p>
            The access matrix expects {expected}. It took {answered.ms.toFixed(1)} ms.{" "}
            {answered.call !== undefined && <a href={`#/calls/${answered.call}`}>Why: its gates, one by one</a>}
          </p>
          <MessageView title="Answer" message={answered} />
        </>
      )}
    </section>
  );
}

/** `name: value; name: value`, names in lower case. */
function headersIn(text: string): Record<string, string> {
  const pairs = text.split(";").map((pair) => /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(pair));
  return Object.fromEntries(pairs.flatMap((found) => (found === null ? [] : [[found[1]!.toLowerCase(), found[2]!]])));
}

function urlOf({ api, path }: CellView, { apis }: StackView, model: string): string {
  const base = apis.find(({ name }) => name === api)?.url ?? "";
  return `${base}${path.replace("{model}", model)}`;
}

async function read(file: File | undefined): Promise<{ name: string; base64: string } | undefined> {
  if (file === undefined) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { name: file.name, base64: btoa(binary) };
}
