/** What `tinct init` writes. A test holds that it is a plan without findings. */
export const FIRST_PLAN = `\
# yaml-language-server: $schema=https://tinct.dev/schema/plan.schema.json
# (without a network: tinct schema > plan.schema.json, and write $schema=plan.schema.json here)

# Who gets which version. The first rule that matches decides; if none does, everyone gets stable.
#   tinct validate plan.yaml                              all that is wrong, with its place
#   tinct explain plan.yaml --header 'user-id: 123'       who gets what, and why
#   tinct plan set my-service --percent 5                 the next step
#   tinct plan abort my-service                           everyone back to stable
apiVersion: tinct.dev/v1
kind: Plan
metadata:
  name: my-plan
  revision: 1 # grows with every change; \`tinct plan\` does it for you
  owner: my-team

# Where the ids come from: the first source that has one wins.
# A header is believed only from hops that the edge is told to trust.
identity:
  - { unit: user, header: user-id }

# What rules may ask about.
attributes:
  email: { header: x-user-email }

cohorts:
  staff: { when: { attribute: email, endsWith: "@example.com" } }
  # A list of ids beside this file; \`tinct plan lock\` writes its digest:
  # beta-users: { list: beta-users.csv, column: user_id }

releases:
  my-service:
    stable: v1
    services:
      my-service:
        host: my-service.default.svc.cluster.local
        subsets: # the pod labels behind each variant
          v1: { version: v1 }
          v2: { version: v2 }
    rules:
      - { users: ["123"], variant: v2 } # ids are always quoted
      - { cohort: staff, percent: 50, variant: v2 } # half of the staff, the same half every day
      - { percent: 1, variant: v2 } # the canary: 1 % of everyone
`;
