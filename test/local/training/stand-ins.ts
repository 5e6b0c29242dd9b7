// The stand-ins for the module `sagemaker` in a temporary folder; tests register model packages without training.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, projectRoot } from "../../../graph/evaluate";
import type { Graph } from "../../../graph/resource";
import { type Authority, openAuthority } from "../../../local/certificates/authority";
import type { Invocation } from "../../../local/functions/environments/invocation";
import type { LocalFunctions } from "../../../local/functions/local-functions";
import { openTrainingCloud, type TrainingCloud } from "../../../local/training/aws/cloud";
import { tarGz } from "../../../local/training/jobs/container";
import { startPublisher } from "../../../local/training/publishing/publishing";

const seed = Buffer.alloc(32, 7);

export interface Report {
  readonly digest: string;
  readonly bytes: number;
  readonly inputs: object[];
  readonly outputs: object[];
}

export interface StandIns {
  readonly graph: Graph;
  readonly cloud: TrainingCloud;
  readonly functions: LocalFunctions;
  readonly lines: string[];
  /** Registers a model; `of` overrides parts of the package. @returns the package's ARN */
  register(content: Buffer, of?: Registered): string;
  /** Invokes the publisher with SageMaker's event about a package's state. */
  approve(packageArn: string): Promise<Invocation>;
  /** Invokes the publisher with any event. */
  ask(event: unknown): Promise<Invocation>;
  close(): Promise<void>;
}

export interface Registered {
  readonly status?: string;
  readonly report?: Partial<Report>;
  readonly artefact?: string;
  readonly archive?: Buffer;
}

export const shippedModel = readFileSync(join(projectRoot, "models/mymodel/model.onnx"));
export const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

/** The shipped model with different bytes but the same behaviour: adds a documentation string of less than 128 bytes. */
export function variant(text: string): Buffer {
  const note = Buffer.from(text);
  // Field 6 of ModelProto is doc_string: tag 0x32, length, text. In protobuf the last occurrence of a field wins.
  return Buffer.concat([shippedModel, Buffer.from([0x32, note.length]), note]);
}

/** The evaluation step's report on the shipped model, or a variant of it. */
export function reportOf(content: Buffer): Report {
  return {
    digest: sha256(content),
    bytes: content.length,
    inputs: [{ name: "features", type: "tensor(float)", shape: [-1, 4] }],
    outputs: [
      { name: "label", type: "tensor(int64)", shape: [-1] },
      { name: "probabilities", type: "tensor(float)", shape: [-1, 3] },
    ],
  };
}

export async function openStandIns(set: Record<string, unknown> = {}): Promise<StandIns> {
  const folder = mkdtempSync(join(tmpdir(), "training-"));
  const graph = await evaluate({ stack: "dev", set: { apiGateway: true, sagemaker: true, ...set }, seed });
  const authority: Authority = await openAuthority(join(folder, "authority"));
  const cloud = (await openTrainingCloud({ graph, authority, seed, clock: Date.now, folder }))!;
  const lines: string[] = [];
  const functions = await startPublisher({
    ...{ graph, cloud, authority, projectRoot, workDirectory: join(folder, "work") },
    log: ({ text }) => lines.push(text),
  });
  const { bucket } = cloud.pipeline;
  const ask = (event: unknown) => functions.invoke(cloud.publisherArn, event, { timeoutMs: 60_000 });
  let runs = 0;
  return {
    ...{ graph, cloud, functions, lines, ask },
    register: (content, { status = "Approved", report, artefact, archive } = {}) => {
      const run = `run-${++runs}`;
      const model = reportOf(content);
      const put = (key: string, body: Buffer) => cloud.files.write(bucket, key, body, undefined);
      put(`trained/${run}/model.tar.gz`, archive ?? tarGz([{ path: "model.onnx", content }]));
      put(`evaluation/${run}/evaluation.json`, Buffer.from(JSON.stringify({ model: { ...model, ...report } })));
      return cloud.registry.create(registrar, {
        ModelPackageGroupName: "model-serving-dev-models",
        ModelApprovalStatus: status,
        ModelMetrics: {
          ModelQuality: { Statistics: { S3Uri: `s3://${bucket}/evaluation/${run}/evaluation.json` } },
        },
        InferenceSpecification: {
          Containers: [{ ModelDataUrl: artefact ?? `s3://${bucket}/trained/${run}/model.tar.gz` }],
        },
      });
    },
    approve: (arn) => ask(cloud.registry.eventOf(arn)),
    close: async () => {
      await functions.close();
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A principal that may register packages, in place of the pipeline's role. */
const registrar = {
  accessKeyId: "",
  secretAccessKey: "",
  arn: "arn:aws:iam::123456789012:user/test",
  account: "123456789012",
  userId: "test",
  policies: [
    {
      statements: [
        {
          allows: true,
          actions: { patterns: ["*"], negated: false },
          resources: { patterns: ["*"], negated: false },
          conditions: [],
        },
      ],
    },
  ],
};
