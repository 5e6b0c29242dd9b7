// Who may do what with the published models: policies of their bucket and of those who read it.

import type { Allowed } from "./endpoint-policy";

/**
 * Whoever else writes a pointer decides what the API answers, and so does who deletes one: an earlier version, or the model
 * that the code ships with, is live then. Where data is not protected, `pulumi destroy` empties the bucket.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export function onlyPublisherWrites(bucketArn: string, publisherArn: string, protect: boolean): object {
  return {
    Sid: "OnlyThePublisherWrites",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutObject", ...(protect ? ["s3:DeleteObject", "s3:DeleteObjectVersion"] : [])],
    Resource: `${bucketArn}/*`,
    Condition: { ArnNotEquals: { "lambda:SourceFunctionArn": publisherArn } },
  };
}

/** What the model function may read of the published models; it decrypts by the stack's key, which it may use already. */
export function readerStatements(bucketArn: string): Allowed[] {
  return [
    { Sid: "Published", Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn}/models/*` },
    // Without it S3 answers 403, not 404, where there is no pointer yet.
    { Sid: "PublishedNames", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
  ];
}
