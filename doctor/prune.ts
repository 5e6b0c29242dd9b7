// `npm run prune -- --stack NAME [--delete]`: old versions of the stack's functions, which hold their code and layers: an account has 75 GB
// of them in a region. Kept are, of each function, the version that an alias names or sends a share of the calls to, the one before it, and
// whatever is newer; the layers of a deleted version go with it. Without --delete it changes nothing.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (function and layer storage)

import { evaluate, projectRoot } from "../graph/evaluate";
import { parseOptions, stackOptionTypes } from "../graph/options";
import { stackSettings } from "../graph/project";
import { ofType, regionOf } from "../graph/resource";
import { readJson, run } from "./command";

const usage = `npm run prune -- [options]

  --stack NAME       stack whose functions are looked at: dev (default), prod
  --delete           delete the old versions; otherwise they are only listed
  -h, --help         print this

Exit status: 1 if a version could not be deleted, 2 for wrong usage or an unexpected error.`;

interface Version {
  readonly Version: string;
}

interface Alias {
  readonly FunctionVersion: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> };
}

/** Numbers of the versions that nothing needs, oldest first. None where no alias tells which one is live. */
export function oldVersions(versions: readonly Version[], aliases: readonly Alias[]): number[] {
  const named = aliases.flatMap(({ FunctionVersion, RoutingConfig }) => [
    FunctionVersion,
    ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}),
  ]);
  const live = named.map(Number).filter(Number.isInteger);
  if (live.length === 0) return [];
  const all = versions
    .map(({ Version: version }) => Number(version)) // `$LATEST` is none.
    .filter(Number.isInteger)
    .sort((one, other) => one - other);
  const before = live.map((version) => all.filter((each) => each < version).at(-1));
  const kept = new Set([...live, ...before]);
  return all.filter((version) => !kept.has(version) && version < Math.max(...live));
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    stack: stackOptionTypes.stack,
    delete: { type: "boolean", default: false },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const graph = await evaluate({ root: projectRoot, stack: options.stack });
  const { config } = stackSettings(projectRoot, options.stack, {}, false);
  const profile = config["aws:profile"] ? ["--profile", config["aws:profile"]] : [];
  const lines: string[] = [];
  for (const { outputs } of ofType(graph, "aws:lambda/function:Function")) {
    const [name, region] = [String(outputs.name), regionOf(String(outputs.arn))];
    const lambda = (command: string, ...more: string[]) => [
      "lambda",
      command,
      "--function-name",
      name,
      ...more,
      ...profile,
      "--region",
      region,
      "--output",
      "json",
    ];
    const [versions, aliases] = [
      await readJson("aws", lambda("list-versions-by-function")),
      await readJson("aws", lambda("list-aliases")),
    ];
    if (!versions.ok || !aliases.ok) {
      const reason = [versions, aliases].map((each) => (each.ok ? "" : each.reason)).find((text) => text !== "");
      lines.push(`– ${name}: not looked at: ${reason}`);
      continue;
    }
    const old = oldVersions(
      (versions.json as { Versions: Version[] }).Versions,
      (aliases.json as { Aliases: Alias[] }).Aliases,
    );
    if (old.length === 0) lines.push(`✓ ${name}: no old version`);
    else if (!options.delete) lines.push(`– ${name}: old versions ${old.join(", ")}: delete them with --delete`);
    for (const version of options.delete ? old : []) {
      const deleted = await run("aws", lambda("delete-function", "--qualifier", String(version)));
      if (!deleted.ok) process.exitCode = 1;
      lines.push(
        deleted.ok ? `✓ ${name}: version ${version} is deleted` : `✗ ${name}: version ${version}: ${deleted.reason}`,
      );
    }
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

if (process.argv[1] === __filename)
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
