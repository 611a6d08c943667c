/** `tinct schema`: the plan's JSON Schema. */
import { planJsonSchema } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { jsonText } from '../text/json.ts';

export const schemaCommand = defineCommand({
  name: 'schema',
  group: 'Understand a plan',
  summary: "Print the plan's JSON Schema, for editors and other programs.",
  description: [
    'JSON Schema 2020-12. It holds the shape of a plan; what only meaning can tell (a variant without a subset, ranges that do not add up) is for `tinct validate`.',
  ],
  arguments: {},
  options: {},
  examples: [{ does: 'For an editor without a network', line: 'tinct schema > plan.schema.json' }],
  exits: { fine: 'Printed.' },
  async run(_, { out }) {
    await out.write(jsonText(planJsonSchema()));
    return 'fine';
  },
});
