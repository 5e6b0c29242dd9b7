// The `data` of a tensor in JSON: flat or nested, of a shape that was stated, or nested and of the shape it turns out to have.

import { type Datatype, datatypes, type Elements } from "./datatype";
import type { JsonCursor } from "./json-cursor";
import { readElement, readElements } from "./json-elements";
import { elementCount, maximumRank } from "./tensor";

const open = 0x5b;

/**
 * Reads the elements of a tensor of a stated shape: a flat list, nested lists of exactly that shape, or, for a scalar, the
 * bare element.
 */
export function readShaped(cursor: JsonCursor, datatype: Datatype, shape: readonly number[]): Elements {
  // An element takes a byte and a separator: a shape that promises more than the body can hold reserves no memory.
  const most = Math.ceil((cursor.bytes.length - cursor.at) / 2);
  const count = elementCount(shape, most);
  if (count === undefined) throw cursor.unfit("has fewer elements than the shape says");
  const into = datatypes[datatype].array(count);
  if (shape.length === 0 && cursor.peek() !== open) {
    readElement(cursor, datatype, into, 0);
    return into;
  }
  cursor.expect(open);
  const nested = shape.length > 1 && cursor.peek() === open;
  const read = nested
    ? readLevel(cursor, datatype, shape, 0, into, 0, count)
    : readElements(cursor, datatype, into, 0, count);
  if (read !== count) throw cursor.unfit(`has ${read} elements where the shape says ${count}`);
  return into;
}

/** Reads the lists of one level, with the cursor after the `[` of their list, and its `]`. */
function readLevel(
  cursor: JsonCursor,
  datatype: Datatype,
  shape: readonly number[],
  level: number,
  into: Elements,
  from: number,
  count: number,
): number {
  let index = from;
  let length = 0;
  const innermost = level === shape.length - 1;
  if (innermost) {
    index = readElements(cursor, datatype, into, from, count);
    length = index - from;
  } else if (!cursor.accept(0x5d)) {
    do {
      cursor.expect(open);
      index = readLevel(cursor, datatype, shape, level + 1, into, index, count);
      length++;
    } while (cursor.accept(0x2c));
    cursor.expect(0x5d);
  }
  if (length !== shape[level]) throw cursor.unfit(`a list at level ${level} is not as long as the shape says`);
  return index;
}

/** Nested lists that are read one after another and stacked: their elements, and the shape they all must have. */
export class Stack {
  private elements: Elements;
  private capacity = 16;
  private used = 0;
  private rows = 0;
  /** Shape of a row, known once the first was read. */
  private row: number[] | undefined;

  constructor(private readonly datatype: Datatype) {
    this.elements = datatypes[datatype].array(this.capacity);
  }

  get length(): number {
    return this.rows;
  }

  get shape(): number[] {
    return [this.rows, ...(this.row ?? [])];
  }

  get data(): Elements {
    return Array.isArray(this.elements) ? this.elements : this.elements.slice(0, this.used);
  }

  /** Reads one row. */
  push(cursor: JsonCursor): void {
    if (cursor.peek() === open) {
      const shape: number[] = [];
      cursor.at++;
      this.list(cursor, shape, 0);
      this.matchRow(cursor, shape);
    } else {
      this.reserve(1);
      readElement(cursor, this.datatype, this.elements, this.used++);
      this.matchRow(cursor, []);
    }
    this.rows++;
  }

  /** Reads a list, with the cursor after its `[`; the first list of a level says how long the others must be. */
  private list(cursor: JsonCursor, shape: number[], level: number): void {
    if (level >= maximumRank) throw cursor.unfit(`has more than ${maximumRank} levels of nesting`);
    let length = 0;
    // Its place is taken before the inner lists take theirs.
    const known = shape[level];
    if (known === undefined) shape.push(-1);
    const nested = cursor.peek() === open;
    // A list of this level that was read before says whether there is another level below.
    if (known !== undefined && nested !== level < shape.length - 1) {
      throw cursor.unfit("its lists are not all nested equally deep");
    }
    if (nested) {
      do {
        cursor.expect(open);
        this.list(cursor, shape, level + 1);
        length++;
      } while (cursor.accept(0x2c));
      cursor.expect(0x5d);
    } else {
      // A list of elements ends at the next `]`; only text may contain one, and text needs no room reserved.
      const close = cursor.bytes.indexOf(0x5d, cursor.at);
      if (close === -1) throw cursor.malformed("an array does not end");
      this.reserve(Math.ceil((close - cursor.at) / 2) + 1);
      const from = this.used;
      this.used = readElements(cursor, this.datatype, this.elements, from, Infinity);
      length = this.used - from;
    }
    if (known !== undefined && known !== length) throw cursor.unfit("its lists are not all equally long");
    shape[level] = length;
  }

  private matchRow(cursor: JsonCursor, shape: number[]): void {
    this.row ??= shape;
    const { row } = this;
    if (row.length !== shape.length || row.some((length, level) => length !== shape[level])) {
      throw cursor.unfit("its rows do not all have the same shape");
    }
  }

  /** Makes room for more elements; text grows by itself. */
  private reserve(more: number): void {
    if (Array.isArray(this.elements) || this.used + more <= this.capacity) return;
    this.capacity = Math.max(this.capacity * 2, this.used + more);
    const grown = datatypes[this.datatype].array(this.capacity) as Uint8Array;
    grown.set(this.elements as Uint8Array);
    this.elements = grown;
  }
}
