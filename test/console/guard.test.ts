import { expect } from "chai";
import { refusalOf } from "../../console/guard";

const token = "t".repeat(43);
const port = 8440;

describe("Console: who may speak to it", () => {
  const own = { host: `localhost:${port}`, authorization: `Bearer ${token}` };
  const status = (headers: Record<string, string>, isPage = false) =>
    refusalOf({ headers }, port, token, isPage)?.status ?? 200;

  const cases: readonly [what: string, headers: Record<string, string>, api: number, page: number][] = [
    ["its own page", { ...own, origin: `http://localhost:${port}`, "sec-fetch-site": "same-origin" }, 200, 200],
    ["a command with the token", own, 200, 200],
    ["an address in the place of the name", { ...own, host: `127.0.0.1:${port}` }, 200, 200],
    ["no token", { host: own.host }, 401, 200],
    ["another token", { ...own, authorization: `Bearer ${"u".repeat(43)}` }, 401, 200],
    ["a part of the token", { ...own, authorization: `Bearer ${token.slice(1)}` }, 401, 200],
    ["more than the token", { ...own, authorization: `Bearer ${token}t` }, 401, 200],
    ["the token as a password", { ...own, authorization: `Basic ${token}` }, 401, 200],
    ["the token as a cookie", { host: own.host, cookie: `token=${token}` }, 401, 200],
    ["a name that another's DNS leads here", { ...own, host: `attacker.example:${port}` }, 421, 421],
    ["a name that ends like this machine's", { ...own, host: `localhost.attacker.example:${port}` }, 421, 421],
    ["another port", { ...own, host: "localhost:8443" }, 421, 421],
    ["no Host", { authorization: own.authorization }, 421, 421],
    ["another site's page", { ...own, origin: "https://attacker.example" }, 403, 403],
    ["a page of another port of this machine", { ...own, origin: "http://localhost:3000" }, 403, 403],
    ["a page without an origin", { ...own, origin: "null" }, 403, 403],
    ["another site's image or script", { ...own, "sec-fetch-site": "cross-site" }, 403, 200],
    ["the same of another port", { ...own, "sec-fetch-site": "same-site" }, 403, 200],
    ["an address typed in", { ...own, "sec-fetch-site": "none" }, 403, 200],
  ];
  for (const [what, headers, api, page] of cases)
    it(`answers ${what} with ${api}, and with the page's own files: ${page}`, () => {
      expect(status(headers)).to.equal(api);
      expect(status(headers, true)).to.equal(page);
    });
});
