import { expect } from "chai";

import { type Reply, start } from "./function";

const names = [
  "bool",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "int8",
  "int16",
  "int32",
  "int64",
  "fp16",
  "fp32",
  "fp64",
  "bytes",
];
const fn = start(names.map((name) => `identity-${name}`));

/** Sends data as raw JSON text to the identity model of a datatype and returns the raw text of what comes back. */
async function echoed(
  datatype: string,
  data: string,
  shape: number[],
  extra = "",
): Promise<{ reply: Reply; data: string }> {
  const body = `{"inputs":[{"name":"x","shape":[${shape.join(",")}],"datatype":"${datatype}"${extra},"data":${data}}]}`;
  const reply = await fn.post(`/v2/models/identity-${datatype.toLowerCase()}/infer`, body);
  return { reply, data: /"data":(.*)\}\]\}$/.exec(reply.text)?.[1] ?? "" };
}

describe("Functions: tensor data in JSON", () => {
  const kept: [datatype: string, sent: string, returned: string][] = [
    ["BOOL", "[true,false,1,0]", "[true,false,true,false]"],
    ["UINT8", "[0,255]", "[0,255]"],
    ["UINT16", "[0,65535]", "[0,65535]"],
    ["UINT32", "[0,4294967295]", "[0,4294967295]"],
    ["UINT64", "[9007199254740993,18446744073709551615]", "[9007199254740993,18446744073709551615]"],
    ["INT8", "[-128,127]", "[-128,127]"],
    ["INT16", "[-32768,32767]", "[-32768,32767]"],
    ["INT32", "[-2147483648,2147483647]", "[-2147483648,2147483647]"],
    ["INT64", "[-9223372036854775808,9223372036854775807]", "[-9223372036854775808,9223372036854775807]"],
    ["INT64", "[1.0,1e3,-0,120e-1,0e999999999,9.007199254740993e15]", "[1,1000,0,12,0,9007199254740993]"],
    ["FP16", "[1,0.1,65504,-0.0,NaN,-Infinity,6e-8]", "[1,0.1,65504,-0.0,NaN,-Infinity,6e-8]"],
    [
      "FP32",
      "[0.1,-0,1e-45,3.4028235e38,NaN,Infinity,-Infinity]",
      "[0.1,-0.0,1e-45,3.4028235e+38,NaN,Infinity,-Infinity]",
    ],
    ["FP32", "[16777217,0.30000001192092896,1e10]", "[16777216,0.3,10000000000]"],
    [
      "FP64",
      "[0.1,-0,5e-324,1.7976931348623157e308,NaN,Infinity]",
      "[0.1,-0.0,5e-324,1.7976931348623157e+308,NaN,Infinity]",
    ],
    ["BYTES", '["","é😀","\\u00e9\\n\\"]"]', '["","é😀","é\\n\\"]"]'],
  ];
  for (const [datatype, sent, returned] of kept) {
    it(`keeps ${datatype} ${sent}`, async () => {
      const count = returned.startsWith('["') ? 3 : returned.split(",").length;
      const { reply, data } = await echoed(datatype, sent, [1, count]);
      expect(reply.status, reply.text).to.equal(200);
      expect(data).to.equal(returned);
    });
  }

  const refused: [datatype: string, sent: string][] = [
    ["BOOL", "[2]"],
    ["BOOL", '["true"]'],
    ["BOOL", "[null]"],
    ["UINT8", "[256]"],
    ["UINT8", "[-1]"],
    ["UINT8", "[1.5]"],
    ["UINT8", "[NaN]"],
    ["UINT8", "[true]"],
    ["UINT8", '["1"]'],
    ["INT8", "[128]"],
    ["INT8", "[-129]"],
    ["INT32", "[2147483648]"],
    ["INT32", "[1e-1]"],
    ["INT32", "[0x10]"],
    ["INT32", "[1_0]"],
    ["UINT64", "[18446744073709551616]"],
    ["UINT64", "[-1]"],
    ["INT64", "[9223372036854775808]"],
    ["INT64", "[1e999999999]"],
    ["INT64", "[1e-999999999]"],
    ["INT64", "[01]"],
    ["INT64", "[9007199254740993.5]"],
    ["FP16", "[65520]"],
    ["FP32", "[3.5e38]"],
    ["FP32", "[1e39]"],
    ["FP64", "[1e309]"],
    ["FP32", '["0.1"]'],
    ["FP32", "[null]"],
    ["FP32", "[[1]"],
    ["BYTES", "[1]"],
    ["BYTES", '["\\ud800"]'],
    ["BYTES", '["a\\u0000b"]'],
    ["BYTES", "[null]"],
  ];
  for (const [datatype, sent] of refused) {
    it(`refuses ${datatype} ${sent}`, async () => {
      const { reply } = await echoed(datatype, sent, [1, 1]);
      expect(reply.status, reply.text).to.equal(400);
      expect(reply.json["error"]).to.match(/inputs\[0\]\.data|not valid JSON/);
    });
  }

  it("takes nested lists of exactly the shape, and flat ones", async () => {
    for (const sent of ["[[1,2,3],[4,5,6]]", "[1,2,3,4,5,6]", " [ [1 ,2,3 ] ,\n[4,5,6]] "]) {
      expect((await echoed("INT32", sent, [2, 3])).data).to.equal("[1,2,3,4,5,6]");
    }
  });

  for (const sent of [
    "[[1,2],[3,4],[5,6]]",
    "[[1,2,3],[4,5]]",
    "[[1,2,3]]",
    "[[1,2,3],4,5,6]",
    "[1,2,3,[4,5,6]]",
    "[[[1,2,3]],[[4,5,6]]]",
    "[1,2,3,4,5]",
    "[1,2,3,4,5,6,7]",
    "6",
    "{}",
    "null",
    "[]",
    "[[],[]]",
  ]) {
    it(`refuses ${sent} for the shape [2, 3]`, async () => {
      expect((await echoed("INT32", sent, [2, 3])).reply.status).to.equal(400);
    });
  }

  it("takes dimensions of size zero, flat and nested", async () => {
    for (const [sent, shape] of [
      ["[]", [0, 3]],
      ["[]", [2, 0]],
      ["[[],[]]", [2, 0]],
      ["[]", [0, 1000000]],
    ] as const) {
      const { reply, data } = await echoed("FP32", sent, [...shape]);
      expect(reply.status, reply.text).to.equal(200);
      expect(data).to.equal("[]");
      expect(reply.text).to.contain(`"shape":[${shape.join(",")}]`);
    }
  });

  it("survives a huge dimension beside one of size zero", async () => {
    expect((await echoed("FP32", "[]", [0, 9007199254740991])).reply.status).to.be.oneOf([200, 400]);
  });

  it("reads data that comes before its shape and datatype, as clients send it that sort their keys", async () => {
    const body = '{"inputs":[{"data":[["a]",  "\\"["]],"datatype":"BYTES","name":"x","shape":[1,2]}]}';
    const reply = await fn.post("/v2/models/identity-bytes/infer", body);
    expect(reply.text).to.contain('"data":["a]","\\"["]');
    const bad = await fn.post(
      "/v2/models/identity-fp32/infer",
      '{"inputs":[{"data":[1,x],"datatype":"FP32","name":"x","shape":[1,2]}]}',
    );
    expect(bad.status).to.equal(400);
  });

  it("refuses shapes that the body cannot fill before any memory is reserved for them", async () => {
    for (const shape of ["[1000000000,1000000000]", "[9007199254740991,9007199254740991]", "[4294967296,4294967296]"]) {
      const body = `{"inputs":[{"name":"x","shape":${shape},"datatype":"FP32","data":[1]}]}`;
      expect((await fn.post("/v2/models/identity-fp32/infer", body)).status).to.equal(400);
    }
  });

  for (const shape of [
    "[-1,1]",
    "[1.5,1]",
    "[1e30]",
    '["1",1]',
    "[null]",
    "[9007199254740993]",
    "[[1]]",
    "1",
    "{}",
    `[${"1,".repeat(40)}1]`,
    "null",
    "[true]",
  ]) {
    it(`refuses the shape ${shape.slice(0, 20)}`, async () => {
      const reply = await fn.post(
        "/v2/models/identity-fp32/infer",
        `{"inputs":[{"name":"x","shape":${shape},"datatype":"FP32","data":[1]}]}`,
      );
      expect(reply.status).to.equal(400);
      expect(reply.json["error"]).to.match(shape.length > 50 ? /more than 32 dimensions/ : /inputs\[0\]\.shape/);
    });
  }
});

describe("Functions: tensor data in binary", () => {
  const little: [datatype: string, bytes: number[]][] = [
    ["BOOL", [1, 0]],
    ["UINT8", [255, 0]],
    ["INT8", [255, 128]],
    ["UINT16", [1, 2, 255, 255]],
    ["INT16", [1, 2, 255, 255]],
    ["FP16", [0, 60, 1, 124]],
    ["UINT32", [1, 0, 0, 0, 255, 255, 255, 255]],
    ["INT32", [1, 0, 0, 0, 255, 255, 255, 255]],
    ["FP32", [0, 0, 128, 63, 0, 0, 192, 127]],
    ["UINT64", [1, 0, 0, 0, 0, 0, 32, 0, 255, 255, 255, 255, 255, 255, 255, 255]],
    ["INT64", [1, 0, 0, 0, 0, 0, 32, 0, 255, 255, 255, 255, 255, 255, 255, 255]],
    ["FP64", [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 248, 127]],
    ["BYTES", [2, 0, 0, 0, 0xc3, 0xa9, 0, 0, 0, 0]],
  ];
  for (const [datatype, bytes] of little) {
    it(`keeps ${datatype} bit by bit both ways, wherever the bytes lie`, async () => {
      for (const padding of ["", " ", "  ", "   ", "    ", "     "]) {
        const reply = await sendBinary(datatype, Buffer.from(bytes), bytes.length, { padding });
        expect(reply.status, reply.text).to.equal(200);
        expect(reply.headers).to.include({ "Content-Type": "application/octet-stream" });
        const head = Number(reply.headers["Inference-Header-Content-Length"]);
        expect([...reply.bytes.subarray(head)]).to.deep.equal(bytes);
        expect(reply.text).to.contain(`"parameters":{"binary_data_size":${bytes.length}}`).and.not.contain('"data"');
      }
    });
  }

  it("refuses sizes that lie, and none reads beyond the body", async () => {
    const bytes = Buffer.from([0, 0, 128, 63, 0, 0, 192, 127]);
    for (const size of [0, 4, 7, 9, 4294967296, 999999999999999]) {
      const reply = await sendBinary("FP32", bytes, size);
      expect(reply.status, String(size)).to.equal(400);
      expect(reply.json["error"]).to.match(/binary_data_size/);
    }
    for (const size of ["-8", "8.0", "8e0", '"8"', "null", "true", "[8]", "99999999999999999999"]) {
      expect((await sendBinary("FP32", bytes, size)).status, size).to.equal(400);
    }
    expect((await sendBinary("FP32", Buffer.concat([bytes, bytes]), 8)).status).to.equal(400);
    expect((await sendBinary("FP32", Buffer.concat([bytes, bytes]), 16)).status).to.equal(400);
  });

  it("refuses text whose lengths lie, that is not UTF-8, or that the runtime would cut off at a NUL", async () => {
    for (const bytes of [
      [2, 0, 0, 0, 65],
      [255, 255, 255, 255, 65, 66, 67, 68],
      [1, 0, 0, 0, 0xff, 0, 0, 0, 0],
      [3, 0, 0, 0, 65, 0, 66, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
    ]) {
      expect((await sendBinary("BYTES", Buffer.from(bytes), bytes.length)).status, bytes.join()).to.equal(400);
    }
  });

  it("refuses BOOL bytes other than 0 and 1", async () => {
    expect((await sendBinary("BOOL", Buffer.from([1, 2]), 2)).status).to.equal(400);
  });

  it("asks for the header when binary data came without it, and refuses one that cannot be", async () => {
    const bytes = Buffer.from([0, 0, 128, 63, 0, 0, 192, 127]);
    for (const header of [undefined, "-1", "abc", "0", "5", "99999", "1e2", "", "99999999999"]) {
      const reply = await sendBinary("FP32", bytes, 8, { header });
      expect(reply.status, String(header)).to.equal(400);
      expect(reply.json["error"]).to.match(/Inference-Header-Content-Length|not valid JSON/);
    }
  });

  it("reads the whole body where no input is binary, whatever a stale header says", async () => {
    const body = '{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[1]}]}';
    for (const stale of ["10", "999", "0", "x"]) {
      const reply = await fn.post("/v2/models/identity-fp32/infer", body, { "Inference-Header-Content-Length": stale });
      expect(reply.status).to.equal(200);
    }
    expect((await fn.post("/v2/models/identity-fp32/infer", `${body}\u0001`)).status).to.equal(400);
  });

  it("refuses data that is given twice", async () => {
    const bytes = Buffer.from([0, 0, 128, 63, 0, 0, 192, 127]);
    expect((await sendBinary("FP32", bytes, 8, { extra: ',"data":[1,2]' })).status).to.equal(400);
  });

  it("lets an output's own parameter override the request's", async () => {
    const body = (all: string, own: string): string =>
      `{"parameters":{"binary_data_output":${all}},"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[1]}],"outputs":[{"name":"y","parameters":{"binary_data":${own}}}]}`;
    const binary = await fn.post("/v2/models/identity-fp32/infer", body("false", "true"));
    expect(binary.headers).to.have.property("Inference-Header-Content-Length");
    const text = await fn.post("/v2/models/identity-fp32/infer", body("true", "false"));
    expect(text.headers).to.not.have.property("Inference-Header-Content-Length");
    expect((await fn.post("/v2/models/identity-fp32/infer", body("1", "true"))).status).to.equal(400);
    expect((await fn.post("/v2/models/identity-fp32/infer", body("true", '"yes"'))).status).to.equal(400);
  });
});

interface Oddity {
  readonly padding?: string;
  readonly header?: string | undefined;
  readonly extra?: string;
}

/** Two elements as binary, asked back as binary; the JSON is padded to move them off their alignment. */
function sendBinary(datatype: string, bytes: Buffer, size: number | string, oddity: Oddity = {}): Promise<Reply> {
  const json = `{"parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1,2],"datatype":"${datatype}","parameters":{"binary_data_size":${size}}${oddity.extra ?? ""}}]}${oddity.padding ?? ""}`;
  const header = "header" in oddity ? oddity.header : String(Buffer.byteLength(json));
  return fn.post(
    `/v2/models/identity-${datatype.toLowerCase()}/infer`,
    Buffer.concat([Buffer.from(json), bytes]),
    header === undefined ? {} : { "inference-header-content-length": header },
  );
}
