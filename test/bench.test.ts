import { expect } from "chai";
import { archives } from "../bench/program";

describe("npm run bench", () => {
  it("finds what the program uploads: the code, and the library beside it", async () => {
    const [code, library, share] = (await archives()).map(({ ratio }) => ratio);
    expect(code, "KB of code").to.be.within(1, 200);
    expect(library, "MB of the library").to.be.within(5, 200);
    expect(share).to.be.within(0, 0.1);
  });
});
