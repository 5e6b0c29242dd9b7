// Endpoint access mode STRICT: the Host header must equal the SNI name. Otherwise a handshake with one domain's
// certificate and firewall could reach another domain's host (domain fronting).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html

import { header } from "../../server/call";
import type { FrontRequest } from "../../server/message";

export function hostIsServerName(request: FrontRequest): boolean {
  const host = hostOf(request);
  return host !== undefined && host === request.serverName?.toLowerCase();
}

/** The name in the Host header, without the port, in lower case. */
export function hostOf(request: FrontRequest): string | undefined {
  return header(request, "host")?.replace(/:\d+$/, "").toLowerCase();
}
