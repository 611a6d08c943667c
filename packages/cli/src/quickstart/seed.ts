/** The plan that the story begins with: user 123 gets v2, everyone else v1. `examples/quickstart` holds the same. */
export const SEED_PLAN = `apiVersion: tinct.dev/v1
kind: Plan
metadata:
  name: quickstart
  revision: 1 # grows with every change

identity:
  # Who the user is. A header is believed only from a hop that the edge trusts; the quickstart's edge trusts every
  # program on this machine. In front of real clients something must set this header that the client cannot.
  - { unit: user, header: user-id }

releases:
  my-service:
    stable: v1
    services:
      my-service:
        host: my-service
        subsets:
          v1: { version: v1 }
          v2: { version: v2 }
    rules:
      - { users: ["123"], variant: v2 } # user 123 tests the new version
      - { percent: 0, variant: v2 } # the canary: nobody yet
`;
