// A request or a response: headers, and the body as text. Text alone: nothing of it is ever markup.

import type { Message } from "../wire";

export function MessageView({ title, message }: { title: string; message: Message }) {
  return (
    <details open>
      <summary>
        {title} <small>{sizeText(message.size)}</small>
      </summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={`${title}: headers`}>
        <table>
          <tbody>
            {message.headers.map(([name, value], index) => (
              <tr key={index}>
                <th scope="row">{name}</th>
                <td>
                  <code>{value}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Body message={message} label={`${title}: body`} />
    </details>
  );
}

function Body({ message: { text, size }, label }: { message: Message; label: string }) {
  if (size === 0) return <p>No body.</p>;
  if (text === undefined) return <p>A body of {sizeText(size)} that is no text, or too long to be shown.</p>;
  return (
    <pre tabIndex={0} role="region" aria-label={label}>
      {indented(text)}
    </pre>
  );
}

/** JSON with line breaks, except for lists of numbers; any other text as it is. */
export function indented(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value, undefined, 2).replace(/\[\s+([-\d.eE+,\s]+?)\s+\]/g, (_, numbers: string) => {
      return `[${numbers.split(/,\s+/).join(", ")}]`;
    });
  } catch {
    return text;
  }
}

export function sizeText(bytes: number): string {
  return bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 * 1024
      ? `${(bytes / 1024).toFixed(1)} KB`
      : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
