/** Panels and marks that several dashboards have. Pure. */
import { SERIES } from '@tinct/core';
import { rate } from './queries.ts';
import type { Marks, Panel } from './spec.ts';

export const revisions: Panel = {
  ...{ kind: 'lines', title: 'Revision at each edge', unit: 'none', width: 8, isStep: true },
  about: 'Lines that stay apart: edges hold different plans.',
  queries: [{ expr: `max by (instance) (${SERIES.revision.name})`, legend: '{{instance}}' }],
};

export const reasons: Panel = {
  ...{ kind: 'lines', title: 'Decisions by reason, of all releases', unit: 'reqps', width: 8 },
  about:
    'DEFAULT where SPLIT is expected: nobody knows who the users are. ERROR: a cohort could not be loaded.',
  isStacked: true,
  queries: [{ expr: rate(SERIES.decisions.name, 'reason'), legend: '{{reason}}' }],
};

export const planMarks: Marks = {
  name: 'Plan',
  color: 'blue',
  isTime: true,
  title: 'A revision of the plan came into force',
  expr: `max(${SERIES.planSince.name}) * 1000`,
};
