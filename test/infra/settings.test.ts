import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { checkNames } from "../../doctor/names";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { exampleSettings, readProject, stackNames, readStack } from "../../graph/project";
import { regions } from "../../infra/settings/gcp-locations";

/** The message of the fault that the settings give. */
async function faultOf(set: Record<string, unknown>, stack = "dev", examples = true): Promise<string> {
  try {
    await evaluate({ stack, set, examples });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the settings were taken");
}

describe("Infrastructure: the settings", () => {
  it("are asked for by the template if the account decides them, and are no tags that `pulumi new` adds", () => {
    const { template } = parse(readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8")) as {
      template: { config: Record<string, { description: string; default?: unknown }> };
    };
    const declared = readProject(projectRoot).config;
    expect(Object.keys(template.config)).to.include.members(["awsRegion", "alarmEmail"]);
    for (const [key, { default: value }] of Object.entries(template.config)) {
      expect(declared, key).to.have.property(key);
      // A folder made with --yes has the defaults of the settings themselves.
      if (value !== undefined) expect(value, key).to.equal(declared[key]!.default);
    }
    const folder = mkdtempSync(join(tmpdir(), "new-"));
    try {
      const added = "  pulumi:tags:\n    value:\n      pulumi:template: https://example.com/template\n";
      writeFileSync(join(folder, "Pulumi.yaml"), readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8") + added);
      expect(readProject(folder)).to.deep.equal(readProject(projectRoot));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const table: [fault: string, set: Record<string, unknown>, line: RegExp][] = [
    [
      "a switch that is neither on nor off",
      { apiGateway: "yes" },
      /apiGateway: is neither true nor false: pulumi config set apiGateway true/,
    ],
    [
      "an unknown protection",
      { apiGatewayAuth: "none" },
      /apiGatewayAuth: is not one of apiKey, iam, cognito, lambda: pulumi config set apiGatewayAuth apiKey/,
    ],
    [
      "a rate that is not a whole number",
      { apiRateLimit: "1.5" },
      /apiRateLimit: is not a whole number from 1 to 10000: pulumi config set/,
    ],
    ["a rate of nothing", { keyRateLimit: 0 }, /keyRateLimit: is not a whole number from 1/],
    ["a burst above the account's", { apiBurstLimit: 5001 }, /apiBurstLimit: is not a whole number from 1 to 5000/],
    ["a number in words", { keyQuota: "many" }, /keyQuota: is not a whole number/],
    ["an unknown period", { keyQuotaPeriod: "YEAR" }, /keyQuotaPeriod: is not one of DAY, WEEK, MONTH/],
    ["too little memory", { modelMemory: 128 }, /modelMemory: is not a whole number from 512 to 10240/],
    [
      "a region that is none",
      { awsRegion: "Frankfurt" },
      /awsRegion: is not an AWS region: pulumi config set awsRegion us-east-1/,
    ],
    [
      "an origin beside every origin",
      { corsOrigin: "https://a.example.com,*" },
      /corsOrigin: is not an origin, or several separated by commas: pulumi config set corsOrigin https:\/\/app\.example\.com/,
    ],
    ["an origin with a path", { corsOrigin: "https://a.example.com/app" }, /corsOrigin: is not an origin/],
    [
      "an origin that breaks out of its header",
      { corsOrigin: "https://a.example.com'\r\nx: y" },
      /corsOrigin: is not an origin/,
    ],
    ["an issuer without TLS", { oidcIssuer: "http://issuer.example.com/" }, /oidcIssuer: is not an https URL/],
    [
      "authorities of the issuer that are no certificates",
      { apiGatewayAuth: "lambda", oidcAuthorities: "README.md" },
      /oidcAuthorities: contains no certificate in PEM form: pulumi config set oidcAuthorities authorities\.pem/,
    ],
    [
      "private authorities for an authorizer that takes none",
      { httpApi: true, httpApiAuth: "jwt", oidcAuthorities: "graph/example-truststore.pem" },
      /httpApiAuth: jwt makes API Gateway fetch .*: pulumi config set httpApiAuth iam/,
    ],
    ["a model name that leaves its folder", { defaultModel: "../secret" }, /defaultModel: is not a model's name/],
    [
      "a misspelt setting",
      { apiGatwayAuth: "iam" },
      /apiGatwayAuth: is not a setting; did you mean apiGatewayAuth\?: pulumi config rm apiGatwayAuth/,
    ],
    ["a setting of nobody", { colour: "red" }, /colour: is not a setting: pulumi config rm colour/],
    [
      "a folder without models",
      { modelsFolder: "docs" },
      /modelsFolder: docs holds no model: put one at <name>\/model.onnx/,
    ],
    ["a file in place of a folder", { modelsFolder: "package.json" }, /modelsFolder: package.json is not a folder/],
    [
      "a default that is not one of several models",
      { modelsFolder: "test/fixtures/models", defaultModel: "nope" },
      /^defaultModel: is not one of the models in test\/fixtures\/models \(add, .*\): pulumi config set defaultModel add$/m,
    ],
    ["a folder that does not exist", { modelsFolder: "nowhere" }, /modelsFolder: nowhere does not exist/],
  ];
  for (const [fault, set, line] of table) {
    it(`refuse ${fault}, with the command that cures it`, async () => {
      expect(await faultOf(set)).to.match(line);
    });
  }

  it("refuse a stack's name that physical names cannot hold, or that Cognito takes in no domain", async () => {
    const root = mkdtempSync(join(tmpdir(), "stacks-"));
    const stack = (name: string, set: object) => {
      writeFileSync(join(root, `Pulumi.${name}.yaml`), "config: {}\n");
      return evaluate({ root, stack: name, set: { apiGateway: true, ...set } }).then(
        () => "taken",
        (error: Error) => error.message,
      );
    };
    try {
      for (const file of ["Pulumi.yaml", "graph/example-settings.yaml"])
        cpSync(join(projectRoot, file), join(root, file));
      writeFileSync(join(root, "index.js"), `module.exports = require(${JSON.stringify(join(projectRoot, "index"))});`);
      expect(await stack("s".repeat(25), {})).to.match(/stack: its name may have letters, .* at most 24/);
      expect(await stack("my-aws", { apiGatewayAuth: "cognito" })).to.match(
        /stack: Cognito refuses a domain with aws,/,
      );
      expect(await stack("my-aws", { apiGatewayAuth: "apiKey" })).to.equal("taken");
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("refuse a project's name that physical names cannot hold, together with the stack's", async () => {
    const root = mkdtempSync(join(tmpdir(), "projects-"));
    const stack = "s".repeat(24);
    const project = (name: string, set: Readonly<Record<string, unknown>>) => {
      const yaml = readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8");
      writeFileSync(join(root, "Pulumi.yaml"), yaml.replace(/^name: .*/, `name: ${name}`));
      return evaluate({ root, stack, set }).then(
        (graph) => {
          expect(checkNames(graph).map(({ state }) => state)).to.deep.equal(["good"]);
          return "taken";
        },
        (error: Error) => error.message,
      );
    };
    try {
      mkdirSync(join(root, "graph"));
      cpSync(join(projectRoot, "graph/example-settings.yaml"), join(root, "graph/example-settings.yaml"));
      writeFileSync(join(root, `Pulumi.${stack}.yaml`), "config: {}\n");
      writeFileSync(join(root, "index.js"), `module.exports = require(${JSON.stringify(join(projectRoot, "index"))});`);
      const off = { apiGateway: false, auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };
      const longest: readonly [number, Readonly<Record<string, unknown>>][] = [
        [22, { auth0Authorizer: true }],
        [28, { apiGateway: true, apiGatewayAuth: "lambda" }],
        [25, { apiGateway: true, apiGatewayAuth: "cognito" }],
        [29, { sagemaker: true }],
        [30, { apiGateway: true, secrets: true }],
      ];
      for (const [length, set] of longest) {
        expect(await project("p".repeat(length), { ...off, ...set }), String(length)).to.equal("taken");
        expect(await project("p".repeat(length + 1), { ...off, ...set })).to.match(
          /project: its name and the stack's have more than \d+ characters together.* pulumi stack rename <name>$/,
        );
      }
      expect(await project("my.model", { ...off, apiGateway: true })).to.match(/project: its name may have letters,/);
      expect(await project("my_model", { ...off, apiGateway: true })).to.equal("taken");
      expect(await project("my_model", { ...off, sagemaker: true })).to.match(/project: its name may have letters,/);
      expect(await project("my-aws", { ...off, apiGateway: true, apiGatewayAuth: "cognito" })).to.match(
        /project: Cognito refuses a domain with aws,/,
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("name as a number's cure the closest that is allowed", async () => {
    for (const [given, cure] of [
      [100_000, 10_000],
      [0, 1],
      [-1, 1],
      ["12.6", 13],
      ["many", 1],
      ["1e9", 10_000],
    ])
      expect(await faultOf({ keyRateLimit: given }), String(given)).to.match(
        new RegExp(`from 1 to 10000: pulumi config set keyRateLimit ${cure}$`),
      );
  });

  it("report all faults at once", async () => {
    const message = await faultOf({ apiGateway: "yes", apiRateLimit: -1, apiGatwayAuth: "iam" });
    expect(message).to.match(/^3 faults in the settings of stack dev\n/);
    expect(message.split("\n")).to.have.lengthOf(4);
  });

  it("never quote a value, which may be a secret in the wrong place", async () => {
    expect(await faultOf({ apiGatewayAuth: "hunter2", oidcIssuer: "hunter2", corsOrigin: "hunter2" })).not.to.include(
      "hunter2",
    );
  });

  it("ask the real engine's user for each account setting, with its command", async () => {
    const message = await faultOf({ apiGatewayAuth: "lambda" }, "dev", false);
    expect(message).to.match(/oidcIssuer: is not set .*: pulumi config set oidcIssuer "https:/);
    expect(message).to.match(/oidcAudience: is not set .*: pulumi config set oidcAudience "https:/);
  });

  it("ask for no account setting that nothing uses", async () => {
    expect((await evaluate({ stack: "dev", examples: false })).resources).not.to.be.empty;
  });

  it("stand in both stack files for every switch, and nowhere for an account", () => {
    const accounts = Object.keys(exampleSettings(projectRoot));
    expect(stackNames(projectRoot)).to.deep.equal(["dev", "prod"]);
    for (const stack of ["dev", "prod"]) {
      const set = Object.keys(readStack(projectRoot, stack));
      expect(set).to.include.members(["apiGateway", "auth0Authorizer", "httpApi", "secrets", "sagemaker"]);
      expect(set.filter((key) => accounts.includes(key))).to.deep.equal([]);
    }
  });

  it("put keys in hardware in a region: a key ring where Google has no such keys could never be deleted", () => {
    const hardware = stackNames(projectRoot)
      .map((stack) => readStack(projectRoot, stack))
      .filter(({ gcpProtectionLevel }) => gcpProtectionLevel === "HSM");
    expect(hardware).to.not.be.empty;
    for (const { gcpKeyRingLocation } of hardware) expect(regions).to.include(gcpKeyRingLocation);
  });

  it("are declared in Pulumi.yaml with type, description and a default of that type", () => {
    const types: Record<string, (value: unknown) => boolean> = {
      boolean: (value) => typeof value === "boolean",
      integer: Number.isInteger,
      string: (value) => typeof value === "string",
      array: Array.isArray,
      object: (value) => typeof value === "object",
    };
    for (const [key, { type, description, default: value }] of Object.entries(readProject(projectRoot).config)) {
      expect(description, key).to.be.a("string").with.length.greaterThan(10);
      expect(types[type]?.(value), `${key}: default of type ${type}`).to.equal(true);
    }
  });

  it("that Pulumi.yaml declares are all known to the program", async () => {
    const declared = Object.fromEntries(
      Object.entries(readProject(projectRoot).config).map(([key, { default: value }]) => [key, value]),
    );
    const graph = await evaluate({ stack: "dev", set: { ...declared, apiGateway: false } });
    expect(graph.resources).to.deep.equal([]);
  });
});
