import {
  type NotificationChannel,
  type NotificationEvent,
  type NotificationsView,
  OPERATOR_EVENTS,
} from '@obb/contracts'
import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call.js'

export const notificationsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: ({ signal }) => call('GET notifications', { signal }),
})

/** The events in the order that people care for them. */
const EVENTS = [
  'link_finished',
  'link_failed',
  'host_works_again',
  'attention_needed',
] as const satisfies readonly NotificationEvent[]

/** Those of them that somebody may choose. */
export const eventsOf = ({ role }: { role: 'user' | 'operator' }): readonly NotificationEvent[] =>
  EVENTS.filter((event) => role === 'operator' || !OPERATOR_EVENTS.includes(event))

/** Ways by which somebody can be told. */
export const channelsOf = ({ mail, webhook }: NotificationsView): NotificationChannel[] => [
  ...(mail ? (['mail'] as const) : []),
  ...(webhook ? (['webhook'] as const) : []),
]
