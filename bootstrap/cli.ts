// `node run.mjs bootstrap/cli.ts --repository owner/name [--stack NAME …]`: prints the CloudFormation template as JSON.

import { resolve } from "node:path";
import { parseOptions, UsageError } from "../graph/options";
import { readProject, stackNames } from "../graph/project";
import { BootstrapError } from "./names";
import { template } from "./template";

const root = resolve(__dirname, "..");

const usage = `node run.mjs bootstrap/cli.ts --repository owner/name [options]

  --repository NAME  repository on GitHub whose workflows deploy
  --stack NAME       a stack to prepare; repeatable; all by default
  -h, --help         print this`;

try {
  const options = parseOptions(process.argv.slice(2), {
    repository: { type: "string", default: "" },
    stack: { type: "string", multiple: true },
  });
  if (options.help) process.stdout.write(`${usage}\n`);
  else {
    const stacks = options.stack ?? stackNames(root);
    const project = readProject(root).name;
    process.stdout.write(`${JSON.stringify(template({ repository: options.repository, project, stacks }))}\n`);
  }
} catch (error) {
  if (!(error instanceof BootstrapError || error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
