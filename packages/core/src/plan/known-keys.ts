/** The keys that the plan's shape knows, for hints. */
import { planJsonSchema } from './schema.ts';
import type { Path } from './source.ts';

interface SchemaNode {
  readonly properties?: Record<string, SchemaNode>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly $ref?: string;
  readonly $defs?: Record<string, SchemaNode>;
}

let schema: SchemaNode | undefined;

/** The keys that the shape knows at a path. */
export function keysAt(path: Path): string[] {
  // Made once: a plan may have thousands of unknown keys.
  schema ??= planJsonSchema() as SchemaNode;
  let node: SchemaNode | undefined = schema;
  for (const step of path) node = deref(schema, childSchema(node, step));
  return Object.keys(node?.properties ?? {});
}

function childSchema(node: SchemaNode | undefined, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') return node?.items;
  const { properties, additionalProperties: more } = node ?? {};
  if (properties !== undefined && Object.hasOwn(properties, step)) return properties[step];
  return typeof more === 'object' ? more : undefined;
}

function deref(root: SchemaNode, node: SchemaNode | undefined): SchemaNode | undefined {
  const name = node?.$ref?.split('/').at(-1);
  return name === undefined ? node : root.$defs?.[name];
}
