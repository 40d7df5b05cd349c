export type LockedPackages = Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
export function isInstalled(root: string): boolean;
export function isSatisfied(wanted: LockedPackages, present: LockedPackages): boolean;
