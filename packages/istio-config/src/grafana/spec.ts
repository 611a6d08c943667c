/** What a panel shows, as data: its queries and how their numbers are to be read. Pure. */

export interface Query {
  /** PromQL, with Grafana's variables. */
  readonly expr: string;
  /** What a line is called; `{{label}}` is a label's value. */
  readonly legend: string;
}

interface Basics {
  readonly title: string;
  /** What it means, and what is wrong if it looks wrong. */
  readonly about: string;
  /** By Grafana's name. */
  readonly unit: string;
  /** In columns, of 24. */
  readonly width: number;
  readonly queries: readonly Query[];
}

/** From which value on what color; the first has none. */
export type Thresholds = readonly (readonly [from: number | null, color: string])[];

export interface Lines extends Basics {
  readonly kind: 'lines';
  readonly max?: number;
  readonly decimals?: number;
  /** Lines that go from value to value without a slope, such as revisions. */
  readonly isStep?: boolean;
  readonly isStacked?: boolean;
  /** Whether values below 0 make sense. */
  readonly isSigned?: boolean;
  readonly thresholds?: Thresholds;
}

/** One number, large. */
export interface Number extends Basics {
  readonly kind: 'number';
  readonly thresholds?: Thresholds;
  readonly decimals?: number;
  /** Shows the series' name in place of its value. */
  readonly isName?: boolean;
}

/** Which state stood when: each series is a band, each of its values a state. */
export interface States extends Basics {
  readonly kind: 'states';
  readonly states: readonly {
    readonly value: number;
    readonly text: string;
    readonly color: string;
  }[];
}

/** Durations over time: how many requests took how long. */
export interface Heat extends Basics {
  readonly kind: 'heat';
}

/** Rows of a table: each query is a column, and labels that all have are the others. */
export interface Rows extends Basics {
  readonly kind: 'rows';
  /** Columns in their order: a label, or a query's legend. */
  readonly columns: readonly string[];
  /** Units and thresholds of columns by their names. */
  readonly formats: Readonly<Record<string, { readonly unit: string; readonly red?: number }>>;
  /** Where a row's value of a column leads. */
  readonly link?: { readonly column: string; readonly title: string; readonly url: string };
}

export type Panel = Lines | Number | States | Heat | Rows;

export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Marks over all panels. */
export interface Marks {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
  readonly title: string;
  /** Whether the value is when it was, in milliseconds; otherwise it is while there is a value. */
  readonly isTime: boolean;
}

export interface DashboardSpec {
  /** Part of its address, and of its file's name. */
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  /** Whether it is of one release, to be chosen. */
  readonly isOfRelease: boolean;
  readonly sections: readonly Section[];
  readonly marks: readonly Marks[];
}
