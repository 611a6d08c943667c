/** The admin server's OpenAPI document, made from its table of routes. */
import type { AdminRoute } from './routes.ts';

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    hint: { type: 'string' },
  },
};

const saysNo = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function operation({ summary, url, isProtected, statuses, body }: AdminRoute) {
  const described = Object.entries(statuses).map(([status, description]) => [
    status,
    Number(status) < 400 || status === '503' ? { description } : saysNo(description),
  ]);
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name]) => name);
  return {
    summary,
    ...(isProtected ? { security: [{ token: [] }] } : {}),
    ...(names.length === 0
      ? {}
      : {
          parameters: names.map((name) => {
            return { name, in: 'path', required: true, schema: { type: 'string' } };
          }),
        }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      ...Object.fromEntries(described),
      ...(isProtected ? { 401: saysNo('The bearer token is missing or wrong.') } : {}),
      ...(body === undefined ? {} : { 400: saysNo('The body is not what is described.') }),
      421: saysNo('Host is a name that this server does not know as its own.'),
    },
  };
}

export function openApiDocument(routes: readonly AdminRoute[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tinct admin', version: '1' },
    paths,
    components: {
      schemas: { Problem: problem },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}
