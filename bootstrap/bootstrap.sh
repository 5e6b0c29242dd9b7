#!/usr/bin/env bash
# Makes what has to stand before the first `pulumi up`, once an account, and again after a change of the template:
#
#   bootstrap/bootstrap.sh owner/name [region]
#
# Needs the AWS CLI with an administrator's credentials, GitHub's CLI as an administrator of the repository, Pulumi and Node. What it
# does is in docs/bootstrap.md.
set -euo pipefail
cd "$(dirname "$0")/.."

repository=${1:?usage: bootstrap/bootstrap.sh owner/name [region]}
region=${2:-${AWS_REGION:-us-east-1}}
project=$(sed -n 's/^name: //p' Pulumi.yaml)
name="$project-bootstrap"
stacks=()
for file in Pulumi.*.yaml; do
  stack=${file#Pulumi.}
  stacks+=("${stack%.yaml}")
done

template=$(mktemp)
trap 'rm -f "$template"' EXIT
node run.mjs bootstrap/cli.ts --repository "$repository" >"$template"

# What an environment of GitHub asks of its jobs, as words; fails where there is no such environment.
rules() {
  gh api "repos/$repository/environments/$1" 2>/dev/null \
    --jq '[.protection_rules[]?.type, (if .deployment_branch_policy.protected_branches then "protected_branches" else empty end)] | join(" ")'
}

# Before any role stands: a job that names an environment which is not there makes it, without any rule, and would get its role.
for stack in "${stacks[@]}"; do
  # A stack that keeps its data has secrets that matter: a person approves its deployments, and each preview of a branch's program.
  guarded=required_reviewers
  if grep -Eq 'protectData: *"?false' "Pulumi.$stack.yaml"; then
    guarded=
    rules "$stack" >/dev/null || gh api -X PUT "repos/$repository/environments/$stack" --silent --input - \
      <<<'{"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":false}}'
    rules "preview-$stack" >/dev/null || gh api -X PUT "repos/$repository/environments/preview-$stack" --silent
  fi
  # Nobody approves what runs each night: it is the main branch's own.
  rules "drift-$stack" >/dev/null || gh api -X PUT "repos/$repository/environments/drift-$stack" --silent --input - \
    <<<'{"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":false}}'
  for asked in "$stack protected_branches" "drift-$stack protected_branches" "$stack $guarded" "preview-$stack $guarded"; do
    read -r environment rule <<<"$asked"
    found=$(rules "$environment" || echo none)
    [ -z "$rule" ] || [[ " $found " == *" $rule "* ]] && continue
    echo "The environment $environment of $repository does not require ${rule//_/ }: set it up as in docs/bootstrap.md, section 1, and run this again." >&2
    exit 1
  done
done

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
variable() { # NAME VALUE [ENVIRONMENT]
  gh variable set "$1" --repo "$repository" --body "$2" ${3:+--env "$3"}
}
backend=$(output Backend)
boundary=$(output Boundary)
# Its ARN says partition and account: `arn:aws-us-gov:iam::123456789012`.
identities=${boundary%%:policy/*}
pulumi login "$backend"
for stack in "${stacks[@]}"; do
  secrets="awskms://alias/$project-$stack-secrets?region=$region"
  pulumi stack init "$stack" --secrets-provider "$secrets" ||
    pulumi stack change-secrets-provider --stack "$stack" "$secrets"
  # Without it the deploying role may make no role.
  pulumi config set --stack "$stack" permissionsBoundary "$boundary"
  variable AWS_DEPLOY_ROLE "$identities:role/$project-$stack-deploy" "$stack"
  variable AWS_PREVIEW_ROLE "$identities:role/$project-$stack-preview" "preview-$stack"
  variable AWS_DRIFT_ROLE "$identities:role/$project-$stack-drift" "drift-$stack"
done
variable AWS_REGION "$region"
# Last: with it the workflows begin.
variable PULUMI_BACKEND_URL "$backend"

echo "Commit what changed in Pulumi.*.yaml: the secrets provider, the encrypted data key, the boundary."
