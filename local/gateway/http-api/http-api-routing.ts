// Selects the route of an HTTP API: a full match before a greedy one before `$default`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation

import { type Match, type RouteKey, Router } from "../request/routing";

/** Path of the catch-all route in the document. */
export const defaultPath = "/$default";

export class HttpRouter<T extends RouteKey> {
  readonly #full: Router<T>;
  readonly #greedy: Router<T>;
  readonly #default: T | undefined;

  /** @throws Error if two routes collide, or a path template is invalid */
  constructor(routes: readonly T[]) {
    const own = routes.filter(({ path }) => path !== defaultPath);
    this.#full = new Router(own.filter(({ path }) => !path.endsWith("+}")));
    this.#greedy = new Router(own.filter(({ path }) => path.endsWith("+}")));
    this.#default = routes.find(({ path }) => path === defaultPath);
  }

  /** @param path as sent, percent-encoded, without the stage */
  match(method: string, path: string): Match<T> | undefined {
    // Unlike in a REST API, a trailing slash is part of the path.
    const full = path !== "/" && path.endsWith("/") ? undefined : this.#full.match(method, path);
    const found = full ?? this.#greedy.match(method, path);
    if (found) return found;
    return this.#default && { route: this.#default, pathParameters: {} };
  }
}
