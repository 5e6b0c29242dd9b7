// Runs the real Pulumi engine on a copy of the project, against a file backend and the simulated providers: everything it
// writes lies in one temporary folder.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Report, readEvents } from "./events";
import { engineFolder } from "./installation";
import { installPlugins } from "./plugins";
import { Cloud, type Standing } from "./provider/cloud";
import { copyProject } from "./workspace";

/** A finished run of the CLI. */
export interface Run extends Report {
  readonly code: number | null;
  /** Everything that it printed, for the message of a failed test. */
  readonly printed: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** Logical names of the resources that the simulated cloud refuses to make or change. */
  readonly failing?: readonly string[];
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

  /** @throws Error where no CLI is installed, saying how to get one. */
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

  /** Deletes everything. */
  stop(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What stands in the simulated cloud, whatever the state says. */
  standing(): Standing[] {
    return new Cloud(join(this.folder, "cloud")).standing();
  }

  /** Makes a stack and returns it. */
  async stack(name: string): Promise<Stack> {
    await this.pulumi(["stack", "init", name]);
    return new Stack(name, this, join(this.folder, "state"));
  }

  /** Runs the CLI in the workspace. @throws Error with what it printed, where it fails. */
  async pulumi(args: readonly string[]): Promise<string> {
    const run = await this.run(args, {});
    if (run.code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed:\n${run.printed}`);
    return run.printed;
  }

  /** Runs the CLI in the workspace to its end, whatever that is. */
  run(args: readonly string[], { failing = [] }: RunOptions): Promise<Run> {
    const started = performance.now();
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.workspace,
      env: { ...this.environment, SIMULATED_FAILURES: failing.join(",") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        const printed = Buffer.concat(chunks).toString("utf8");
        resolve({ ...readEvents(printed), code, printed, seconds: (performance.now() - started) / 1000 });
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

  /** `pulumi config set` for each setting. */
  async set(settings: Readonly<Record<string, string | number | boolean>>): Promise<void> {
    for (const [key, value] of Object.entries(settings)) {
      await this.engine.pulumi(["config", "set", "--stack", this.name, "--plaintext", key, String(value)]);
    }
  }

  preview(): Promise<Run> {
    return this.engine.run(["preview", ...this.options()], {});
  }

  up(options: RunOptions = {}): Promise<Run> {
    return this.engine.run(["up", "--yes", "--skip-preview", ...this.options()], options);
  }

  destroy(): Promise<Run> {
    return this.engine.run(["destroy", "--yes", ...this.options()], {});
  }

  /** The stack's outputs as `pulumi stack output` gives them. */
  async outputs(): Promise<Record<string, unknown>> {
    const text = await this.engine.pulumi(["stack", "output", "--json", "--stack", this.name]);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** The state file as it lies in the backend, secrets encrypted. */
  state(): string {
    return readFileSync(join(this.stateFolder, ".pulumi/stacks/model-serving", `${this.name}.json`), "utf8");
  }

  private options(): string[] {
    // The providers stand on PATH, so there is nothing to install.
    return ["--stack", this.name, "--json", "--skip-plugin-pre-install"];
  }
}

/** The environment without what would point the CLI at the user's own account, stacks or clouds. */
function withoutPulumi(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(PULUMI|AWS|GOOGLE|GCLOUD|CLOUDSDK|AUTH0)_/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}
