// What an endpoint's instances may do: pure functions of ARNs. They read one model's repositories, pull one image, and write
// their own log; the container itself has no network, and so no use of any of it.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (CreateModel)

import { endpointLogs } from "../base/endpoint-name";
import { arn, type Location } from "../base/location";
import { repositoryStatements } from "../base/policy-statements";
import { imageStatements, interfaceStatements, volumeStatement } from "../base/sagemaker-role";

/** The ARNs and names that the policy refers to. */
export interface EndpointArns {
  readonly location: Location;
  readonly model: string;
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly bucketArn: string;
  /** KMS key of the bucket and the volumes. */
  readonly keyArn: string;
  /** ECR repository of the image. */
  readonly repositoryArn: string;
  /** Whether its instances' volumes have the key: not where they have disks of their own. */
  readonly encryptsVolumes: boolean;
  /** Whether it runs in the stack's network. */
  readonly inNetwork: boolean;
}

export function endpointPolicyDocument(arns: EndpointArns): object {
  const { location, keyArn } = arns;
  return {
    Version: "2012-10-17",
    Statement: [
      ...repositoryStatements(arns.bucketArn, [arns.model]),
      { Sid: "Encryption", Effect: "Allow", Action: "kms:Decrypt", Resource: keyArn },
      ...(arns.encryptsVolumes ? [volumeStatement(keyArn)] : []),
      ...imageStatements(arns.repositoryArn),
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: arn(location, "logs", `log-group:${endpointLogs}/${arns.endpoint}:*`),
      },
      {
        Sid: "Metrics",
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        // CloudWatch supports no resource-level permissions for this action; the namespace limits it.
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": endpointLogs } },
      },
      ...(arns.inNetwork ? interfaceStatements : []),
    ],
  };
}
