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

const OURS = 'alertname=~"Tinct.+",severity!="none"';

/** Tinct's alerts, of some releases or of all. */
export function alerts(width: number, where?: string): Panel {
  const which = where === undefined ? OURS : `${OURS},${where}`;
  const is = (state: string) => `ALERTS{${which},alertstate="${state}"}`;
  return {
    ...{ kind: 'states', title: 'Alerts, pending and firing', unit: 'none', width },
    about: 'Of Tinct’s rules. Each has a page of what to do: docs/runbooks.',
    states: [
      { value: 1, text: 'pending', color: 'yellow' },
      { value: 2, text: 'firing', color: 'red' },
    ],
    queries: [
      {
        expr: `max by (alertname, release) (${is('pending')} or 2 * ${is('firing')})`,
        legend: where === undefined ? '{{alertname}} {{release}}' : '{{alertname}}',
      },
    ],
  };
}
