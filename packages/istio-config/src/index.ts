export type { ImportOptions } from './import/draft.ts';
export { type Imported, importPlan } from './import/import.ts';
export type { Manifest } from './manifests/manifest.ts';
export { type ReadManifests, readManifests } from './manifests/read.ts';
export { type Route, routes } from './routes.ts';
