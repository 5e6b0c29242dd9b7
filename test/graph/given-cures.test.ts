import { expect } from "chai";
import { withGivenCures } from "../../graph/given-cures";

describe("The cure of a setting that was given with --set", () => {
  const set = { keyRateLimit: 1, corsOrigin: "x", clients: [], tags: {}, constructor: 1 };
  const cases: [what: string, told: string, said: string][] = [
    ["is its other value", "a: b: pulumi config set keyRateLimit 10", "a: b: --set keyRateLimit=10"],
    [
      "keeps quotes",
      'pulumi config set --plaintext corsOrigin "https://a.example"',
      '--set corsOrigin="https://a.example"',
    ],
    ["is to leave it out", "pulumi config rm corsOrigin", "leave out --set corsOrigin"],
    ["is to correct a part", "pulumi config set --path 'clients[0].name' acme", "correct it in --set clients=…"],
    ["is to leave out a part", "pulumi config rm --path 'clients[0].models'", "correct it in --set clients=…"],
    [
      "is to correct what has two commands",
      "pulumi config rm tags && pulumi config set --path 'tags.owner' team",
      "correct it in --set tags=…",
    ],
    [
      "is said in each line",
      "2 faults\n  a: pulumi config set keyRateLimit 1\n  b: pulumi config rm tags",
      "2 faults\n  a: --set keyRateLimit=1\n  b: leave out --set tags",
    ],
    ["stays that of the stack's file", "pulumi config set keyQuota 20", "pulumi config set keyQuota 20"],
    ["is not looked for in prototypes", "pulumi config set toString 20", "pulumi config set toString 20"],
    ["stays where it is no setting", "pulumi stack rename <name>", "pulumi stack rename <name>"],
  ];
  for (const [what, told, said] of cases)
    it(what, () => {
      const error = new Error(told);
      error.stack = told;
      expect(withGivenCures(error, set)).to.equal(error);
      expect([error.message, error.stack]).to.deep.equal([said, said]);
    });

  it("leaves what is no error", () =>
    expect(withGivenCures("pulumi config rm tags", set)).to.equal("pulumi config rm tags"));
});
