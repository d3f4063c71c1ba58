export const TABS = ['keys', 'passkeys', 'password', 'sessions', 'notifications', 'looks', 'data'] as const
export type Tab = (typeof TABS)[number]

/** Which part of the profile is open. */
export function profileSearch(search: Record<string, unknown>): { tab?: Tab; error?: string } {
  const tab = TABS.find((each) => each === search['tab'])
  const { error } = search
  return { ...(tab !== undefined && { tab }), ...(typeof error === 'string' && { error }) }
}
