// Which types of resources the program may have.

import { a, type Cases, policy } from "../a-graph";

const foreign = "arn:aws:iam::999999999999:role/reader";
const foreignBucket = "arn:aws:s3:::somebody-elses";

export const inventory: Cases = {
  "resource-type-is-reviewed": {
    good: {
      "of AWS": [a("aws:s3/bucket:Bucket", "data")],
      "of other providers": [a("gcp:kms/keyRing:KeyRing", "ring"), a("auth0:index/client:Client", "machine")],
    },
    bad: {
      "a grant on a key": [a("aws:kms/grant:Grant", "grant", { granteePrincipal: foreign, operations: ["Decrypt"] })],
      "an access point": [
        a("aws:s3/accessPoint:AccessPoint", "door", {
          policy: policy({ Effect: "Allow", Principal: { AWS: foreign }, Action: "s3:GetObject", Resource: "*" }),
        }),
      ],
      "a replication": [
        a("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "copies", {
          rules: [{ status: "Enabled", destination: { bucket: foreignBucket, account: "999999999999" } }],
        }),
      ],
      "a subscription to logs": [
        a("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "copies", {
          destinationArn: "arn:aws:logs:us-east-1:999999999999:destination:theirs",
        }),
      ],
      "a policy of an event bus": [
        a("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "bus", {
          policy: policy({ Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: "*" }),
        }),
      ],
      "identities for anybody": [
        a("aws:cognito/identityPool:IdentityPool", "guests", { allowUnauthenticatedIdentities: true }),
      ],
      "a type of Google Cloud": [a("gcp:projects/iAMMember:IAMMember", "member", { member: "allUsers" })],
      "another provider": [a("command:local:Command", "shell", { create: "env" })],
      "a dynamic provider": [a("pulumi-nodejs:dynamic:Resource", "code")],
    },
  },
};
