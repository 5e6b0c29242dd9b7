import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { engineFolder } from "./installation";

describe("The installed engine", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "installation-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(place: string, ...programs: string[]): string {
    mkdirSync(place, { recursive: true });
    for (const program of programs) {
      writeFileSync(join(place, program), "#!/bin/sh\n");
      chmodSync(join(place, program), 0o755);
    }
    return place;
  }

  it("is the one on PATH before the one in the cache", () => {
    const onPath = install(join(folder, "bin"), "pulumi", "pulumi-language-nodejs");
    const cached = install(join(folder, "model-serving-engine/v1/bin"), "pulumi", "pulumi-language-nodejs");
    expect(engineFolder({ PATH: `/nowhere:${onPath}`, XDG_CACHE_HOME: folder })).to.equal(onPath);
    expect(engineFolder({ PATH: "/nowhere", XDG_CACHE_HOME: folder })).to.equal(cached);
  });

  it("says in one line how to get it where there is none, or only half of it", () => {
    const half = install(join(folder, "bin"), "pulumi");
    expect(() => engineFolder({ PATH: half, XDG_CACHE_HOME: folder })).to.throw(
      /^no Pulumi CLI found: install it \(https:\S+\), or run test\/engine\/get-engine\.sh$/,
    );
  });
});
