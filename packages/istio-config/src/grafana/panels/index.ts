/** A panel's specification → Grafana's panel. Pure. */
import type { Panel } from '../spec.ts';
import { heat } from './heat.ts';
import { lines } from './lines.ts';
import { number } from './number.ts';
import { rows } from './rows.ts';
import { states } from './states.ts';

export function panelOf(panel: Panel) {
  if (panel.kind === 'lines') return lines(panel);
  if (panel.kind === 'number') return number(panel);
  if (panel.kind === 'states') return states(panel);
  return panel.kind === 'heat' ? heat(panel) : rows(panel);
}
