// Answers calls to a custom domain: checks client certificate and access mode, then calls the API mapped to the path.

import { edgeAnswer, type FrontRequest, type FrontResponse, type ServedApi } from "../../server/message";
import { bareAnswer, reworded } from "../responses/http-api-responses";
import { badRequest, beyondLimits } from "../../server/limits";
import { parseTarget, withoutPrefix } from "../../server/request-target";
import { hostIsServerName, hostOf } from "../request/strict-host";
import { Unenforceable } from "../../base/unenforceable";
import type { Domain, Mapping } from "./domains";

interface Mapped extends Mapping {
  readonly api: ServedApi;
}

/**
 * Answers requests whose TLS handshake is done.
 * @throws Unenforceable for a mapping to an API or stage that is not served
 */
export function domainFront(
  domain: Domain,
  apis: readonly ServedApi[],
  faultLog: (api: string, requestId: string, reason: string) => void,
): (request: FrontRequest) => Promise<FrontResponse> {
  const mapped = domain.mappings.map((mapping): Mapped => {
    const api = apis.find(({ id, stage }) => id === mapping.apiId && stage === mapping.stage);
    if (!api) throw new Unenforceable(domain.name, "maps an API or a stage that is not of this program");
    return { ...mapping, api };
  });
  const refuse = (reason: string, answer = forbidden[domain.kind]): Promise<FrontResponse> => {
    faultLog(domain.name, "-", reason);
    return Promise.resolve(answer);
  };
  return (request) => {
    // The certificate comes first, so that an untrusted client learns nothing else.
    if (domain.mutualTls && !request.clientCert)
      return refuse(`the client certificate is not trusted: ${request.clientCertFault ?? "none was shown"}`);
    if (domain.strictHost && !hostIsServerName(request)) return refuse("Host is not the name that TLS asked for");
    const refused = beyondLimits(request);
    if (refused) return Promise.resolve(domain.kind === "HTTP" ? reworded(refused) : refused);
    // AWS finds a domain by Host; here TLS has found it. Otherwise a request signed for another domain would be valid here.
    if (!["localhost", domain.name].includes(hostOf(request) ?? "")) return refuse("Host is not the domain's name");
    const path = parseTarget(request.url)?.path;
    if (path === undefined) return Promise.resolve(malformed[domain.kind]);
    const found = mapped.find(({ basePath }) => withoutPrefix(path, basePath) !== undefined);
    if (!found) return refuse("the domain maps nothing at this path", unmapped[domain.kind]);
    return found.api.respond({ ...request, domain: { name: domain.name, basePath: found.basePath } });
  };
}

const forbidden = {
  REST: edgeAnswer(403, "Forbidden", "ForbiddenException"),
  HTTP: edgeAnswer(403, "Forbidden"),
};

const malformed = { REST: badRequest, HTTP: bareAnswer(400) };

const unmapped = { REST: forbidden.REST, HTTP: edgeAnswer(404, "Not Found") };
