// What infrastructure promises the functions: the only module that both sides import. It imports nothing.

/** Names of the environment variables that the infrastructure sets on a function. */
export const environment = {
  /** Folder of the model files, one folder a model: `<dir>/<name>/model.onnx`. In AWS it lies in a layer, under `/opt`. */
  modelsDirectory: "MODELS_DIR",
  /** The model that the plain route `POST /mymodel` serves. */
  defaultModel: "DEFAULT_MODEL",
  /** The one origin that browsers may call from, `*` for any; empty: no CORS headers. */
  corsOrigin: "CORS_ORIGIN",
  /** CloudWatch namespace of the metrics in the log lines. */
  metricsNamespace: "METRICS_NAMESPACE",
  /** Issuer of the tokens, exactly as in their `iss` (Auth0's ends in `/`). */
  tokenIssuer: "TOKEN_ISSUER",
  /** Audience that a token must name in `aud`. */
  tokenAudience: "TOKEN_AUDIENCE",
  /** Begins the ARNs of the stack's secrets, and of no other's: `arn:…:secret:<prefix>/`. */
  secretsArn: "SECRETS_ARN",
  /** Region of the API, which may be another than the secret's. */
  apiRegion: "API_REGION",
  /** Base of the API that the keys open, without a slash at the end. */
  apiUrl: "API_URL",
  /** How a new key is proven before clients get it: one of `keyProofs`. */
  keyProof: "KEY_PROOF",
  /** Seconds that a replaced key stays valid. */
  keyOverlap: "KEY_OVERLAP_SECONDS",
  /** Begins the names of the keys that the rotation makes: `<prefix>/client/<name>/<version of the secret>`. */
  keyPrefix: "KEY_PREFIX",
  /** Bucket of the published models; not set: the models shipped with the code are served. */
  modelsBucket: "MODELS_BUCKET",
  /** Seconds between two looks at which model is live. */
  modelsRefresh: "MODELS_REFRESH_SECONDS",
  /** The model that the publisher publishes. */
  publishedModel: "PUBLISHED_MODEL",
  /** Name of the model package group whose approved packages are published. */
  modelPackageGroup: "MODEL_PACKAGE_GROUP",
  /** Bucket that the training pipeline writes to. */
  trainingBucket: "TRAINING_BUCKET",
  /** Share of the requests that a newly published model gets, in percent. */
  canaryPercent: "CANARY_PERCENT",
  /** Name of the alarm on the canary's errors: it alone makes the publisher roll back. */
  canaryAlarm: "CANARY_ALARM",
} as const;

/**
 * How the rotation proves a new API key, by what else the API asks for: a `call` with the key alone, a `signed` call with
 * it; or, where a token that the rotation does not have is asked for, that the key is in the usage `plan`.
 */
export const keyProofs = ["call", "signed", "plan"] as const;

/** Shape of the secret: `{"apiKey": "<20 to 128 characters>"}`. */
export const secretField = "apiKey";

/** Staging label of a value that was put in by hand, until the rotation function's event `adopt` makes it live. */
export const adoptLabel = "ADOPT";

/** Metrics of the rotation's hourly sweep, without dimensions: what its alarms watch. Ages are in seconds. */
export const rotationMetrics = { keys: "ApiKeys", keyAge: "ApiKeyAge", pendingAge: "PendingVersionAge" } as const;

/** Tag of the API keys that belong to a secret; its value is the secret's ARN. */
export const keyTag = "model-serving:secret";

/** Tag of a secret; its value is the id of the usage plan that its keys belong to. */
export const planTag = "model-serving:plan";

/**
 * What a stack's secrets are called below its prefix, `<prefix>/<path>/<chance>`. A name can never be changed, unlike a tag: it
 * says whose key a secret holds, a client's, or nobody's in particular.
 */
export const secretPaths = { shared: "api-key", client: (name: string): string => `client/${name}` } as const;

/**
 * Begins each API key that the rotation makes for a client. The model function knows the client by it, since the id of a key
 * changes with each rotation; a client's name has no underscore, so that none begins another's.
 */
export const clientKeyPrefix = (client: string): string => `${client}_`;

/** The one scope that lets a token call the model. */
export const scope = "predict";

/** File beside the function's code that pins the models: their digests and the digests of their files. */
export const manifestFile = "models.json";

/** What `models.json` holds: by model name, what was in its folder when the code was bundled. */
export interface ModelManifest {
  readonly models: Readonly<Record<string, PinnedModel>>;
}

export interface PinnedModel {
  /** SHA-256 in lower-case hex: of `model.onnx`, or, with external data, of the lines `<sha256>  <path>\n` sorted by path. */
  readonly digest: string;
  readonly files: readonly PinnedFile[];
}

export interface PinnedFile {
  /** Path within the model's folder; `model.onnx` is always among them. */
  readonly path: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  /** Size in bytes. */
  readonly bytes: number;
}

/**
 * Largest request and response of a function, in bytes of the JSON event that carries it.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (invocation payload, synchronous)
 */
export const payloadLimit = 6 * 1024 * 1024;

/** Keys of the context that an authorizer hands to the model function; every value is a string. */
export const authorizerContext = { subject: "subject", client: "client", scopes: "scopes" } as const;

/**
 * Begins the names of the stage variables that list an API's clients: `client_<name>`, hyphens as underscores. They reach the function with each event, so that a change of clients deploys no code.
 */
export const clientVariable = "client_";

/**
 * The stage variable that says that there is such a list, however short: an API that has none lets everyone whom its gateway
 * lets in call every model, so an operator who takes the last client away by hand must not open it.
 */
export const clientListVariable = "clients";

/**
 * Fields of such a variable, written `field=value&field=value`: id of the API key, or what its value begins with where it is
 * rotated; who else it has to be (ARN of a role or of an account's root, or the id of an OAuth client); and the models that it
 * may call, joined by commas (absent: all). A caller is the client if it presents everything that is named here.
 */
export const clientFields = {
  key: "key",
  keyPrefix: "keyPrefix",
  principal: "principal",
  models: "models",
} as const;

/** Keys in the bucket of the published models. The publisher alone writes them; no stack owns them. */
export const publishedKeys = {
  /** Which model is live: a `LivePointer`. */
  pointer: (model: string): string => `models/${model}/live.json`,
  /** A published model, under the SHA-256 of its bytes. */
  artefact: (model: string, digest: string): string => `models/${model}/${digest}.onnx`,
} as const;

/** What `live.json` holds. A digest of `null` is the model that the code ships with. */
export interface LivePointer {
  /** SHA-256 of the model that is live, lower-case hex. */
  readonly digest: string | null;
  /** The one before: it serves what the canary does not, and is what a rollback goes back to. */
  readonly previous: string | null;
  /** Share of the requests that `digest` gets, 0 to 100; `previous` gets the rest. */
  readonly canaryPercent: number;
  /** Why it is as it is. */
  readonly reason: "published" | "promoted" | "rolled back";
  /** Versions of the model package that were dealt with, newest last: an event that comes twice changes nothing. */
  readonly handled: readonly number[];
}

/** What the publisher does when it is asked directly (`npm run live`) rather than by an event. */
export const publisherCommands = ["show", "promote", "rollback"] as const;

/** Names of the metrics of a published model's share, which the alarm watches. */
export const canaryMetrics = { requests: "CanaryRequests", errors: "CanaryErrors" } as const;

/** Most bytes of a published model: beside it the function keeps the one before, and the one it ships with. */
export const largestPublishedModel = 200 * 1024 * 1024;
