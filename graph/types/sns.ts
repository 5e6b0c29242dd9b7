// Resource types of SNS.

import { account, arn, type ResourceTypes, text } from "./resource-type";

export const sns: ResourceTypes = {
  "aws:sns/topic:Topic": {
    outputs: ({ region, physical }) => {
      const topicArn = arn("sns", region, physical);
      return { id: topicArn, name: physical, arn: topicArn, owner: account };
    },
    replaceOnChanges: ["fifoTopic", "name", "namePrefix"],
    reviewed: "read by rules",
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    outputs: ({ inputs }) => ({ id: text(inputs.arn), owner: account }),
    replaceOnChanges: ["arn"],
    reviewed: "read by rules",
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    outputs: ({ inputs, uuid }) => {
      const subscriptionArn = `${text(inputs.topic)}:${uuid("id")}`;
      return { id: subscriptionArn, arn: subscriptionArn, ownerId: account };
    },
    replaceOnChanges: ["endpoint", "protocol", "topic"],
    reviewed: "opens nothing",
  },
};
