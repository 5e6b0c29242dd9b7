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
} as const;

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
