// Requests for the models of `makeModels` in every form that callers have, and what of an answer has to be equal.

import type { Answer, CallOptions } from "../served";
import { type Datatype, datatypes, samples } from "./both-ways";

export interface Exchanged {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly options?: CallOptions;
  /** Status, if it is not 200. */
  readonly refused?: number;
}

/** A request for all datatypes. @param binary inputs as bytes @param more members besides the inputs */
export function allTypes(binary: boolean, more = ""): CallOptions {
  const input = (each: Datatype) => {
    const { json, bytes } = samples[each];
    const data = binary ? `"parameters":{"binary_data_size":${bytes.length}}` : `"data":${json}`;
    return `{"name":"x_${each.toLowerCase()}","datatype":"${each}","shape":[1,2],${data}}`;
  };
  const json = Buffer.from(`{"id":"é","inputs":[${datatypes.map(input).join(",")}]${more}}`);
  if (!binary) return { body: json };
  const headers = { "Inference-Header-Content-Length": String(json.length) };
  return { headers, body: Buffer.concat([json, ...datatypes.map((each) => samples[each].bytes)]) };
}

const asBinary = ',"parameters":{"binary_data_output":true}';
const someOutputs = ',"outputs":[{"name":"y_fp64","parameters":{"binary_data":true}},{"name":"y_bool"}]';
export const flowerRows = '{"instances":[[5.1,3.5,1.4,0.2],[6.2,2.8,4.8,1.8]]}';
export const rawBytes = { headers: { "Inference-Header-Content-Length": "0" }, body: Buffer.alloc(16, 1) };

const fp32 = (shape: string, data: string) => ({
  body: `{"inputs":[{"name":"x","datatype":"FP32","shape":${shape},"data":${data}}]}`,
});
const post = (what: string, path: string, options: CallOptions, refused?: number): Exchanged => ({
  ...{ what, method: "POST", path, options },
  ...(refused === undefined ? {} : { refused }),
});
const [all, classifier, external] = ["all", "classifier", "external"].map((name) => `/v2/models/${name}`);

export const requests: readonly Exchanged[] = [
  post("all datatypes, JSON to JSON", `${all}/infer`, allTypes(false)),
  post("all datatypes, JSON to binary", `${all}/infer`, allTypes(false, asBinary)),
  post("all datatypes, binary to JSON", `${all}/infer`, allTypes(true)),
  post("all datatypes, binary to binary", `${all}/infer`, allTypes(true, asBinary)),
  post("some outputs, in another order, one of them binary", `${all}/infer`, allTypes(true, someOutputs)),
  post("NaN as null", `${all}/infer`, { ...allTypes(false), headers: { accept: "application/json;nan=null" } }),
  post("a classifier's scores", `${classifier}/infer`, fp32("[2,2]", "[1,2,4,3]")),
  post("no rows", `${classifier}/infer`, fp32("[0,2]", "[]")),
  post("rows", "/v1/models/classifier:predict", { body: '{"instances":[[1,2],[4,3]]}' }),
  post("columns", "/v1/models/external:predict", { body: '{"inputs":[[1,2,3,4]]}' }),
  post("raw bytes", `${external}/infer`, rawBytes),
  post("the default model, which the function computes", "/mymodel", { body: flowerRows }),
  { what: "metadata", method: "GET", path: all! },
  { what: "metadata of a classifier", method: "GET", path: classifier! },
  { what: "readiness", method: "GET", path: `${external}/ready` },
  { what: "status", method: "GET", path: "/v1/models/external" },
  post("the index", "/v2/repository/index", { body: "{}" }),
  post("a model that is not there", "/v2/models/absent/infer", { body: "{}" }, 404),
  post("an input that is missing", `${all}/infer`, { body: '{"inputs":[]}' }, 400),
  post("a shape that does not fit", `${external}/infer`, fp32("[1,3]", "[1,2,3]"), 400),
  post("what is no JSON", `${external}/infer`, { body: "{" }, 400),
];

/** What of an answer has to be equal, as a text. */
export function seen({ status, headers, bytes }: Answer): string {
  return JSON.stringify({
    status,
    type: headers["content-type"],
    length: headers["inference-header-content-length"],
    retry: headers["retry-after"],
    bytes: bytes.toString("latin1"),
  });
}
