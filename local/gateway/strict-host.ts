// Endpoint access mode STRICT: the Host header has to be the name that the TLS handshake asked for. Otherwise one handshake, with
// its certificate and firewall, could be used to reach the host of another (domain fronting).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html

import { header } from "./call";
import type { FrontRequest } from "./front";

export function hostIsServerName(request: FrontRequest): boolean {
  const host = header(request, "host")?.replace(/:\d+$/, "");
  return (
    host !== undefined && request.serverName !== undefined && host.toLowerCase() === request.serverName.toLowerCase()
  );
}
