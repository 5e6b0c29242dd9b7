#!/usr/bin/env bash
# Makes what has to stand before the first `pulumi up`, once an account, and again after a change of the template:
#
#   bootstrap/bootstrap.sh owner/name [region]
#
# Needs the AWS CLI with an administrator's credentials, Pulumi and Node. What it does is in docs/bootstrap.md.
set -euo pipefail
cd "$(dirname "$0")/.."

repository=${1:?usage: bootstrap/bootstrap.sh owner/name [region]}
region=${2:-${AWS_REGION:-us-east-1}}
project=$(sed -n 's/^name: //p' Pulumi.yaml)
name="$project-bootstrap"

template=$(mktemp)
trap 'rm -f "$template"' EXIT
node run.mjs bootstrap/cli.ts --repository "$repository" >"$template"

# An account has one OIDC provider for GitHub. One that is there is used; one that this template made stays the template's.
provider=$(aws iam list-open-id-connect-providers --output text \
  --query "OpenIDConnectProviderList[?ends_with(Arn, '/token.actions.githubusercontent.com')].Arn")
if aws cloudformation describe-stack-resource --region "$region" --stack-name "$name" --logical-resource-id GitHub >/dev/null 2>&1; then
  provider=
fi
aws cloudformation deploy --region "$region" --stack-name "$name" --template-file "$template" \
  --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset --parameter-overrides "Provider=$provider"
aws cloudformation update-termination-protection --region "$region" --stack-name "$name" --enable-termination-protection >/dev/null

output() {
  aws cloudformation describe-stacks --region "$region" --stack-name "$name" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}
backend=$(output Backend)
pulumi login "$backend"
for file in Pulumi.*.yaml; do
  stack=${file#Pulumi.}
  stack=${stack%.yaml}
  secrets="awskms://alias/$project-$stack-secrets?region=$region"
  pulumi stack init "$stack" --secrets-provider "$secrets" ||
    pulumi stack change-secrets-provider --stack "$stack" "$secrets"
  # Without it the deploying role may make no role.
  pulumi config set --stack "$stack" permissionsBoundary "$(output Boundary)"
done

cat <<TEXT

Commit what changed in Pulumi.*.yaml (the secrets provider, the encrypted data key, the boundary), and tell GitHub:

  gh variable set PULUMI_BACKEND_URL --body '$backend'
  gh variable set AWS_REGION --body '$region'
  gh variable set AWS_PREVIEW_ROLE --body '$(output PreviewRole)'
TEXT
for file in Pulumi.*.yaml; do
  stack=${file#Pulumi.}
  stack=${stack%.yaml}
  account=$(aws sts get-caller-identity --query Account --output text)
  echo "  gh variable set AWS_DEPLOY_ROLE --env $stack --body 'arn:aws:iam::$account:role/$project-$stack-deploy'"
done
