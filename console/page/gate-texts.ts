// What each gate is, in AWS's words.

export interface GateText {
  readonly label: string;
  readonly meaning: string;
}

export const gateTexts: Readonly<Record<string, GateText>> = {
  clientCertificate: {
    label: "Client certificate",
    meaning: "mutual TLS: the certificate comes from an authority in the truststore",
  },
  domain: { label: "Custom domain", meaning: "Host, access mode and base path of the domain" },
  endpoint: { label: "Endpoint", meaning: "sizes, the default endpoint, its Host and its stage" },
  webAcl: { label: "Firewall", meaning: "the rules of the web ACL" },
  corsPreflight: { label: "CORS preflight", meaning: "answered by the API itself, before any authorizer" },
  methodSelection: { label: "Route", meaning: "a route with this method and path" },
  routeSelection: { label: "Route", meaning: "a route with this method and path" },
  authorization: { label: "Authorization", meaning: "the route's authorizer, and the API's resource policy" },
  usagePlan: { label: "API key and limits", meaning: "the API key, its usage plan, throttles and quota" },
  throttling: { label: "Throttle", meaning: "the route's and the account's throttle" },
  requestValidation: {
    label: "Request validation",
    meaning: "the parameters and the body that the API document requires",
  },
  integration: { label: "Model function", meaning: "the function's own answer" },
};

export function gateText(gate: string): GateText {
  return gateTexts[gate] ?? { label: gate, meaning: "" };
}
