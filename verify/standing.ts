// What stands, compared with the matrix: the protection that the outputs name, and the routes that the APIs have.

import type { Api } from "../access-matrix/apis";
import type { Matrix } from "../access-matrix/matrix";
import { urlOutputs } from "./addresses";
import { NotTried, type Source, type StandingRoute } from "./source";

export interface Standing {
  readonly api: string;
  readonly outcome: "as expected" | "more" | "less" | "not tried";
  readonly text: string;
}

/** Outputs that name a protection. */
const protectionOutputs: Readonly<Record<string, string>> = { apiGateway: "apiGatewayAuth", httpApi: "httpApiAuth" };

export async function standingDifferences({ apis }: Matrix, source: Source): Promise<Standing[]> {
  const forgotten = Object.entries(urlOutputs)
    .filter(([name, output]) => source.outputs[output] !== undefined && !apis.some((api) => api.name === name))
    .map(([api, output]): Standing => {
      return { api, outcome: "more", text: `it stands (output ${output}), and the matrix has no such API` };
    });
  const compared = await Promise.all(
    apis.map(async (api) => [...protection(api, source), ...(await routes(api, source))]),
  );
  return [...forgotten, ...compared.flat()];
}

/** A checkout with other settings than the deployed stack's makes another matrix than the one to compare with. */
function protection(api: Api, { outputs }: Source): Standing[] {
  const output = protectionOutputs[api.name];
  if (output === undefined) return [];
  const expected = protectionOf(api);
  if (outputs[output] === expected) return [];
  const text = `the output ${output} is ${String(outputs[output])}, and the matrix is for ${expected}: verify the commit and the settings that were deployed`;
  return [{ api: api.name, outcome: "more", text }];
}

function protectionOf(api: Api): string {
  const { authorization, apiKey } = api.routes.find(({ mock }) => !mock)!.requirements;
  const { kind } = authorization;
  if (kind === "anyone") return apiKey ? "apiKey" : "none";
  return { signature: "iam", pool: "cognito", lambda: "lambda", jwt: "jwt" }[kind];
}

async function routes(api: Api, source: Source): Promise<Standing[]> {
  const is = (outcome: Standing["outcome"], text: string): Standing => ({ api: api.name, outcome, text });
  try {
    const { value: standing, from } = await source.routes(api);
    const named = ({ method, path }: StandingRoute) => `${method} ${path}`;
    const [found, expected] = [standing.map(named), api.routes.map(named)];
    const more = found.filter((route) => !expected.includes(route));
    const less = expected.filter((route) => !found.includes(route));
    if (more.length + less.length === 0)
      return [is("as expected", `it has the matrix's ${expected.length} routes (${from})`)];
    return [
      ...more.map((route) => is("more", `it has the route ${route}, and the matrix has not (${from})`)),
      ...less.map((route) => is("less", `it lacks the route ${route} of the matrix (${from})`)),
    ];
  } catch (error) {
    if (error instanceof NotTried) return [is("not tried", `its routes: ${error.message}`)];
    throw error;
  }
}
