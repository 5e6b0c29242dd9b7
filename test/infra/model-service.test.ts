import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { onnxFile } from "../fixtures/onnx-file";
import type { ModelManifest } from "../../contract";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { type Archive, type Graph, ofType, type Resource } from "../../graph/resource";
import { account } from "../../graph/types/resource-type";

const dev = (set: Record<string, unknown> = {}) =>
  evaluate({ stack: "dev", set: { auth0Authorizer: false, httpApi: false, ...set } });
const lambda = (graph: Graph, name = "model") =>
  ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs.name === `model-serving-dev-${name}`)!;

function filesOf(object: Resource): Record<string, { asset: { text?: string; path?: string } }> {
  return ((object.inputs.source as Archive).archive as { files: never }).files;
}

function upload(graph: Graph, name: string) {
  return filesOf(ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").find((object) => object.name === name)!);
}

function manifestOf(graph: Graph): ModelManifest {
  return JSON.parse(upload(graph, "model-code")["models.json"]!.asset.text!) as ModelManifest;
}

const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

describe("Infrastructure: the model function", () => {
  it("runs on a supported runtime, traced, encrypted, with exactly this environment", async () => {
    const graph = await dev();
    const keyArn = ofType(graph, "aws:kms/key:Key")[0]!.outputs.arn;
    const { role, s3Bucket, s3Key, s3ObjectVersion, layers, ...rest } = lambda(graph).inputs;
    expect(rest).to.deep.equal({
      name: "model-serving-dev-model",
      runtime: "nodejs24.x",
      architectures: ["x86_64"],
      handler: "model.handler",
      environment: {
        variables: {
          MODELS_DIR: "/opt/models",
          DEFAULT_MODEL: "mymodel",
          CORS_ORIGIN: "",
          METRICS_NAMESPACE: "model-serving-dev",
        },
      },
      kmsKeyArn: keyArn,
      memorySize: 1769,
      timeout: 28,
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "Text", logGroup: "/aws/lambda/model-serving-dev-model" },
      publish: true,
    });
    expect([role, s3Bucket, s3Key, s3ObjectVersion]).to.satisfy((all: unknown[]) =>
      all.every((value) => typeof value === "string"),
    );
    expect(layers).to.have.lengthOf(2);
  });

  it("may write its own log, trace, decrypt its environment, and let Lambda put it into a network: nothing else", async () => {
    const attach = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ];
    const graph = await dev();
    const policies = ofType(graph, "aws:iam/rolePolicy:RolePolicy");
    expect(policies).to.have.lengthOf(1);
    expect(JSON.parse(String(policies[0]!.inputs.policy))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Logs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `arn:aws:logs:us-east-1:${account}:log-group:/aws/lambda/model-serving-dev-model:*`,
        },
        {
          Sid: "Traces",
          Effect: "Allow",
          Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
          Resource: "*",
        },
        {
          Sid: "Environment",
          Effect: "Allow",
          Action: "kms:Decrypt",
          Resource: ofType(graph, "aws:kms/key:Key")[0]!.outputs.arn,
        },
        // Also without a network, which it may have been in: see function-network.ts.
        { Sid: "Network", Effect: "Allow", Action: attach, Resource: "*" },
        {
          Sid: "NetworkNotByItsCode",
          Effect: "Deny",
          Action: [...attach, "ec2:DetachNetworkInterface"],
          Resource: "*",
          Condition: {
            ArnEquals: {
              "lambda:SourceFunctionArn": `arn:aws:lambda:us-east-1:${account}:function:model-serving-dev-model`,
            },
          },
        },
      ],
    });
  });

  it("reserves executions only where the settings say so", async () => {
    expect(lambda(await dev()).inputs).not.to.have.property("reservedConcurrentExecutions");
    expect(lambda(await dev({ modelConcurrency: 5 })).inputs.reservedConcurrentExecutions).to.equal(5);
  });

  it("pins each model by the digest of what lies in its folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      for (const name of ["one", "two"]) mkdirSync(join(folder, name));
      const [single, graphFile] = [onnxFile({ note: "single" }), onnxFile({ external: "weights.bin" })];
      writeFileSync(join(folder, "one/model.onnx"), single);
      writeFileSync(join(folder, "one/README.md"), "a card is not part of the model");
      writeFileSync(join(folder, "two/model.onnx"), graphFile);
      writeFileSync(join(folder, "two/weights.bin"), "weights");
      const graph = await dev({ modelsFolder: folder, defaultModel: "two" });
      const two = [
        { path: "model.onnx", sha256: sha256(graphFile), bytes: graphFile.length },
        { path: "weights.bin", sha256: sha256("weights"), bytes: 7 },
      ];
      expect(manifestOf(graph)).to.deep.equal({
        models: {
          one: {
            digest: sha256(single),
            files: [{ path: "model.onnx", sha256: sha256(single), bytes: single.length }],
          },
          two: { digest: sha256(two.map((file) => `${file.sha256}  ${file.path}\n`).join("")), files: two },
        },
      });
      expect(Object.keys(upload(graph, "model-models"))).to.deep.equal([
        "models/one/model.onnx",
        "models/two/model.onnx",
        "models/two/weights.bin",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("ships with a model whose card names its very file, by size and digest", () => {
    const model = readFileSync(join(projectRoot, "models/mymodel/model.onnx"));
    const card = readFileSync(join(projectRoot, "models/mymodel/README.md"), "utf8");
    expect(card)
      .to.contain(`| Size | ${model.length} bytes |`)
      .and.to.contain(`| SHA-256 | \`${sha256(model)}\` |`);
  });

  it("serves the only model whatever the default is called, but for a default that the training publishes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      mkdirSync(join(folder, "mine"));
      writeFileSync(join(folder, "mine/model.onnx"), onnxFile());
      const only = await dev({ modelsFolder: folder });
      expect(Object.keys(manifestOf(only).models)).to.deep.equal(["mine"]);
      expect(lambda(only).inputs["environment"]).to.have.nested.property("variables.DEFAULT_MODEL", "mine");
      const message = await dev({ modelsFolder: folder, sagemaker: true }).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(message).to.equal(
        `defaultModel: is not one of the models in ${folder} (mine): pulumi config set defaultModel mine`,
      );
      const graph = await dev({ modelsFolder: folder, sagemaker: true, defaultModel: "mine" });
      expect(graph.outputs.sagemakerModelPackageGroup).to.equal("model-serving-dev-models");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const unreadable: [what: string, make: (model: string) => void, says: RegExp][] = [
    ["a folder for a model", (model) => mkdirSync(join(model, "model.onnx")), /no file named exactly one\/model\.onnx/],
    [
      "a device, which never ends",
      (model) => symlinkSync("/dev/zero", join(model, "model.onnx")),
      /something that is not a file: one\/model\.onnx/,
    ],
    [
      "a link that leads in a circle",
      (model) => {
        writeFileSync(join(model, "model.onnx"), "x");
        symlinkSync(".", join(model, "self"));
      },
      /something that is not a file: one\/self/,
    ],
    [
      "more than a function takes, without reading it",
      (model) => {
        writeFileSync(join(model, "model.onnx"), "x");
        truncateSync(join(model, "model.onnx"), 2 ** 33);
      },
      /holds 8192 MB; a Lambda function takes 200/,
    ],
  ];
  for (const [what, make, says] of unreadable) {
    it(`takes no ${what}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "models-"));
      try {
        mkdirSync(join(folder, "one"));
        make(join(folder, "one"));
        const message = await dev({ modelsFolder: folder }).then(
          () => "",
          (error: Error) => error.message,
        );
        expect(message)
          .to.match(says)
          .and.to.match(/^modelsFolder: .*pulumi config set modelsFolder models$/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("takes no model whose name is too long or cannot stand in a URL", async () => {
    for (const [name, says] of [
      ["a".repeat(77), /has a model whose name has 77 letters, of 64: a{77}: rename its folder$/],
      ["my model", /whose name cannot stand in a URL \(letters, digits, \. _ -; .*\): my model: rename its folder$/],
    ] as const) {
      const folder = mkdtempSync(join(tmpdir(), "models-"));
      try {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, "model.onnx"), onnxFile());
        const message = await dev({ modelsFolder: folder }).then(
          () => "",
          (error: Error) => error.message,
        );
        expect(message).to.match(says);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
  });

  it("takes no model that the deployed runtime cannot serve, and names every one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      for (const [name, content] of [
        ["good", onnxFile()],
        ["new", onnxFile({ opsets: [["", 99]] })],
        ["pickle", Buffer.from([0x80, 4, 0x95])],
      ] as const) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, "model.onnx"), content);
      }
      const message = await dev({ modelsFolder: folder }).then(
        () => "",
        (error: Error) => error.message,
      );
      const [title, first, second, ...others] = message.split("\n");
      expect(title).to.equal("modelsFolder: holds models that cannot be served:");
      expect(first).to.match(
        /^ {2}modelsFolder: .*\/new\/model\.onnx has opset 99 of ai\.onnx; .*: export it with an older/,
      );
      expect(second).to.match(
        /^ {2}modelsFolder: .*\/pickle\/model\.onnx is a pickle or joblib file: .*docs\/models\.md/,
      );
      expect(others).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("takes no Git LFS pointer instead of a model or its external data, and says how to get the file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;
    const refusal = () =>
      dev({ modelsFolder: folder }).then(
        () => "",
        (error: Error) => error.message,
      );
    try {
      mkdirSync(join(folder, "one"));
      for (const [model, weights, named] of [
        [pointer, "weights", "model.onnx"],
        [onnxFile(), pointer, "weights.bin"],
      ] as const) {
        writeFileSync(join(folder, "one/model.onnx"), model);
        writeFileSync(join(folder, "one/weights.bin"), weights);
        expect(await refusal()).to.equal(
          `modelsFolder: ${folder} has a Git LFS pointer instead of a file: one/${named}: git lfs install && git lfs pull`,
        );
      }
      // A model that only mentions it is one.
      writeFileSync(join(folder, "one/weights.bin"), `a ${pointer}`);
      expect(await refusal()).to.equal("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("keeps its code to kilobytes: the native library and the models are layers of their own", async () => {
    const graph = await dev();
    const code = upload(graph, "model-code");
    expect(Object.keys(code)).to.deep.equal(["model.js", "models.json"]);
    expect(code["model.js"]!.asset.text!.length).to.be.lessThan(96_000);
    const library = Object.keys(upload(graph, "native-library"));
    expect(library.filter((path) => /\.(node|so)/.test(path))).to.deep.equal([
      "nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1",
      "nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node",
    ]);
  });

  it("is the same code each time it is bundled", async () => {
    expect(upload(await dev(), "model-code")).to.deep.equal(upload(await dev(), "model-code"));
  });

  it("does not exist where nothing invokes it", async () => {
    const graph = await dev({ apiGateway: false });
    expect(graph.resources).to.deep.equal([]);
  });

  it("lies in a bucket that is private, encrypted, versioned, logged, and denies plain HTTP", async () => {
    const graph = await dev();
    for (const bucket of ofType(graph, "aws:s3/bucket:Bucket")) {
      const of = (type: string) => ofType(graph, `aws:s3/${type}`).find(({ inputs }) => inputs.bucket === bucket.id);
      expect(of("bucketPublicAccessBlock:BucketPublicAccessBlock")?.inputs).to.deep.equal({
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
      expect(of("bucketVersioning:BucketVersioning")?.inputs.versioningConfiguration).to.deep.equal({
        status: "Enabled",
      });
      const policy = JSON.parse(String(of("bucketPolicy:BucketPolicy")?.inputs.policy)) as { Statement: object[] };
      expect(policy.Statement[0]).to.deep.equal({
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucket.outputs.arn, `${String(bucket.outputs.arn)}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
    const code = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2")[0]!.inputs.bucket;
    expect(ofType(graph, "aws:s3/bucketLogging:BucketLogging").map(({ inputs }) => inputs.bucket)).to.deep.equal([
      code,
    ]);
  });

  it("lets S3 deliver access logs before a bucket is told to log", async () => {
    const own = { httpApi: true, httpApiDomain: "models.example.com", mutualTls: true };
    const graph = await dev({ sagemaker: true, ...own });
    const letsIn = ofType(graph, "aws:s3/bucketPolicy:BucketPolicy").find(({ name }) => name.includes("access-logs"))!;
    const logging = ofType(graph, "aws:s3/bucketLogging:BucketLogging");
    expect(logging.map(({ name }) => name)).to.have.lengthOf(4);
    for (const { name, propertyDependencies } of logging)
      expect(propertyDependencies.targetBucket, name).to.include(letsIn.urn);
  });

  it("is protected from deletion with its data where the settings say so", async () => {
    const protectedOnes = async (protectData: boolean) =>
      (await dev({ protectData, apiGatewayAuth: "cognito" })).resources
        .filter((resource) => resource.protect)
        .map(({ type }) => type);
    expect(await protectedOnes(false)).to.deep.equal([]);
    expect(await protectedOnes(true)).to.have.members([
      "aws:s3/bucket:Bucket",
      "aws:s3/bucket:Bucket",
      "aws:cognito/userPool:UserPool",
    ]);
  });
});
