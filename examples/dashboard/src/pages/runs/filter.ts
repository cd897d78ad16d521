import type { RowFilter, SortOrder, StatusGroup } from '../../data/run-rows.ts';

/** Labels of the groups of statuses, in the order of the filter. */
export const groups: readonly (readonly [group: StatusGroup, label: string])[] = [
  ['active', 'Active'],
  ['complete', 'Complete'],
  ['failed', 'Failed'],
  ['canceled', 'Canceled'],
];

/** Labels of the orders. The first is the default. */
export const orders: readonly (readonly [order: SortOrder, label: string])[] = [
  ['newest', 'Newest first'],
  ['oldest', 'Oldest first'],
  ['title', 'Title'],
  ['status', 'Status'],
];

const oneOf = <T extends string>(text: string | null, allowed: readonly (readonly [T, string])[]): T | undefined =>
  allowed.find(([value]) => value === text)?.[0];

/** The filter in an address: `#/?search=mnist&status=failed&sort=title`. Unknown values count as none. */
export function readFilter(query: URLSearchParams): RowFilter {
  return {
    search: query.get('search') ?? '',
    group: oneOf(query.get('status'), groups),
    sort: oneOf(query.get('sort'), orders) ?? 'newest',
  };
}

/** Whether a filter may hide rows. */
export const isFiltered = ({ search, group }: RowFilter): boolean => search.trim() !== '' || group !== undefined;
