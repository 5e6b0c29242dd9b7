// The calls that the console makes: those of the access matrix, with the run's own credentials or with one of the mistakes that the matrix
// knows, and those of the timeline once more. Nobody's browser has to trust a certificate for them.

import { readFileSync } from "node:fs";
import type { Cell, Matrix } from "../access-matrix/matrix";
import { addressOf } from "../access-matrix/findings";
import { meaningsOf, requirementsLabel } from "../access-matrix/labels";
import type { Credentials } from "../local/credentials/credentials";
import type { LocalRun } from "../local/run/run";
import { servedStack } from "../local/run/served-stack";
import { callOf, type Example } from "../verify/call";
import { type Answer, type Call, Client, Unreachable } from "../verify/client";
import { Examples } from "../verify/examples";
import { localSource } from "../verify/local-source";
import { compared } from "../verify/outcome";
import { type CertificatePair, NotTried, type Source } from "../verify/source";
import { offeredVersions } from "../verify/verification";
import type { CallLog, KeptCall } from "./call-log";
import { messageOf } from "./call-view";
import type { Masks } from "./masks";
import type { Answered, CellView, ExampleView, MatrixView, ModelView, OwnRequest } from "./wire";

/** What of a request is the connection's, not the call's. */
const ofConnection = /^(connection|keep-alive|transfer-encoding|content-length|expect|upgrade|te|trailer)$/i;

/** Bytes of an answer that are kept: API Gateway's largest. */
const longestAnswer = 10 * 1024 * 1024;

export class Caller {
  private readonly source: Source;
  private readonly client: Client;
  private readonly examples: Examples;

  constructor(
    private readonly run: LocalRun,
    set: Readonly<Record<string, unknown>>,
    private readonly matrix: Matrix,
    private readonly log: CallLog,
    private readonly masks: Masks,
  ) {
    this.source = localSource(servedStack(run, set));
    this.client = new Client(this.source.ca, longestAnswer);
    this.examples = new Examples(matrix.cells, async (cell, example) => {
      const { call } = await callOf(cell, this.source, example);
      const { status, body } = await this.client.send(call);
      return status === 200 ? body : undefined;
    });
  }

  view(): MatrixView {
    const cells = this.matrix.cells.map((cell, id): CellView => ({
      id,
      api: cell.api.name,
      address: addressOf(cell.endpoint),
      place: cell.location,
      method: cell.method,
      path: cell.path,
      asks: cell.route === undefined ? "" : requirementsLabel(cell.route.requirements).replaceAll("**", ""),
      credential: cell.credential.name,
      status: cell.status,
    }));
    const meanings = meaningsOf(cells.map(({ credential }) => credential));
    return { cells, meanings: Object.fromEntries(meanings.map(([name, text]) => [name, text.replaceAll("**", "")])) };
  }

  /** An example for a model, by the metadata that it gives. @throws NotTried if nobody may read them */
  async example(model: string): Promise<ExampleView> {
    const cell = this.matrix.cells.find(({ path, status }) => path === "/v2/models/{model}" && status === 200);
    if (cell === undefined) throw new NotTried("no route tells the model's metadata");
    const { body, columns } = await this.examples.ofModel(model);
    return { v2: body.toString(), columns: columns.toString() };
  }

  /** The models as the function describes them. @throws NotTried if nobody may ask it */
  async models(): Promise<readonly ModelView[]> {
    const id = this.matrix.cells.findIndex(({ path, status }) => path === "/v2/repository/index" && status === 200);
    if (id === -1) throw new NotTried("no route lists the models");
    const { text = "[]" } = await this.tryCell(id, { text: "{}" });
    return JSON.parse(text) as ModelView[];
  }

  /** @throws NotTried if the call cannot be made here, with the reason */
  async tryCell(id: number, own: OwnRequest): Promise<Answered> {
    const cell = this.matrix.cells[id];
    if (cell === undefined) throw new NotTried("the matrix has no such cell: reload the page");
    const example = withOwn(await this.examples.of(cell), own);
    const { call } = await callOf(cell, this.source, example);
    return this.answered({ ...call, tls: offeredVersions(cell)[0] }, cell);
  }

  /** Sends a call of the timeline again, as it was, or with another body and headers. Its credentials stay what they were. */
  replay({ request, target }: KeptCall, { headers: changed, text }: OwnRequest): Promise<Answered> {
    const { apis } = this.run;
    const domain = apis.flatMap(({ domains }) => domains).find(({ name }) => name === target);
    const api = apis.find(({ name, domains }) => name === target || domains.some((one) => one === domain))!;
    const body = text === undefined ? request.body : Buffer.from(text);
    const kept = request.headers.filter(
      ([name]) => !ofConnection.test(name) && changed?.[name.toLowerCase()] === undefined,
    );
    return this.answered({
      ...{ origin: new URL(domain?.url ?? api.disabledUrl ?? api.url), host: "127.0.0.1" },
      ...{ method: request.method, path: request.url, body },
      headers: { ...Object.fromEntries(kept), ...changed, "content-length": String(body.length) },
      ...(request.clientCert && { certificate: certificateOf(api.credentials) }),
    });
  }

  close(): void {
    this.client.close();
  }

  private async answered(call: Call, cell?: Cell): Promise<Answered> {
    const started = performance.now();
    const answer = await this.client.send(call).catch((error: unknown) => {
      throw error instanceof Unreachable ? new NotTried(error.message) : error;
    });
    const ms = performance.now() - started;
    const { outcome, why } = cell === undefined ? {} : compared(cell, answer);
    return {
      ...{ status: answer.status, expected: cell?.status, outcome, why, ms },
      ...messageOf(answer.headers, answer.bytes, this.masks),
      call: this.callOf(answer),
    };
  }

  private callOf({ headers }: Answer): number | undefined {
    const found = headers.find(([name]) => /^(x-amzn-requestid|apigw-requestid)$/i.test(name));
    return found && this.log.answered(found[1])?.id;
  }
}

function certificateOf({ clientCert, clientKey }: Credentials): CertificatePair | undefined {
  if (clientCert === undefined || clientKey === undefined) return undefined;
  return { cert: readFileSync(clientCert, "utf8"), key: readFileSync(clientKey, "utf8") };
}

/** The example with what its user has written in its place. */
function withOwn(example: Example, { model, headers, text, base64 }: OwnRequest): Example {
  const body = base64 === undefined ? text : Buffer.from(base64, "base64");
  return { ...example, ...(body === undefined ? {} : { body, columns: body }), ...(model && { model }), headers };
}
