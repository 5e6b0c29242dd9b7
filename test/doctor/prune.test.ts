import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { oldVersions } from "../../doctor/prune";
import { runCommand } from "../run-commands";

const versions = (...numbers: (number | string)[]) =>
  ["$LATEST", ...numbers].map((each) => ({ Version: String(each) }));
const live = (version: number, weights?: Record<string, number>) => ({
  FunctionVersion: String(version),
  ...(weights && { RoutingConfig: { AdditionalVersionWeights: weights } }),
});

describe("npm run prune", () => {
  it("keeps the live version, the one before it, whatever is newer, and what an alias sends a share to", () => {
    expect(oldVersions(versions(1, 2, 3, 4, 10), [live(10)])).to.deep.equal([1, 2, 3]);
    // Published, and the alias does not name it yet.
    expect(oldVersions(versions(1, 2, 3, 4), [live(3)])).to.deep.equal([1]);
    expect(oldVersions(versions(1, 2, 3, 4, 5), [live(5, { "2": 0.1 })])).to.deep.equal([3]);
    expect(oldVersions(versions(1, 2, 3, 4, 5), [live(2), live(5)])).to.deep.equal([3]);
    expect(oldVersions(versions(7), [live(7)])).to.deep.equal([]);
  });

  it("deletes nothing where no alias tells what is live", () => {
    expect(oldVersions(versions(1, 2, 3), [])).to.deep.equal([]);
    expect(oldVersions(versions(1, 2, 3), [{ FunctionVersion: "$LATEST" }])).to.deep.equal([]);
  });

  it("only lists them unless it is told to delete, and says which it could not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "prune-"));
    try {
      const list = JSON.stringify({ Versions: versions(1, 2, 3, 4) });
      const aliases = JSON.stringify({ Aliases: [live(4)] });
      const script = `#!/bin/sh
echo "$*" >> ${join(folder, "asked")}
case "$*" in
  *list-versions*) echo '${list}';;
  *list-aliases*) echo '${aliases}';;
  *"--qualifier 1 "*) ;;
  *) echo refused >&2; exit 255;;
esac
`;
      writeFileSync(join(folder, "aws"), script, { mode: 0o755 });
      const command = async (...args: string[]) => {
        writeFileSync(join(folder, "asked"), "");
        const result = await runCommand("doctor/prune.ts", args, {
          PATH: [folder, process.env.PATH].join(delimiter),
          HOME: folder,
        });
        return { result, asked: readFileSync(join(folder, "asked"), "utf8") };
      };
      const listed = await command("--stack", "dev");
      expect(listed.result.code, listed.result.stderr).to.equal(0);
      expect(listed.result.stdout).to.equal(
        "– model-serving-dev-model: old versions 1, 2: delete them with --delete\n",
      );
      expect(listed.asked).not.to.contain("delete-function");
      const { result, asked } = await command("--stack", "dev", "--delete");
      expect(result.code).to.equal(1);
      expect(result.stdout).to.equal(
        "✓ model-serving-dev-model: version 1 is deleted\n✗ model-serving-dev-model: version 2: refused\n",
      );
      const region = "--region us-east-1 --output json";
      expect(asked.split("\n").filter((line) => line.includes("delete-function"))).to.deep.equal([
        `lambda delete-function --function-name model-serving-dev-model --qualifier 1 ${region}`,
        `lambda delete-function --function-name model-serving-dev-model --qualifier 2 ${region}`,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
