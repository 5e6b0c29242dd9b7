// Finds the one resource of a type, or fails the test.

import { expect } from "chai";
import { type Graph, ofType, type Resource } from "../../graph/resource";

/** The only resource of the type whose logical name matches. */
export function only(graph: Graph, type: string, name = /./): Resource {
  const found = ofType(graph, type).filter((resource) => name.test(resource.name));
  expect(found, `${type} ${name}`).to.have.lengthOf(1);
  return found[0]!;
}
