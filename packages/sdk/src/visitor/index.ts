export { type Carried, type CarriedFailure, readCarried } from './carried.ts';
export { CookieJar, type CookieSettings, type JarOptions, type Visitor } from './jar.ts';
export { isNavigation } from './navigation.ts';
export {
  type DeskOptions,
  OverrideDesk,
  type OverrideFailure,
  type Overrides,
} from './overrides.ts';
export { type CookieNames, cookieNames, type OwnCookies, takeCookies } from './own-cookies.ts';
export { isDecidedBy, remembered } from './remembered.ts';
