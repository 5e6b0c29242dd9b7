// A client leaks data if it reveals which users exist, sends passwords, or receives tokens in a URL (implicit flow).

import { text, texts } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { poolClientType } from "./user-pools";

export const userPoolClientTellsNothing: Rule = {
  name: "user-pool-client-tells-nothing",
  description:
    "A user pool's client does not reveal whether a user exists, revokes tokens, has a secret, and allows neither the password flow nor the implicit flow.",
  severity: "medium",
  controls: ["OWN.CognitoClient"],
  types: [poolClientType],
  check: ({ inputs }) =>
    unmet({
      "preventUserExistenceErrors is not ENABLED": text(inputs.preventUserExistenceErrors) === "ENABLED",
      "enableTokenRevocation is not true": inputs.enableTokenRevocation === true,
      "generateSecret is not true": inputs.generateSecret === true,
      "explicitAuthFlows takes a password": !texts(inputs.explicitAuthFlows).some((flow) => /USER_PASSWORD/.test(flow)),
      "allowedOauthFlows has implicit": !texts(inputs.allowedOauthFlows).includes("implicit"),
    }),
};
