// A picture of a digit → the digit. The picture is a PNG or JPEG of any size, as the body or as `{"b64": "…"}`.

import { decode as decodeJpeg } from "jpeg-js";
import { PNG } from "pngjs";
import { type Json, Refused, type Transform } from "./model";

/** Largest picture, in pixels. A file of a few kilobytes can claim billions: it is refused before anything is decoded. */
const mostPixels = 2_000_000;

/** Width and height of the model's own pictures. */
const side = 8;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, opacity of each pixel. */
  readonly data: Uint8Array;
}

export default {
  request(body) {
    return { pixels: { shape: [1, 64], data: reduced(inkOf(decoded(bytesOf(body)))) } };
  },

  response({ label, probabilities }) {
    return { digit: Number(label.data[0]), probabilities: probabilities.data };
  },
} satisfies Transform;

function bytesOf(body: Json | Uint8Array): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const text = typeof body === "object" && body !== null && !Array.isArray(body) ? body["b64"] : undefined;
  if (typeof text !== "string")
    throw new Refused('send a PNG or JPEG with its content type, or {"b64": "…"} as JSON', 415);
  return Buffer.from(text, "base64");
}

/** The first bytes tell the format, whatever the content type says. */
function decoded(bytes: Buffer): Picture {
  const isPng = bytes.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) throw new Refused("the picture is neither a PNG nor a JPEG", 415);
  // A PNG's first chunk is its header: width and height (PNG specification, 11.2.1).
  if (isPng && bytes.length >= 24) requireSize(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
  try {
    return isPng ? PNG.sync.read(bytes) : decodeJpeg(bytes, jpegLimits);
  } catch {
    throw new Refused(`the picture cannot be read, or has more than ${mostPixels} pixels`, 422);
  }
}

const jpegLimits = {
  useTArray: true,
  tolerantDecoding: false,
  maxResolutionInMP: mostPixels / 1_000_000,
  maxMemoryUsageInMB: 128,
} as const;

function requireSize(width: number, height: number): void {
  if (width * height > mostPixels) throw new Refused(`the picture has more than ${mostPixels} pixels`, 413);
}

/** How dark each pixel is against the paper, 0 to 1. What is transparent is paper; light ink on a dark board counts as well. */
function inkOf({ width, height, data }: Picture): { width: number; height: number; ink: Float32Array } {
  const ink = new Float32Array(width * height);
  for (let index = 0; index < ink.length; index++) {
    const [red, green, blue, opacity] = data.subarray(4 * index, 4 * index + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    // ITU-R BT.601.
    const light = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
    ink[index] = (1 - light) * (opacity / 255);
  }
  const corners = [0, width - 1, (height - 1) * width, height * width - 1].map((index) => ink[index]!);
  const isBoard = corners.reduce((sum, value) => sum + value, 0) > 2;
  return { width, height, ink: isBoard ? ink.map((value) => 1 - value) : ink };
}

/** The picture in the model's size, each pixel the mean of those that it covers, from 0 to 16. */
function reduced({ width, height, ink }: ReturnType<typeof inkOf>): Float32Array {
  const span = (index: number, size: number): [from: number, to: number] => {
    const from = Math.min(Math.floor((index * size) / side), size - 1);
    return [from, Math.max(from + 1, Math.floor(((index + 1) * size) / side))];
  };
  const pixels = new Float32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [top, bottom] = span(y, height);
      const [left, right] = span(x, width);
      let sum = 0;
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++) sum += ink[row * width + column]!;
      pixels[y * side + x] = (16 * sum) / ((bottom - top) * (right - left));
    }
  return pixels;
}
