// A client of Node's inspector, as an editor's debugger is one: the Chrome DevTools Protocol in WebSocket frames (RFC 6455).

import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

type Params = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

/** What answers at an inspector's port for targets: their addresses. @param host the header that a browser would send */
export function targets(port: number, host = `127.0.0.1:${port}`): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path: "/json/list", headers: { host }, agent: false },
      (response) => {
        let text = "";
        response.on("data", (chunk) => (text += String(chunk)));
        response.on("end", () => resolve({ status: response.statusCode!, text }));
      },
    );
    sent.on("error", reject).end();
  });
}

export class InspectorClient {
  private readonly events: Message[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly answers = new Map<number, (message: Message) => void>();
  private isClosed = false;
  private bytes: Buffer = Buffer.alloc(0);
  private last = 0;
  /** Fulfilled when the process has closed the connection. */
  readonly closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => this.take(chunk));
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) =>
      socket.on("close", () => {
        this.isClosed = true;
        for (const answer of this.answers.values())
          answer({ error: { message: "the process has closed the connection" } });
        this.wake();
        resolve();
      }),
    );
  }

  static async attach(port: number): Promise<InspectorClient> {
    const [target] = JSON.parse((await targets(port)).text) as { webSocketDebuggerUrl: string }[];
    const { pathname } = new URL(target!.webSocketDebuggerUrl);
    const key = { "sec-websocket-key": randomBytes(16).toString("base64"), "sec-websocket-version": "13" };
    return new Promise((resolve, reject) => {
      const headers = { connection: "Upgrade", upgrade: "websocket", ...key };
      const sent = request({ host: "127.0.0.1", port, path: pathname, headers, agent: false });
      sent.on("upgrade", (_, socket, head) => {
        const client = new InspectorClient(socket);
        client.take(head);
        resolve(client);
      });
      sent.on("error", reject).end();
    });
  }

  /** @returns the command's result, of the protocol's type for it. @throws Error with the protocol's message */
  async send<Result = Params>(method: string, params: Params = {}): Promise<Result> {
    if (this.isClosed) throw new Error(`${method}: the process has closed the connection`);
    const id = ++this.last;
    this.write(Buffer.from(JSON.stringify({ id, method, params })));
    const { result, error } = await new Promise<Message>((resolve) => this.answers.set(id, resolve));
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as Result;
  }

  /** The first event of the kind that was not taken yet, now or when it comes. */
  async event<Event = Params>(method: string, is: (event: Event) => boolean = () => true): Promise<Event> {
    for (;;) {
      const at = this.events.findIndex((each) => each.method === method && is(each.params as Event));
      if (at >= 0) return this.events.splice(at, 1)[0]!.params as Event;
      if (this.isClosed) throw new Error(`${method}: the process has closed the connection`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** Lets the process go on. Without the first command, Node.js 20 now and then crashes when a call reaches a breakpoint meanwhile. */
  async detach(): Promise<void> {
    await this.send("Debugger.disable").catch(() => undefined); // The process may be gone.
    this.socket.destroy();
  }

  /** One text frame, masked as a client's must be. */
  private write(payload: Buffer): void {
    const mask = randomBytes(4);
    const size = Buffer.alloc(payload.length < 126 ? 0 : 2);
    if (size.length > 0) size.writeUInt16BE(payload.length);
    const head = Buffer.from([0x81, 0x80 | (size.length > 0 ? 126 : payload.length)]);
    this.socket.write(Buffer.concat([head, size, mask, payload.map((byte, index) => byte ^ mask[index % 4]!)]));
  }

  private take(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    for (;;) {
      const short = (this.bytes[1] ?? 0) & 0x7f;
      const start = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (this.bytes.length < start) return;
      const wide = short === 127 ? Number(this.bytes.readBigUInt64BE(2)) : short;
      const size = short === 126 ? this.bytes.readUInt16BE(2) : wide;
      if (this.bytes.length < start + size) return;
      const text = this.bytes.toString("utf8", start, start + size);
      const isText = (this.bytes[0]! & 0x0f) === 1;
      this.bytes = this.bytes.subarray(start + size);
      if (isText) this.receive(JSON.parse(text) as Message);
    }
  }

  private receive(message: Message): void {
    if (message.id !== undefined) {
      this.answers.get(message.id)?.(message);
      this.answers.delete(message.id);
      return;
    }
    this.events.push(message);
    this.wake();
  }

  private wake(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const each of waiting) each();
  }
}
