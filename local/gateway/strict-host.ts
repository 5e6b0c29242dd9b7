// Endpoint access mode STRICT: the Host header must equal the SNI name. Otherwise a handshake with one domain's
// certificate and firewall could reach another domain's host (domain fronting).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html

import { header } from "./call";
import type { FrontRequest } from "./front";

export function hostIsServerName(request: FrontRequest): boolean {
  const host = header(request, "host")?.replace(/:\d+$/, "");
  return (
    host !== undefined && request.serverName !== undefined && host.toLowerCase() === request.serverName.toLowerCase()
  );
}
