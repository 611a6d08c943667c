export { type Route, routes } from './routes.ts';
