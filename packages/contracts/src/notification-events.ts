/** What somebody may be told of. */
export const NOTIFICATION_EVENTS = [
  'link_finished',
  'link_failed',
  'host_works_again',
  'attention_needed',
] as const
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number]

/** What operators alone may be told of. */
export const OPERATOR_EVENTS: readonly NotificationEvent[] = ['attention_needed']
