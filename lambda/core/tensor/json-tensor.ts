// Reads a tensor's `data` from JSON: flat or nested with a stated shape, or nested with an inferred one.

import { type Datatype, datatypes, elementCount, type Elements, maximumRank } from "./datatype";
import type { JsonCursor } from "./json-cursor";
import { readElement, readElements } from "./json-elements";

const open = 0x5b;

/**
 * Reads the elements of a tensor with a stated shape: a flat list, nested lists of exactly that shape, or, for a
 * scalar, the bare element.
 * @throws Failure `malformed-json`, `invalid-request`
 */
export function readShaped(cursor: JsonCursor, datatype: Datatype, shape: readonly number[]): Elements {
  // Every element takes a byte and a separator, so no memory is allocated for a shape larger than the body can fill.
  const most = Math.ceil((cursor.bytes.length - cursor.at) / 2);
  const count = elementCount(shape, most);
  if (count === undefined) throw cursor.unfit("has fewer elements than the shape says");
  const into = datatypes[datatype].array(count);
  if (shape.length === 0 && cursor.peek() !== open) {
    readElement(cursor, datatype, into, 0, "standard");
    return into;
  }
  if (!cursor.accept(open)) throw cursor.mismatch("a list");
  const nested = shape.length > 1 && cursor.peek() === open;
  const read = nested
    ? readLevel(cursor, datatype, shape, 0, into, 0, count)
    : readElements(cursor, datatype, into, 0, count, "standard");
  if (read !== count) throw cursor.unfit(`has ${read} elements where the shape says ${count}`);
  return into;
}

/**
 * Reads one list of the given nesting level and its `]`, with the cursor after the `[`. Returns the next free index.
 */
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
    index = readElements(cursor, datatype, into, from, count, "standard");
    length = index - from;
  } else if (!cursor.accept(0x5d)) {
    do {
      if (!cursor.accept(open)) throw cursor.mismatch("a list");
      index = readLevel(cursor, datatype, shape, level + 1, into, index, count);
      length++;
    } while (cursor.accept(0x2c));
    cursor.expect(0x5d);
  }
  if (length !== shape[level]) throw cursor.unfit(`a list at level ${level} is not as long as the shape says`);
  return index;
}

/** Stacks rows of equal shape, read one by one, into a tensor with the number of rows as its first dimension. */
export class Stack {
  private elements: Elements;
  private capacity = 16;
  private used = 0;
  private rows = 0;
  /** Shape of every row, set by the first. */
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

  /** Reads one row. @throws Failure `malformed-json`, `invalid-request` */
  push(cursor: JsonCursor): void {
    if (cursor.peek() === open) {
      const shape: number[] = [];
      cursor.at++;
      this.list(cursor, shape, 0);
      this.matchRow(cursor, shape);
    } else {
      this.reserve(1);
      readElement(cursor, this.datatype, this.elements, this.used++, "rows");
      this.matchRow(cursor, []);
    }
    this.rows++;
  }

  /** Reads a list, with the cursor after its `[`; the first list of a level sets the length of the others. */
  private list(cursor: JsonCursor, shape: number[], level: number): void {
    if (level >= maximumRank) throw cursor.unfit(`has more than ${maximumRank} levels of nesting`);
    let length = 0;
    // Reserves this level's place in the shape before the inner lists append theirs.
    const known = shape[level];
    if (known === undefined) shape.push(-1);
    const nested = cursor.peek() === open;
    // An earlier list of this level determines whether there is a level below.
    if (known !== undefined && nested !== level < shape.length - 1) {
      throw cursor.unfit("its lists are not all nested equally deep");
    }
    if (nested) {
      do {
        if (!cursor.accept(open)) throw cursor.mismatch("a list");
        this.list(cursor, shape, level + 1);
        length++;
      } while (cursor.accept(0x2c));
      cursor.expect(0x5d);
    } else {
      // The next `]` ends the list: only strings may contain one, and arrays of strings need no reservation.
      const close = cursor.bytes.indexOf(0x5d, cursor.at);
      if (close === -1) throw cursor.malformed("an array does not end");
      this.reserve(Math.ceil((close - cursor.at) / 2) + 1);
      const from = this.used;
      this.used = readElements(cursor, this.datatype, this.elements, from, Infinity, "rows");
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

  /** Makes room for more elements; arrays of strings grow by themselves. */
  private reserve(more: number): void {
    if (Array.isArray(this.elements) || this.used + more <= this.capacity) return;
    this.capacity = Math.max(this.capacity * 2, this.used + more);
    const grown = datatypes[this.datatype].array(this.capacity) as Uint8Array;
    grown.set(this.elements as Uint8Array);
    this.elements = grown;
  }
}
