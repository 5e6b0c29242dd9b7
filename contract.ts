// The contract between the infrastructure and the Lambda functions: with `onnx/`, which reads a model's file, the only
// thing that both import. Imports nothing.

/** Names of the environment variables that the infrastructure sets on a function. */
export const environment = {
  /** Folder of the model files, `<dir>/<name>/model.onnx` for each model. In AWS a layer provides it, under `/opt`. */
  modelsDirectory: "MODELS_DIR",
  /** Name of the model that the APIs' plain routes serve, for example `POST /mymodel`. */
  defaultModel: "DEFAULT_MODEL",
  /** The only origins that browsers may call from, separated by commas, `*` for any; empty: no CORS headers. */
  corsOrigin: "CORS_ORIGIN",
  /** CloudWatch namespace of the metrics in the log lines. */
  metricsNamespace: "METRICS_NAMESPACE",
  /** Issuer of the tokens, exactly as in their `iss` (Auth0's ends in `/`). */
  tokenIssuer: "TOKEN_ISSUER",
  /** File beside the function's code with the only authorities that may vouch for the issuer; not set: the public ones. */
  issuerAuthorities: "TOKEN_ISSUER_AUTHORITIES",
  /** Audience that a token's `aud` must contain. */
  tokenAudience: "TOKEN_AUDIENCE",
  /** Prefix of the ARNs of this stack's secrets, and of no others: `arn:…:secret:<prefix>/`. */
  secretsArn: "SECRETS_ARN",
  /** Region of the API, which may differ from the secret's. */
  apiRegion: "API_REGION",
  /** Base URL of the API that the keys open, without a trailing slash. */
  apiUrl: "API_URL",
  /**
   * Host that calls of `apiUrl` connect to, in place of the one that it names: the target of an own domain, whose public
   * DNS record may not exist yet. Not set: the named one.
   */
  apiTarget: "API_TARGET",
  /** How the rotation tests a new key before clients get it: one of `keyProofs`. */
  rotationTest: "KEY_PROOF",
  /** Seconds that a replaced key stays valid. */
  keyOverlap: "KEY_OVERLAP_SECONDS",
  /** Prefix of the names of rotated keys: `<prefix>/<path of the secret>/<version of the secret>` (`secretPaths`). */
  keyPrefix: "KEY_PREFIX",
  /** Bucket of the published models; not set: only the models deployed with the code are served. */
  modelsBucket: "MODELS_BUCKET",
  /** Minimum seconds between two reads of the live pointer. */
  modelsRefresh: "MODELS_REFRESH_SECONDS",
  /** Name of the model that the publisher publishes. */
  publishedModel: "PUBLISHED_MODEL",
  /** Name of the model package group whose approved packages are published. */
  modelPackageGroup: "MODEL_PACKAGE_GROUP",
  /** Bucket that the training pipeline writes to. */
  trainingBucket: "TRAINING_BUCKET",
  /** Percentage of the requests that a newly published model gets. */
  canaryPercent: "CANARY_PERCENT",
  /** Name of the alarm on the canary's errors: the only alarm on which the publisher rolls back. */
  canaryAlarm: "CANARY_ALARM",
} as const;

/** The origins of the setting `corsOrigin`, and of the environment variable. */
export function originsOf(corsOrigin: string): string[] {
  return corsOrigin === "" ? [] : corsOrigin.split(",");
}

/** Response headers that a browser's page may read, besides those that it always may: said by the function, and by the APIs where they answer. */
export const exposedHeaders: readonly string[] = [
  "Inference-Header-Content-Length",
  "Model-Version",
  "Retry-After",
  "Transform-Version",
  "x-amzn-RequestId",
];

/**
 * How the rotation tests a new API key: `call` calls the API with the key; `signed` also signs that call (SigV4);
 * `plan` only checks that the key is in its usage plan, because the API requires a token that the rotation does not
 * have, or filters callers by network or country.
 */
export const rotationTests = ["call", "signed", "plan"] as const;

/** Shape of the secret: `{"apiKey": "<20 to 128 characters>"}`. */
export const secretField = "apiKey";

/** Staging label of a secret value stored by hand, until the rotation function's event `adopt` makes it current. */
export const adoptLabel = "ADOPT";

/** Metrics of the rotation's hourly sweep, without dimensions. Its alarms watch the ages, which are in seconds. */
export const rotationMetrics = { keys: "ApiKeys", keyAge: "ApiKeyAge", pendingAge: "PendingVersionAge" } as const;

/** Tag of an API key; its value is the ARN of the secret that the key belongs to. */
export const keyTag = "model-serving:secret";

/** Tag of a secret; its value is the id of the usage plan that its keys belong to. */
export const planTag = "model-serving:plan";

/**
 * Path in a secret's name, `<prefix>/<path>/<random suffix>`. It says whose key the secret holds (a client's, or the
 * shared one); a name, unlike a tag, can never be changed.
 */
export const secretPaths = { shared: "api-key", client: (name: string): string => `client/${name}` } as const;

/**
 * Prefix of the value of each API key that the rotation creates for a client. The model function recognises the client
 * by it, because a key's id changes with each rotation. Client names contain no underscore, so that no client's prefix
 * is the beginning of another's.
 */
export const clientKeyPrefix = (client: string): string => `${client}_`;

/**
 * Partition of an AWS region: the second part of its ARNs.
 * Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** Domain suffix of the endpoints in an AWS region. */
export function dnsSuffix(region: string): string {
  return partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

/** The one scope that lets a token call the model. */
export const scope = "predict";

/** File beside the function's code that pins the models: their digests and the digests of their files. */
export const manifestFile = "models.json";

/** Content of `models.json`: for each model name, what was in its folder when the code was bundled. */
export interface ModelManifest {
  readonly models: Readonly<Record<string, PinnedModel>>;
}

export interface PinnedModel {
  /** SHA-256 in lower-case hex: of `model.onnx`, or, with external data, of the lines `<sha256>  <path>\n` sorted by path. */
  readonly digest: string;
  readonly files: readonly PinnedFile[];
  /** SHA-256 of the bundled transform, `transformFile`, in lower-case hex; absent: the model has none. */
  readonly transform?: string;
  /** Absent: the function computes the model itself. */
  readonly endpoint?: ModelEndpoint;
}

/**
 * The SageMaker endpoint that computes a model in the function's place. Its engine knows the model by the digest alone
 * (`model_name` of each answer), so that every answer says which model gave it.
 */
export interface ModelEndpoint {
  /** Its name, in the function's account and region. */
  readonly name: string;
  /** What the model takes and gives: the function checks requests by it, and has no file to read it from. */
  readonly signature: {
    readonly inputs: readonly PinnedTensor[];
    readonly outputs: readonly PinnedOutput[];
  };
}

export interface PinnedTensor {
  readonly name: string;
  /** Of the Open Inference Protocol V2: `FP32`. */
  readonly datatype: string;
  /** Sizes of the dimensions, -1 for any size; empty for a scalar or an unknown rank. */
  readonly shape: readonly number[];
}

export interface PinnedOutput extends Omit<PinnedTensor, "datatype"> {
  /** Absent: the output cannot be returned. */
  readonly datatype?: string;
  /** Name of the engine's output that holds it, if another: what a ZipMap writes is its input's. */
  readonly tensor?: string;
  /** Names of the columns of a classifier's scores. */
  readonly labels?: readonly (string | number)[];
  /** Its type in the model's file, as ONNX writes it: `seq(map(int64,tensor(float)))`. */
  readonly type: string;
}

export interface PinnedFile {
  /** Path within the model's folder; `model.onnx` is always among them. */
  readonly path: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  /** Size in bytes. */
  readonly bytes: number;
}

/** A model's transform beside the function's code; its source map has the same path and `.map`. */
export const transformFile = (model: string): string => `transforms/${model}.js`;

/** Node's modules that a transform may import: they compute, and reach neither files, network, processes nor the environment. */
export const pureModules = ["assert", "buffer", "events", "stream", "string_decoder", "url", "util", "zlib"] as const;

/**
 * Maximum size of a function's request and of its response, in bytes of the JSON event that carries it.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (invocation payload, synchronous)
 */
export const payloadLimit = 6 * 1024 * 1024;

/** Seconds that the model function has for a request, and for loading a model before it: one less than a gateway waits. */
export const modelTimeout = 28;

/** Keys of the context that an authorizer hands to the model function; every value is a string. */
export const authorizerContext = { subject: "subject", client: "client", scopes: "scopes" } as const;

/**
 * Prefix of the stage variables that list an API's clients: `client_<name>`, with hyphens as underscores. Stage
 * variables reach the function with each event, so that a change of clients deploys no code.
 */
export const clientVariable = "client_";

/**
 * Stage variable that is set if the API has a client list, even an empty one. An API without it lets every caller that
 * its gateway admits call every model, so removing the last client by hand must not open the API.
 */
export const clientListVariable = "clients";

/**
 * Fields of a client's stage variable, written `field=value&field=value`: the id of its API key, or for a rotated key
 * the prefix of its value; its principal (ARN of a role or of an account's root, or id of an OAuth client); and the
 * models that it may call, separated by commas (absent: all). A caller is the client if it presents every credential
 * named here.
 */
export const clientFields = {
  key: "key",
  keyPrefix: "keyPrefix",
  principal: "principal",
  models: "models",
} as const;

/** Object keys in the bucket of the published models. Only the publisher writes them; they are in no stack's state. */
export const publishedKeys = {
  /** Which model is live: a `LivePointer`. */
  pointer: (model: string): string => `models/${model}/live.json`,
  /** A published model, stored under the SHA-256 of its bytes. */
  artefact: (model: string, digest: string): string => `models/${model}/${digest}.onnx`,
} as const;

/** Content of `live.json`. A digest of `null` stands for the model that the code ships with. */
export interface LivePointer {
  /** SHA-256 of the live model, lower-case hex. */
  readonly digest: string | null;
  /** SHA-256 of the model before it: serves the requests that the canary does not; a rollback returns to it. */
  readonly previous: string | null;
  /** Percentage of the requests that `digest` gets, 0 to 100; `previous` gets the rest. */
  readonly canaryPercent: number;
  /** What changed the pointer last. */
  readonly reason: "published" | "promoted" | "rolled back";
  /** Versions of the model package that were processed, newest last, so that a repeated event changes nothing. */
  readonly handled: readonly number[];
}

/** Commands for invoking the publisher directly (`npm run live`) rather than by an event. */
export const publisherCommands = ["show", "promote", "rollback"] as const;

/** Names of the metrics of the requests that a canary serves; the canary alarm watches them. */
export const canaryMetrics = { requests: "CanaryRequests", errors: "CanaryErrors" } as const;

/**
 * Maximum size of a published model in bytes: the function keeps the previous one and the one it ships with as well.
 */
export const largestPublishedModel = 200 * 1024 * 1024;
