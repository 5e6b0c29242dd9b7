import { expect } from "chai";
import { coversTheInternet } from "../../policy/queries/networks";

describe("Policy: networks", () => {
  const table: readonly [covers: boolean, what: string, ...networks: string[]][] = [
    [true, "all of IPv4", "0.0.0.0/0"],
    [true, "all of IPv6", "::/0"],
    [true, "two halves", "0.0.0.0/1", "128.0.0.0/1"],
    [true, "one half", "192.0.2.1", "128.0.0.0/1"],
    [true, "four /8", "1.0.0.0/8", "2.0.0.0/8", "3.0.0.0/8", "4.0.0.0/8"],
    [true, "the part of IPv6 that is in use", "2000::/3"],
    [true, "a text that is no network", "anywhere"],
    [true, "an empty text", ""],
    [true, "a length that is no number", "192.0.2.0/x"],
    [false, "nothing"],
    [false, "addresses", "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"],
    [false, "all private networks", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  ];
  for (const [covers, what, ...networks] of table) {
    it(`${covers ? "cover" : "do not cover"} the internet: ${what}`, () => {
      expect(coversTheInternet(networks)).to.equal(covers);
    });
  }
});
