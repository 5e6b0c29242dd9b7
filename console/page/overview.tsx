// What runs: modules, APIs with what their routes ask for, models, and what is not enforced locally.

import type { CallSummary, StackView } from "../wire";

export function Overview({ stack, calls }: { stack: StackView; calls: readonly CallSummary[] }) {
  const refused = calls.filter(({ status }) => status >= 400).length;
  return (
    <>
      <section aria-labelledby="modules">
        <h2 id="modules">Modules</h2>
        <ul class="chips">
          {stack.modules.map(({ name, on }) => (
            <li key={name} class={on ? "on" : "off"}>
              {name} <small>{on ? "on" : "off"}</small>
            </li>
          ))}
        </ul>
        <p>
          {calls.length === 0 ? (
            <>
              Nobody has called yet: <a href="#/try">try it</a>.
            </>
          ) : (
            <>
              <a href="#/calls">
                {calls.length} calls, {refused} of them refused
              </a>
              .
            </>
          )}
        </p>
      </section>
      {stack.apis.map((api) => (
        <section key={api.name} aria-labelledby={`api-${api.name}`}>
          <h2 id={`api-${api.name}`}>{api.name}</h2>
          <p>
            <code>{api.url}</code>
            {api.domains.map((domain) => (
              <>
                {" "}
                and <code>{domain}</code>
              </>
            ))}
          </p>
          <div class="scroll" tabIndex={0} role="region" aria-label={`Routes of ${api.name}`}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Method</th>
                  <th scope="col">Path</th>
                  <th scope="col">Asks for</th>
                </tr>
              </thead>
              <tbody>
                {api.routes.map(({ method, path, asks }) => (
                  <tr key={`${method} ${path}`}>
                    <td>{method}</td>
                    <td>
                      <code>{path}</code>
                    </td>
                    <td>{asks === "" ? "nothing" : asks}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
      <section aria-labelledby="models">
        <h2 id="models">Models</h2>
        <ul>
          {stack.models.map((name) => (
            <li key={name}>
              {name}
              {name === stack.standardModel ? " (the default)" : ""}
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="not-enforced">
        <h2 id="not-enforced">Not enforced here</h2>
        {stack.notEnforced.length === 0 && <p>Everything that the program declares is.</p>}
        <ul>
          {stack.notEnforced.map(({ resource, why }) => (
            <li key={resource + why}>
              <b>{resource}</b>: {why}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
