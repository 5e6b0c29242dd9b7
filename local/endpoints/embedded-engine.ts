// The embedded engine of one endpoint: `engine/process.ts` as a process of its own behind a socket that only this user can
// reach. One that ends unasked is started again; requests meanwhile fail at once.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readLines } from "../functions/environments/log-lines";
import type { OrphanCleanup } from "../functions/environments/orphan-cleanup";
import { modelFile, type DeclaredEndpoint } from "./declared-endpoint";
import { callEngine, type Engine, type EngineAnswer, EngineFailure, type EngineRequest, InFlight } from "./engine";
import { repositoryFolder } from "./repository-folder";

export interface EmbeddedEngineOptions {
  readonly projectRoot: string;
  /** Parent of the folders with models. */
  readonly folder: string;
  /** Memory of the model function in MB, which decides the number of threads of both. */
  readonly memoryMb: number;
  readonly cleanup: OrphanCleanup;
  /** Receives each line that the engine writes. */
  readonly log: (text: string) => void;
}

/** Milliseconds within which a model has to be loaded. */
const startLimit = 600_000;

/** Milliseconds before an engine that ended is started again: the first and the longest; each is twice the one before. */
const pause = { first: 100, longest: 5_000 } as const;

export class EmbeddedEngine implements Engine {
  readonly model: string;
  private readonly repository: string;
  private readonly sockets = mkdtempSync(join(tmpdir(), "engine-"));
  private readonly agent = new Agent({ keepAlive: true });
  private readonly inFlight = new InFlight();
  private child: ChildProcess | undefined;
  /** Whether requests reach it now. */
  isReady = false;
  private ending = false;
  private lastLine = "";
  private wait: number = pause.first;

  /** Starts loading. @throws Error if a file cannot be read */
  constructor(
    endpoint: DeclaredEndpoint,
    private readonly options: EmbeddedEngineOptions,
  ) {
    this.model = endpoint.model;
    this.repository = repositoryFolder(endpoint.files, options.folder);
  }

  /** Process id; `undefined` while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when the model is loaded. @throws Error with the runtime's reason if it cannot be */
  async open(): Promise<void> {
    const child = this.start();
    if (!(await this.loaded(child))) throw new Error(this.lastLine === "" ? "its engine ended" : this.lastLine);
    this.supervise(child);
  }

  async invoke({ contentType, accept, body }: EngineRequest): Promise<EngineAnswer> {
    if (!this.isReady) throw new EngineFailure("down");
    return this.inFlight.during(async () => {
      const {
        status,
        headers,
        body: answer,
      } = await callEngine({
        to: { socketPath: this.socket, path: "/invocations" },
        agent: this.agent,
        method: "POST",
        headers: { "content-type": contentType, accept },
        body,
      });
      this.wait = pause.first;
      return { status, contentType: headers["content-type"] as string | undefined, body: answer };
    });
  }

  async retire(): Promise<void> {
    await this.inFlight.end();
    await this.close();
  }

  async close(): Promise<void> {
    this.ending = true;
    this.isReady = false;
    const { child } = this;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL"); // It keeps nothing that a signal which it could handle would save.
      await gone;
    }
    this.agent.destroy();
    for (const folder of [this.sockets, this.repository]) rmSync(folder, { recursive: true, force: true });
  }

  private get socket(): string {
    return join(this.sockets, "engine.sock");
  }

  private start(): ChildProcess {
    const { projectRoot, memoryMb, cleanup, log } = this.options;
    rmSync(this.socket, { force: true });
    const model = join(this.repository, modelFile(this.model));
    const child = spawn(
      process.execPath,
      ["--require", join(projectRoot, "compile.cjs"), join(projectRoot, "engine/process.ts")].concat([
        ...[model, this.model, String(memoryMb), this.socket],
      ]),
      // Nothing of this machine's variables, credentials least; a group of its own, which Ctrl-C in the terminal does not reach.
      { cwd: projectRoot, env: { LANG: "C.UTF-8" }, stdio: ["pipe", "pipe", "pipe"], detached: true },
    );
    child.stdin.on("error", () => undefined);
    const { pid } = child;
    if (pid !== undefined) {
      cleanup.watch(pid);
      child.once("exit", () => cleanup.forget(pid));
    }
    for (const stream of [child.stdout, child.stderr])
      readLines(stream, (text) => {
        this.lastLine = text;
        log(text);
      });
    child.once("exit", () => (this.isReady = false));
    child.on("error", ({ message }) => (this.lastLine = message));
    this.child = child;
    return child;
  }

  /** Asks until the engine answers that it is ready. @returns false if it ends before */
  private async loaded(child: ChildProcess): Promise<boolean> {
    let ended = child.pid === undefined;
    const closed = new Promise<void>((resolve) => child.once("close", resolve));
    void closed.then(() => (ended = true));
    const until = Date.now() + startLimit;
    while (!ended && Date.now() < until) {
      const ping = { to: { socketPath: this.socket, path: "/ping" }, agent: this.agent, headers: {}, timeout: 2_000 };
      const answer = await callEngine({ ...ping, method: "GET" }).catch(() => undefined);
      if (answer?.status === 200) return (this.isReady = true);
      await Promise.race([sleep(20), closed]);
    }
    if (!ended) this.lastLine = `it was not loaded within ${startLimit / 1000} seconds`;
    return false;
  }

  private async restart(): Promise<void> {
    while (!this.ending) {
      this.options.log(`the engine of ${this.model.slice(0, 12)} ended, and is started again`);
      await sleep(this.wait);
      this.wait = Math.min(this.wait * 2, pause.longest);
      if (this.ending) return;
      const child = this.start();
      if (!(await this.loaded(child))) continue;
      return this.supervise(child);
    }
  }

  private supervise(child: ChildProcess): void {
    if (child.exitCode !== null || child.signalCode !== null) void this.restart();
    else child.once("exit", () => void this.restart());
  }
}
