const DAY_MS = 86_400_000;

/** A calendar day of the reader's time zone, comparable with `===`. */
export type DayKey = string;

/** How days and times are written in one locale. All times are ms since 1970 UTC. */
export type Dates = {
  /** `14:32` or `2:32 PM`. */
  readonly time: (atMs: number) => string;
  /** The shortest that says when: time today, weekday within the last six days, else a date. */
  readonly brief: (atMs: number, nowMs: number) => string;
  /** A whole day, as a heading: `Today`, `Saturday 21 November`, with the year when it is another one. */
  readonly day: (atMs: number, nowMs: number) => string;
  /** A date that stands by itself: `21 November 2026`. */
  readonly date: (atMs: number) => string;
  /** Day and time in full, for tooltips and for sentences. */
  readonly full: (atMs: number) => string;
  readonly number: (value: number) => string;
  /** Bytes in the unit that reads best, at most one decimal. */
  readonly bytes: (count: number) => string;
};

export const dayKeyOf = (atMs: number): DayKey => {
  const date = new Date(atMs);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
};

/** Calendar days between two moments, daylight saving aside: 0 is the same day. */
export const daysBetween = (earlierMs: number, laterMs: number): number => {
  const midnight = (atMs: number) => new Date(atMs).setHours(0, 0, 0, 0);
  return Math.round((midnight(laterMs) - midnight(earlierMs)) / DAY_MS);
};

const startsWithCapital = (text: string, locale: string): string => {
  const [first = '', ...rest] = text;
  return first.toLocaleUpperCase(locale) + rest.join('');
};

/** Formatters are dear to make (about 50 microseconds) and cheap to use: one of each per locale. */
export const createDates = (locale: string): Dates => {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const time = format({ hour: 'numeric', minute: '2-digit' });
  const weekday = format({ weekday: 'short' });
  const shortDate = format({ day: 'numeric', month: 'short' });
  const shortDateWithYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const day = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const dayWithYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const date = format({ dateStyle: 'long' });
  const full = format({ dateStyle: 'full', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'].map(
    (unit) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }),
  );

  const isSameYear = (atMs: number, nowMs: number) => new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();

  return {
    time: (atMs) => time.format(atMs),
    brief: (atMs, nowMs) => {
      const days = daysBetween(atMs, nowMs);
      if (days <= 0) return time.format(atMs);
      if (days < 7) return weekday.format(atMs);
      return (isSameYear(atMs, nowMs) ? shortDate : shortDateWithYear).format(atMs);
    },
    day: (atMs, nowMs) => {
      const days = daysBetween(atMs, nowMs);
      if (days === 0 || days === 1) return startsWithCapital(relative.format(-days, 'day'), locale);
      return (isSameYear(atMs, nowMs) ? day : dayWithYear).format(atMs);
    },
    date: (atMs) => date.format(atMs),
    full: (atMs) => full.format(atMs),
    number: (value) => number.format(value),
    bytes: (count) => {
      const step = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
      return units[step]?.format(count / 1000 ** step) ?? number.format(count);
    },
  };
};
