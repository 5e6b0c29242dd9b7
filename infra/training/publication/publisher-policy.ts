// What the publisher may do: read the files that a model package refers to, look up in the registry the package, and
// write the published models.

import { arn, type Location } from "../../base/location";
import { prefixes } from "../pipeline/pipeline-definition";

export interface PublisherArns {
  readonly location: Location;
  readonly group: string;
  /** Unqualified ARN of the publisher function. */
  readonly publisherArn: string;
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly trainingBucketArn: string;
  readonly trainingKeyArn: string;
}

export function publisherPolicy(arns: PublisherArns): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Registry",
        Effect: "Allow",
        Action: "sagemaker:DescribeModelPackage",
        Resource: arn(arns.location, "sagemaker", `model-package/${arns.group}/*`),
      },
      {
        Sid: "Trained",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: [prefixes.train, prefixes.evaluate].map((prefix) => `${arns.trainingBucketArn}/${prefix}/*`),
      },
      { Sid: "TrainedEncryption", Effect: "Allow", Action: "kms:Decrypt", Resource: arns.trainingKeyArn },
      {
        Sid: "Published",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: `${arns.bucketArn}/models/*`,
      },
      // The bucket lets only this role write. Nothing but the function's own code uses the right: neither another
      // function that is given the role, nor who assumes it elsewhere.
      // Source: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
      {
        Sid: "Publishing",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: `${arns.bucketArn}/models/*`,
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": arns.publisherArn } },
      },
      // Without it S3 responds with 403 instead of 404 while there is no pointer yet.
      { Sid: "PublishedNames", Effect: "Allow", Action: "s3:ListBucket", Resource: arns.bucketArn },
      {
        Sid: "PublishedEncryption",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: arns.keyArn,
      },
    ],
  };
}
