/** How texts of a plan are written. What else is true of them is checked where they mean something. */

/** RFC 1123 label, at most 40 characters: releases, variants, cohorts and unit types. */
export const LABEL = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;
/** RFC 9110 token: header and cookie names. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A whole number with a unit. */
export const DURATION = /^(0|[1-9]\d{0,8})(ms|s|m|h|d)$/;
/** A path prefix. */
export const PATH = /^\/[^?#*\s]*$/;
/** A DNS name. */
export const SERVICE_HOST = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** A DNS name, with an optional leading `*.`. */
export const HOST = /^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** `edge` or `istio-system/edge`: an object's name, with its namespace in front when it has another one. */
export const OBJECT_NAME =
  /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/)?[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;
/** RFC 1123 label of Kubernetes. */
export const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** RFC 3339, with seconds and an offset. */
export const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
