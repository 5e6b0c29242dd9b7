// What a look for drift may do: read a stack's state as a preview does, and what the stack's resources are in the account.

import { auth0DriftSecret, type Bootstrap } from "./names";
import { type Statement, sub } from "./statement";
import { deployStatements, previewStatements, serviceStatements } from "./statements";

/** Actions that read; of API Gateway, whose actions are HTTP's methods, GET. */
const reading = /^[\w-]+:(Get|List|Describe|GET$)/;

/** The part of the deploying role's statements that reads the services, the same for every stack. */
export function readStatements(): Statement[] {
  return serviceStatements().flat().flatMap(readingPart);
}

export function driftStatements(bootstrap: Bootstrap, stack: string): Statement[] {
  const { project } = bootstrap;
  return [
    ...previewStatements(project, stack),
    ...deployStatements(bootstrap, stack)
      .filter(({ Sid }) => Sid === "Roles" || Sid === "Policies")
      .flatMap(readingPart),
    {
      // Lambda shows a function's environment only to who may decrypt it; it would look as if it were gone.
      // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
      Sid: "Environments",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [sub("arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*")],
      Condition: { StringLike: { "kms:ViaService": "lambda.*.amazonaws.com" } },
    },
    {
      Sid: "Auth0Client",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [
        sub(
          `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${auth0DriftSecret(project, stack)}-*`,
        ),
      ],
    },
  ];
}

function readingPart(statement: Statement): Statement[] {
  const actions = statement.Action.filter((action) => reading.test(action));
  return statement.Effect === "Deny" || actions.length === 0 ? [] : [{ ...statement, Action: actions }];
}
