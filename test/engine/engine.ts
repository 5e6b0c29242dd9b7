// Runs the real Pulumi engine on a copy of the project, with a file backend and simulated providers. Everything it
// writes is in one temporary folder.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Report, readEvents } from "./events";
import { engineFolder } from "./installation";
import { installPlugins } from "./plugins";
import { killWithDescendants } from "./processes";
import { Cloud, type Standing } from "./provider/cloud";
import { copyProject } from "./workspace";

/** A finished run of the CLI. */
export interface Run extends Report {
  readonly code: number | null;
  /** All of its stdout and stderr. */
  readonly printed: string;
  /** Its errors and warnings, or else the end of its output: for the message of a failed test. */
  readonly complaint: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** Logical names of resources that the simulated cloud refuses to create or update. */
  readonly failing?: readonly string[];
  /** Logical name of a resource whose creation or update is never answered; the CLI and its descendants are killed then. */
  readonly killedAt?: string;
  /** Environment variables in addition to the engine's. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Engine {
  private constructor(
    private readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** The copy of the project that the engine runs; a test may change its files. */
  get workspace(): string {
    return join(this.folder, "project");
  }

  /** @throws Error if no Pulumi CLI is installed, with how to get one */
  static async start(root: string): Promise<Engine> {
    const engine = engineFolder();
    const folder = mkdtempSync(join(tmpdir(), "engine-"));
    const [plugins, state, home, cloud] = ["plugins", "state", "home", "cloud"].map((name) => join(folder, name));
    mkdirSync(state!);
    copyProject(root, join(folder, "project"));
    await installPlugins(plugins!);
    return new Engine(folder, {
      ...withoutPulumi(process.env),
      PATH: [plugins, engine, process.env.PATH].join(delimiter),
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
      SIMULATED_CLOUD: cloud,
      NODE_OPTIONS: "",
    });
  }

  /** Deletes the temporary folder, including the workspace and the state. */
  stop(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The resources that exist in the simulated cloud, whatever the state says. */
  standing(): Standing[] {
    return new Cloud(join(this.folder, "cloud")).standing();
  }

  /** Creates a stack (`pulumi stack init`). */
  async stack(name: string): Promise<Stack> {
    await this.pulumi(["stack", "init", name]);
    return new Stack(name, this, join(this.folder, "state"));
  }

  /** Runs the CLI in the workspace. @returns its output. @throws Error with its errors if it fails */
  async pulumi(args: readonly string[]): Promise<string> {
    const run = await this.run(args, {});
    if (run.code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed:\n${run.complaint}`);
    return run.printed;
  }

  /** Changes inputs of the resource of this logical name in the simulated cloud, behind the engine's back. */
  change(name: string, inputs: Readonly<Record<string, unknown>>): void {
    new Cloud(join(this.folder, "cloud")).change(name, inputs);
  }

  /** Takes the only resource of a type out of the simulated cloud, behind the engine's back. */
  take(type: string): void {
    const [only, ...others] = this.standing().filter((thing) => thing.type === type);
    if (only === undefined || others.length > 0) throw new Error(`${type}: there are ${others.length + 1}, or none`);
    new Cloud(join(this.folder, "cloud")).remove(only.type, only.id);
  }

  /** Runs a command of the project in the workspace, which finds the engine there. */
  command(file: string, args: readonly string[]): Promise<Run> {
    return this.start(process.execPath, ["run.mjs", file, ...args], {});
  }

  /** Runs the CLI in the workspace until it ends; a failure is a result, not an error. */
  run(args: readonly string[], options: RunOptions): Promise<Run> {
    return this.start("pulumi", [...args, "--non-interactive", "--color", "never"], options);
  }

  private start(
    program: string,
    args: readonly string[],
    { failing = [], killedAt = "", environment = {} }: RunOptions,
  ): Promise<Run> {
    const started = performance.now();
    const child = spawn(program, args, {
      cwd: this.workspace,
      env: { ...this.environment, ...environment, SIMULATED_FAILURES: failing.join(","), SIMULATED_HANGS: killedAt },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const cloud = new Cloud(join(this.folder, "cloud"));
    const watch = setInterval(() => {
      if (killedAt === "" || !cloud.hangs(killedAt)) return;
      clearInterval(watch);
      killWithDescendants(child.pid!);
    }, 50);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", () => clearInterval(watch));
      child.on("close", (code) => {
        const printed = Buffer.concat(chunks).toString("utf8");
        const report = readEvents(printed);
        const complaint = report.problems.join("\n") || printed.slice(-1_500);
        resolve({ ...report, code, printed, complaint, seconds: (performance.now() - started) / 1000 });
      });
    });
  }
}

export class Stack {
  constructor(
    readonly name: string,
    private readonly engine: Engine,
    private readonly stateFolder: string,
  ) {}

  /** `pulumi config set-all` with these settings. */
  async set(settings: Readonly<Record<string, string | number | boolean>>): Promise<void> {
    const pairs = Object.entries(settings).flatMap(([key, value]) => ["--plaintext", `${key}=${String(value)}`]);
    await this.engine.pulumi(["config", "set-all", "--stack", this.name, ...pairs]);
  }

  preview(options: RunOptions = {}): Promise<Run> {
    return this.engine.run(["preview", ...this.options()], options);
  }

  up(options: RunOptions = {}): Promise<Run> {
    return this.engine.run(["up", "--yes", "--skip-preview", ...this.options()], options);
  }

  /** `up` as a person starts it: with a preview first; if that fails, nothing is changed. */
  upAfterPreview(): Promise<Run> {
    return this.engine.run(["up", "--yes", ...this.options()], {});
  }

  destroy(): Promise<Run> {
    return this.engine.run(["destroy", "--yes", ...this.options()], {});
  }

  /** The stack's outputs, as `pulumi stack output --json` prints them. */
  async outputs(): Promise<Record<string, unknown>> {
    const text = await this.engine.pulumi(["stack", "output", "--json", "--stack", this.name]);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Content of the state file in the backend, secrets encrypted. */
  state(): string {
    return readFileSync(join(this.stateFolder, ".pulumi/stacks/model-serving", `${this.name}.json`), "utf8");
  }

  /** Releases the lock of a run that was killed. */
  async cancel(): Promise<void> {
    await this.engine.pulumi(["cancel", "--yes", "--stack", this.name]);
  }

  /** All resources of the state, with secrets in plain text inside the engine's secret markers. */
  async exported(): Promise<Exported[]> {
    const text = await this.engine.pulumi(["stack", "export", "--show-secrets", "--stack", this.name]);
    return (JSON.parse(text) as { deployment: { resources?: Exported[] } }).deployment.resources ?? [];
  }

  private options(): string[] {
    // The providers are on PATH, so there is nothing to install.
    return ["--stack", this.name, "--json", "--skip-plugin-pre-install"];
  }
}

/** A resource in the state. */
export interface Exported {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The environment without variables that would direct the CLI to the user's own Pulumi account or clouds. */
function withoutPulumi(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(PULUMI|AWS|GOOGLE|GCLOUD|CLOUDSDK|AUTH0)_/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}
