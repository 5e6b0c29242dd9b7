// Selects the route of a REST API for a method and path. As in API Gateway, segment by segment: a static segment before
// `{variable}` before `{greedy+}`, among the resources that have the method or ANY.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html

/** A declared route. */
export interface RouteKey {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** Path template, for example `/v2/models/{model}` or `/{proxy+}`. */
  readonly path: string;
}

export interface Match<T> {
  readonly route: T;
  /** Values as sent: API Gateway does not decode them (recorded on AWS: `%2B` stays `%2B`). */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node<T> {
  readonly statics: Map<string, Node<T>>;
  variable?: { readonly name: string; readonly node: Node<T> };
  greedy?: { readonly name: string; readonly routes: Map<string, T> };
  /** Method → route. */
  readonly routes: Map<string, T>;
}

/** What distinguishes a REST API's router from the two of an HTTP API. */
export interface RouterRules {
  /** Literal segments that API Gateway takes. */
  readonly segment: RegExp;
  /** The methods that `ANY` stands for; absent: all. */
  readonly any?: ReadonlySet<string>;
  /** "A sibling of this resource already has a variable path part -- only one is allowed." */
  readonly oneVariable: boolean;
}

const lax: RouterRules = { segment: /^[^{}]+$/, oneVariable: false };

/**
 * Recorded on AWS: LocalStack, test_apigateway_api (siblings), serverless/blog#629 (characters). The seven methods:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-method-settings-method-request.html
 */
export const restRules: RouterRules = {
  segment: /^[A-Za-z0-9._:,-]+$/,
  any: new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]),
  oneVariable: true,
};

const variableSegment = /^\{([\w.:-]+)\}$/;
const greedySegment = /^\{([\w.:-]+)\+\}$/;

export class Router<T extends RouteKey> {
  readonly #root: Node<T> = emptyNode();

  /** @throws Error if two routes collide, or a path template is invalid */
  constructor(
    routes: readonly T[],
    private readonly rules = lax,
  ) {
    for (const route of routes) this.#add(route);
  }

  /**
   * @param path as sent, percent-encoded, without the stage; one trailing slash is ignored
   * @returns `undefined` if no route has this path and method; API Gateway does not distinguish the two cases
   */
  match(method: string, path: string): Match<T> | undefined {
    const segments = segmentsOf(path);
    const parameters: [string, string][] = [];
    const route = find(this.#root, this.#methods(method), segments, 0, parameters);
    return route && { route, pathParameters: Object.fromEntries(parameters) };
  }

  /** The keys under which a route for the method may stand, the closest first. */
  #methods(method: string): readonly string[] {
    return this.rules.any?.has(method) === false ? [] : [method, "ANY"];
  }

  #add(route: T): void {
    let node = this.#root;
    const segments = segmentsOf(route.path);
    for (const [index, segment] of segments.entries()) {
      const greedy = greedySegment.exec(segment)?.[1];
      if (greedy !== undefined) {
        if (index !== segments.length - 1) throw new Error("a greedy variable must come last");
        node.greedy ??= { name: greedy, routes: new Map() };
        this.#checkSiblings(node);
        if (node.greedy.name !== greedy) throw new Error("two variables of different names stand at one place");
        return setOnce(node.greedy.routes, route);
      }
      const variable = variableSegment.exec(segment)?.[1];
      if (variable !== undefined) {
        node.variable ??= { name: variable, node: emptyNode() };
        this.#checkSiblings(node);
        if (node.variable.name !== variable) throw new Error("two variables of different names stand at one place");
        node = node.variable.node;
      } else if (this.rules.segment.test(segment)) {
        let next = node.statics.get(segment);
        if (!next) node.statics.set(segment, (next = emptyNode()));
        node = next;
      } else throw new Error("is not a path of literal segments, {variables} and one {greedy+}");
    }
    setOnce(node.routes, route);
  }

  #checkSiblings({ variable, greedy }: Node<T>): void {
    if (this.rules.oneVariable && variable && greedy)
      throw new Error("a variable stands beside a greedy one: API Gateway takes only one of them");
  }
}

function find<T>(
  node: Node<T>,
  methods: readonly string[],
  segments: readonly string[],
  from: number,
  parameters: [string, string][],
): T | undefined {
  if (from === segments.length) return routeFor(node.routes, methods);
  const segment = segments[from]!;
  const fixed = node.statics.get(segment);
  if (fixed) {
    const route = find(fixed, methods, segments, from + 1, parameters);
    if (route) return route;
  }
  // An empty segment (double slash) is not a value: only a greedy variable, which takes the path as it is, accepts it.
  if (node.variable && segment !== "") {
    parameters.push([node.variable.name, segment]);
    const route = find(node.variable.node, methods, segments, from + 1, parameters);
    if (route) return route;
    parameters.pop();
  }
  const greedy = node.greedy && routeFor(node.greedy.routes, methods);
  if (greedy) parameters.push([node.greedy!.name, segments.slice(from).join("/")]);
  return greedy;
}

function routeFor<T>(routes: ReadonlyMap<string, T>, methods: readonly string[]): T | undefined {
  for (const method of methods) {
    const route = routes.get(method);
    if (route) return route;
  }
  return undefined;
}

function segmentsOf(path: string): string[] {
  const end = path.length > 1 && path.endsWith("/") ? path.length - 1 : path.length;
  return end <= 1 ? [] : path.slice(1, end).split("/");
}

function setOnce<T extends RouteKey>(routes: Map<string, T>, route: T): void {
  if (routes.has(route.method)) throw new Error("two routes have the same method and path");
  routes.set(route.method, route);
}

function emptyNode<T>(): Node<T> {
  return { statics: new Map(), routes: new Map() };
}

// Selects the route of an HTTP API: a full match before a greedy one before `$default`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation

/** Path of the catch-all route in the document. */
export const defaultPath = "/$default";

export class HttpRouter<T extends RouteKey> {
  readonly #full: Router<T>;
  readonly #greedy: Router<T>;
  readonly #default: T | undefined;

  /** @throws Error if two routes collide, or a path template is invalid */
  constructor(routes: readonly T[]) {
    const own = routes.filter(({ path }) => path !== defaultPath);
    // "Part of the given route key path is empty" (the same log).
    if (own.some(({ path }) => path !== "/" && path.split("/").slice(1).includes("")))
      throw new Error("a part of a route's path is empty, which API Gateway does not take");
    this.#full = new Router(own.filter(({ path }) => !path.endsWith("+}")));
    this.#greedy = new Router(own.filter(({ path }) => path.endsWith("+}")));
    this.#default = routes.find(({ path }) => path === defaultPath);
  }

  /** @param path as sent, percent-encoded, without the stage */
  match(method: string, path: string): Match<T> | undefined {
    // As in a REST API, one trailing slash is ignored (measured on AWS, WebbPulse-Portfolio's cutover log, 2026-09).
    const found = this.#full.match(method, path) ?? this.#greedy.match(method, path);
    if (found) return found;
    return this.#default && { route: this.#default, pathParameters: {} };
  }
}
