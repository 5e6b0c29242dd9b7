// Where alarms go: an encrypted topic, and a mail for each address. Guarantees: only CloudWatch's alarms of this account and
// EventBridge publish, over TLS.

import { Topic, TopicPolicy, TopicSubscription } from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { topicPolicy } from "./rotation-alarms";

export interface AlarmTopicArgs {
  readonly location: Location;
  /** KMS key of the topic, which CloudWatch and EventBridge may use. */
  readonly keyArn: pulumi.Input<string>;
  /** Address that everything is sent to; it has to confirm the subscription once. */
  readonly email: string;
}

export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location, keyArn, email }: AlarmTopicArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:AlarmTopic", name, {}, options);
    const topic = new Topic(`${name}-topic`, { kmsMasterKeyId: keyArn }, { parent: this });
    new TopicPolicy(
      `${name}-topic-policy`,
      { arn: topic.arn, policy: topic.arn.apply((arn) => JSON.stringify(topicPolicy(arn, location))) },
      { parent: this },
    );
    new TopicSubscription(`${name}-email`, { topic: topic.arn, protocol: "email", endpoint: email }, { parent: this });
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
