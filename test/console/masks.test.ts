import { expect } from "chai";
import { Masks } from "../../console/masks";

const principal = (secretAccessKey: string) => ({ secretAccessKey });

describe("Console: credentials in what it sends", () => {
  const keys = [{ value: "key-of-rotation-one" }];
  const run = {
    credentials: { apiKey: "key-of-the-run", token: "token-of-the-run" },
    apis: [
      {
        credentials: {
          ...{ clientSecret: "secret-of-the-api", issuer: "https://issuer.example", clientId: "client" },
          clients: { acme: { apiKey: "key-of-acme", secretAccessKey: "secret/of+acme=" } },
        },
      },
    ],
    identities: {
      ...{ caller: principal("secret-of-caller"), stranger: principal("secret-of-stranger") },
      foreigner: principal("secret-of-foreigner"),
    },
    aws: {
      ...{ operator: principal("secret-of-operator"), role: principal("secret-of-role") },
      store: { all: () => keys },
    },
  } as unknown as ConstructorParameters<typeof Masks>[0];
  const masks = new Masks(run);

  for (const secret of [
    ...["key-of-the-run", "token-of-the-run", "secret-of-the-api", "key-of-acme", "secret/of+acme="],
    ...[
      "secret-of-caller",
      "secret-of-stranger",
      "secret-of-foreigner",
      "key-of-rotation-one",
      "secret-of-operator",
      "secret-of-role",
    ],
  ])
    it(`does not have ${secret}, wherever it stands`, () => {
      expect(masks.of(JSON.stringify({ path: `/x?k=${secret}`, text: [secret, `a${secret}b`] }))).to.equal(
        '{"path":"/x?k=•••","text":["•••","a•••b"]}',
      );
    });

  it("does not have a key that was made meanwhile", () => {
    expect(masks.of("key-of-rotation-two")).to.equal("key-of-rotation-two");
    keys.push({ value: "key-of-rotation-two" });
    expect(masks.of("key-of-rotation-two")).to.equal("•••");
  });

  it("shows of a header that carries one its scheme and length", () => {
    const headers = [
      ["Authorization", "Bearer abcdef"],
      ["X-API-Key", "abc"],
      ["cookie", "a=b"],
      ["x-amz-security-token", "abcd"],
      ["accept", "abc"],
    ] as const;
    expect(masks.headers(headers)).to.deep.equal([
      ["Authorization", "Bearer ••• (13 characters)"],
      ["X-API-Key", "••• (3 characters)"],
      ["cookie", "••• (3 characters)"],
      ["x-amz-security-token", "••• (4 characters)"],
      ["accept", "abc"],
    ]);
  });
});
