import { expect } from "chai";
import { readBinary } from "../../lambda/core/tensor/binary-tensor";
import type { Datatype } from "../../lambda/core/tensor/datatype";
import { fromBits } from "../../lambda/core/tensor/float16";
import { binaryRequest, exampleTensors, jsonRequest, rowsRequest } from "../../model/example-request";

const input = (datatype: string, shape: number[] = [-1, 2]) => ({ name: "x", datatype, shape });

describe("The example request of a model", () => {
  it("has one row for a free dimension, and values of the input's type", () => {
    const tensors = exampleTensors([input("FP32", [-1, 3]), { ...input("BYTES", [-1]), name: "text" }])!;
    expect(JSON.parse(jsonRequest(tensors))).to.deep.equal({
      inputs: [
        { name: "x", shape: [1, 3], datatype: "FP32", data: [5.1, 3.5, 1.4] },
        { name: "text", shape: [1], datatype: "BYTES", data: ["text"] },
      ],
    });
    expect(JSON.parse(rowsRequest(tensors)!)).to.deep.equal({ instances: [{ x: [5.1, 3.5, 1.4], text: "text" }] });
    expect(rowsRequest(exampleTensors([input("INT64", [-1, 2, 2])])!)).to.equal('{"instances":[[[1,1],[1,1]]]}');
  });

  it("is none for an input that fits no line, and in no rows for one that has none", () => {
    expect(exampleTensors([input("FP32", [1, 3, 224, 224])])).to.equal(undefined);
    expect(rowsRequest(exampleTensors([input("FP32", [])])!)).to.equal(undefined);
    expect(rowsRequest(exampleTensors([input("FP32", [3, 2])])!)).to.equal(undefined);
  });

  it("has the same values as binary tensors, as the function reads them", () => {
    const types: Datatype[] = ["BOOL", "UINT8", "INT16", "UINT32", "INT64", "FP16", "FP32", "FP64", "BYTES"];
    for (const datatype of types) {
      const tensors = exampleTensors([input(datatype)])!;
      const { json, bytes } = binaryRequest(tensors);
      expect(json).to.include(`"binary_data_size":${bytes.length}`);
      const read = [...readBinary(bytes, datatype, [1, 2], "x")].map((value) =>
        datatype === "FP16" ? fromBits(Number(value)) : typeof value === "string" ? value : Number(value),
      );
      tensors[0]!.data.forEach((value, index) => {
        if (typeof value === "string") return expect(read[index]).to.equal(value);
        return expect(read[index]).to.be.closeTo(Number(value), datatype === "FP16" ? 0.004 : 1e-6);
      });
    }
  });
});
